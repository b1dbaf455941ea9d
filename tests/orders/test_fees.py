from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from orders import stripe_api
from orders.models import Payment
from orders.settling import fees
from tests.builders import make_practice, make_user, make_workshop
from tests.orders.purchases import buy, buyer, place

pytestmark = pytest.mark.django_db(transaction=True)
FEE = Decimal("1.78")  # 1.5 % of 105.00 and 0.20


@pytest.fixture
def order(standin):
    make_practice()
    standin.webhooks.mode = "drop"
    return buy(standin, make_workshop())


def asked(standin):
    return len([each for each in standin.requests if each["path"].startswith("/v1/payment_intents/")])


def test_a_fee_is_learnt_by_one_request_and_only_once(order, standin):
    known = (fees.ask_for_unknown_fees(), fees.ask_for_unknown_fees())

    payment = Payment.objects.get()
    assert (known, payment.fee, payment.net, asked(standin)) == ((1, 0), FEE, Decimal("103.22"), 1)


def test_a_fee_that_is_not_booked_yet_is_asked_for_again_later(order, standin):
    standin.delay_fee(order.payments.get().intent_id)
    early, unknown = fees.ask_for_unknown_fees(), Payment.objects.get().net
    standin.book_fee(order.payments.get().intent_id)

    later = fees.ask_for_unknown_fees()

    assert (early, unknown, later, Payment.objects.get().fee) == (0, None, 1, FEE)


def test_the_first_silence_ends_the_round(order, standin):
    buy(standin, order.workshop, by=buyer("ada@example.org"))
    standin.faults.add(method="GET", path="/v1/payment_intents/*", kind="drop_before")

    known = fees.ask_for_unknown_fees()

    assert (known, asked(standin), fees.ask_for_unknown_fees()) == (0, 1, 2)


def test_nothing_is_asked_of_what_stripe_has_not_taken(order, standin):
    place(order.workshop, by=buyer("ada@example.org"))
    Payment.objects.update(method=Payment.Method.TRANSFER)

    assert (fees.ask_for_unknown_fees(), asked(standin)) == (0, 0)


def test_a_fee_that_never_comes_is_given_up_after_a_month(order, standin):
    Payment.objects.update(paid_at=timezone.now() - timedelta(days=31))

    assert (fees.ask_for_unknown_fees(), asked(standin)) == (0, 0)


def test_a_payment_that_stripe_does_not_know_holds_nobody_up(order, standin):
    buy(standin, order.workshop, by=buyer("ada@example.org"))
    Payment.objects.filter(order=order).update(intent_id="pi_unknown", paid_at=timezone.now() + timedelta(hours=1))

    assert fees.ask_for_unknown_fees() == 1


def test_a_fee_in_another_currency_is_turned_back():
    charge = {"balance_transaction": {"fee": 200, "exchange_rate": 1.25}}

    assert stripe_api._fee(charge) == Decimal("1.60")


def test_fee_and_net_stand_at_the_desk(order, client):
    fees.ask_for_unknown_fees()
    client.force_login(make_user(is_staff=True, is_superuser=True))

    payments = client.get("/admin/orders/payment/").content.decode()
    of_order = client.get(f"/admin/orders/order/{order.pk}/change/").content.decode()

    for page in (payments, of_order):
        assert ("1.78" in page, "103.22" in page) == (True, True)
