"""The books ask whether our rows and the balance at Stripe tell of the same money."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orders.books import balance_books, books
from orders.models import BalanceReading, Dispute, Movement, Payment, Payout, Refund
from orders.settling import balance, reconcile
from tests.builders import make_practice, make_workshop
from tests.orders.purchases import buy

pytestmark = pytest.mark.django_db(transaction=True)
LONG_AGO = timezone.now() - timedelta(days=9)


@pytest.fixture
def order(standin):
    """Paid, refunded in part, then disputed; long ago, and all of it told and read."""
    make_practice()
    standin.webhooks.mode = "drop"
    order = buy(standin, make_workshop())
    intent_id = order.payments.get().intent_id
    standin.refund_from_dashboard(intent_id, amount=500)
    standin.dispute(intent_id, amount=10000)
    reconcile.find_untold_refunds()
    reconcile.find_untold_disputes()
    balance.read_balance()
    Payment.objects.update(paid_at=LONG_AGO)
    Refund.objects.update(created_at=LONG_AGO)
    Dispute.objects.update(created_at=LONG_AGO)
    Movement.objects.update(moved_at=LONG_AGO)
    return order


def found():
    return [(each.rule, each.about.split()[0]) for rule in balance_books.RULES for each in books.findings_of(rule)]


def test_what_was_told_and_read_adds_up(order):
    assert found() == []


@pytest.mark.parametrize(
    ("model", "change", "about"),
    [
        (Payment, {"intent_id": "pi_other"}, ["movement"]),
        (Refund, {"refund_id": "re_other"}, ["movement"]),
        (Dispute, {"dispute_id": "du_other"}, ["movement"]),
    ],
)
def test_money_that_stripe_moved_for_us_and_no_row_knows_is_found(order, model, change, about):
    BalanceReading.objects.all().delete()
    model.objects.update(**change)

    assert found() == [("what Stripe moved for us stands here", each) for each in about]


def test_what_others_moved_with_the_same_account_is_none_of_our_business(order, standin):
    standin.book_by_hand(1000, kind="adjustment")
    Payment.objects.update(intent_id="pi_other")
    Movement.objects.update(is_ours=False)
    BalanceReading.objects.all().delete()

    assert found() == []


@pytest.mark.parametrize(
    ("kind", "about"), [(Movement.Kind.PAYMENT, "payment"), (Movement.Kind.REFUND, "refund"), ("dispute", "dispute")]
)
def test_a_settled_row_that_stripe_never_booked_is_found(order, kind, about):
    Movement.objects.filter(kind=kind).delete()

    assert found() == [("what is settled moved at Stripe", about)]


def test_nothing_is_missed_that_is_young_or_in_a_balance_that_is_not_read_yet(order):
    Movement.objects.all().delete()
    BalanceReading.objects.update(is_whole=False)
    unread = found()
    BalanceReading.objects.update(is_whole=True)
    for model, moment in ((Payment, "paid_at"), (Refund, "created_at"), (Dispute, "created_at")):
        model.objects.update(**{moment: timezone.now()})

    assert (unread, found()) == ([], [])


def test_another_sum_than_was_paid_is_found(order):
    Movement.objects.filter(kind=Movement.Kind.PAYMENT).update(amount=104)

    assert found() == [("Stripe booked what was paid", "movement")]


def test_a_payout_that_is_not_what_it_is_made_of_is_found(order, standin):
    standin.book_by_hand(9000, kind="adjustment")
    standin.pay_out()
    balance.read_balance()
    before = found()
    Payout.objects.get().movements.filter(kind=Movement.Kind.OTHER).update(amount=1)

    assert (before, found()) == ([], [("a payout is what it is made of", "payout")])
