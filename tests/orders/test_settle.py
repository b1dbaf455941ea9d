from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from courses.models import Ticket, Workshop
from orders import stripe_api
from orders.checkout import paying, releasing
from orders.mails.sent import mails_of
from orders.models import DiscountCode, Order, Payment, Refund, StripeEvent
from orders.pricing import codes
from orders.settling import events, reconcile, settle
from outbox.models import Message
from tests.builders import make_discount, make_practice, make_workshop
from tests.orders.purchases import as_stripe_sees_it, open_session, place

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(standin):
    make_practice()
    return place(make_workshop(capacity=1))


@pytest.fixture
def later(time_machine):
    """Moves the clock, which otherwise stands still."""
    now = timezone.now()
    time_machine.move_to(now, tick=False)

    def move(**delta):
        time_machine.move_to(now + timedelta(**delta), tick=False)

    return move


def keys():
    return sorted(Message.objects.values_list("key", flat=True))


def test_a_paid_session_confirms_the_places_and_tells_it_once(order, standin):
    session_id = open_session(order)
    standin.pay(session_id)

    for _ in range(3):
        settle.settle(as_stripe_sees_it(session_id))

    order.refresh_from_db()
    [ticket] = Ticket.objects.all()
    assert (order.status, ticket.status, order.balance()) == (
        Order.Status.PAID,
        Ticket.Status.CONFIRMED,
        Decimal("105.00"),
    )
    assert keys() == [f"order:{order.pk}:confirmation"]


def test_a_session_is_found_by_its_metadata_before_its_id_is_stored(order, standin):
    session_id = open_session(order)
    Payment.objects.update(session_id="", session_url="", status=Payment.Status.NEW)
    standin.pay(session_id)

    settle.settle(as_stripe_sees_it(session_id))

    order.refresh_from_db()
    assert (order.status, order.payments.get().session_id) == (Order.Status.PAID, session_id)


def test_a_session_that_nobody_knows_is_refused(order, standin):
    session_id = open_session(order)
    Payment.objects.update(session_id="cs_other", attempt=9)

    with pytest.raises(settle.UnknownPayment):
        settle.settle(as_stripe_sees_it(session_id))


def test_money_that_comes_after_the_hold_finds_the_place_while_it_is_free(order, standin, later):
    session_id = open_session(order)
    standin.pay(session_id)
    later(hours=2)

    settle.settle(as_stripe_sees_it(session_id))

    order.refresh_from_db()
    assert (order.status, Ticket.objects.get().status) == (Order.Status.PAID, Ticket.Status.CONFIRMED)


def test_money_that_comes_after_the_place_was_sold_goes_back_and_both_sides_are_told(order, standin, later):
    session_id = open_session(order)
    standin.pay(session_id)
    later(hours=2)
    place(order.workshop)

    settle.settle(as_stripe_sees_it(session_id))

    order.refresh_from_db()
    refund = Refund.objects.get()
    assert (order.status, order.balance()) == (Order.Status.REFUNDED, Decimal())
    assert (refund.amount, refund.status) == (Decimal("105.00"), Refund.Status.SUCCEEDED)
    assert keys() == [
        f"order:{order.pk}:refunded",
        f"order:{order.pk}:unseated",
        f"order:{order.pk}:unseated:practice",
    ]


def test_a_refund_that_stripe_does_not_answer_is_asked_for_again_with_the_same_key(order, standin, later):
    session_id = open_session(order)
    standin.pay(session_id)
    later(hours=2)
    place(order.workshop)
    standin.faults.add(method="POST", path="/v1/refunds", kind="drop_after")

    settle.settle(as_stripe_sees_it(session_id))
    order.refresh_from_db()
    before = order.status
    reconcile.send_waiting_refunds()

    order.refresh_from_db()
    assert (before, order.status, len(standin.refunds)) == (Order.Status.UNSEATED, Order.Status.REFUNDED, 1)


def test_a_crash_between_money_and_place_is_mended_by_the_next_word(order, standin):
    session_id = open_session(order)
    standin.pay(session_id)
    session = as_stripe_sees_it(session_id)
    settle.record_money(order.payments.get(), session)  # and then the process died

    settle.settle(session)

    order.refresh_from_db()
    assert order.status == Order.Status.PAID


def test_a_second_payment_of_one_order_goes_back(order, standin, later):
    first = open_session(order)
    standin.faults.add(method="POST", path=f"/v1/checkout/sessions/{first}/expire", kind="status", status=500)
    Payment.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    second = open_session(order)
    standin.pay(first)
    standin.pay(second)

    settle.settle(as_stripe_sees_it(first))
    for _ in range(2):
        settle.settle(as_stripe_sees_it(second))

    order.refresh_from_db()
    assert (order.status, order.balance(), Refund.objects.count()) == (Order.Status.PAID, Decimal("105.00"), 1)
    assert Refund.objects.get().payment.session_id == second


@pytest.mark.parametrize("asked_for", [{"amount": Decimal("205.00")}, {"currency": "EUR"}], ids=["amount", "currency"])
def test_another_sum_than_asked_for_is_kept_for_a_person_and_seats_nobody(order, standin, asked_for):
    session_id = open_session(order)
    Payment.objects.update(**asked_for)
    standin.pay(session_id)

    settle.settle(as_stripe_sees_it(session_id))

    order.refresh_from_db()
    assert (order.status, order.paid_amount()) == (Order.Status.REVIEW, Decimal("105.00"))
    assert Ticket.objects.get().status == Ticket.Status.HELD
    assert keys() == [f"order:{order.pk}:review", f"order:{order.pk}:review:practice"]


def test_an_expired_session_gives_place_and_code_back(standin):
    make_practice()
    code = codes.issue_code(discount=make_discount(), email="noor@example.org", percent=20)
    order = place(make_workshop(capacity=1), code=str(code))
    session_id = open_session(order)
    standin.expire(session_id)

    settle.settle(as_stripe_sees_it(session_id))

    order.refresh_from_db()
    code.refresh_from_db()
    assert (order.status, order.workshop.places_left(), code.status) == (
        Order.Status.LAPSED,
        1,
        DiscountCode.Status.ISSUED,
    )


def test_an_expiry_that_comes_late_changes_nothing_about_a_paid_order(order, standin):
    session_id = open_session(order)
    expired = stripe_api.CheckoutSession(
        session_id, "", "expired", "unpaid", Decimal(), "GBP", "", order.number, 1, False
    )
    standin.pay(session_id)
    settle.settle(as_stripe_sees_it(session_id))

    settle.settle(expired)

    order.refresh_from_db()
    assert (order.status, Ticket.objects.get().status) == (Order.Status.PAID, Ticket.Status.CONFIRMED)


def test_a_delayed_method_keeps_the_place_until_the_bank_has_spoken(order, standin, later):
    session_id = open_session(order)
    standin.pay(session_id, method="delayed")
    settle.settle(as_stripe_sees_it(session_id))
    order.refresh_from_db()
    before = (order.status, order.workshop.places_left())
    later(days=2)

    standin.settle_delayed(session_id, succeeded=True)
    settle.settle(as_stripe_sees_it(session_id))

    order.refresh_from_db()
    assert (before, order.status) == ((Order.Status.PROCESSING, 0), Order.Status.PAID)


@pytest.mark.parametrize("is_told", [True, False])
def test_a_delayed_payment_that_fails_is_told_to_the_buyer_once(order, standin, later, client, is_told):
    standin.webhooks.mode = "drop"
    session_id = open_session(order)
    standin.pay(session_id, method="delayed")
    settle.settle(as_stripe_sees_it(session_id))
    later(days=2)
    standin.settle_delayed(session_id, succeeded=False)

    for _ in range(2):
        if is_told:
            events.receive(standin.events[-1])
            StripeEvent.objects.all().delete()
        else:
            reconcile.ask_about_open_attempts()

    order.refresh_from_db()
    message = Message.objects.get()
    page = client.get(order.get_absolute_url()).content.decode()
    assert (order.status, message.key) == (Order.Status.LAPSED, f"payment:{order.payments.get().pk}:refused")
    assert message in mails_of(order)
    assert "You had asked your bank to send us £105.00, and it did not." in message.text
    assert order.workshop.get_absolute_url() in message.text
    assert "<h1>Your bank did not make the payment.</h1>" in page


def test_a_page_that_nobody_paid_on_is_no_refusal_of_a_bank(order, standin, client):
    session_id = open_session(order)
    standin.expire(session_id)

    settle.settle(as_stripe_sees_it(session_id))

    page = client.get(order.get_absolute_url()).content.decode()
    assert ("<h1>Your hold has ended.</h1>" in page, Message.objects.count()) == (True, 0)


def test_a_code_that_went_back_is_taken_again_by_money_that_comes_late(standin, later):
    make_practice()
    code = codes.issue_code(discount=make_discount(), email="noor@example.org", percent=20)
    order = place(make_workshop(), code=str(code))
    session_id = open_session(order)
    standin.pay(session_id)
    session = as_stripe_sees_it(session_id)
    later(hours=2)
    Order.objects.update(status=Order.Status.LAPSED)
    codes.release(order)

    settle.settle(session)

    code.refresh_from_db()
    order.refresh_from_db()
    assert (order.status, code.status) == (Order.Status.PAID, DiscountCode.Status.REDEEMED)


# We cancelled the workshop before the money came ------------------------------------------------


@pytest.mark.parametrize("status", [Order.Status.PENDING, Order.Status.LAPSED])
def test_late_money_for_a_cancelled_workshop_goes_back_in_full(order, standin, status):
    session_id = open_session(order)
    standin.pay(session_id)
    Workshop.objects.update(status=Workshop.Status.CANCELLED)
    if status == Order.Status.LAPSED:
        releasing.release_order(order, status)

    settle.settle(as_stripe_sees_it(session_id))
    settle.settle(as_stripe_sees_it(session_id))

    order.refresh_from_db()
    refund = Refund.objects.get()
    assert (order.status, order.balance(), Ticket.objects.get().status) == ("refunded", Decimal(), "lapsed")
    assert (refund.amount, refund.reason) == (Decimal("105.00"), settle.NO_WORKSHOP)
    told = Message.objects.filter(key__contains=":unseated").order_by("key")
    assert [message.to for message in told] == ["noor@example.org", "desk@withyrooms.example"]
    assert "we have cancelled this workshop" in told[0].text
    assert "All that you paid, £105.00, goes back" in told[0].text


def test_an_order_of_a_cancelled_workshop_cannot_be_paid(order, standin, client):
    open_session(order)
    Workshop.objects.update(status=Workshop.Status.CANCELLED)

    with pytest.raises(paying.HoldEnded):
        paying.start_payment(order)
    page = client.get(order.get_absolute_url()).content.decode()
    answer = client.post(f"{order.get_absolute_url()}pay/")

    assert "<h1>We have cancelled this workshop.</h1>" in " ".join(page.split())
    assert ("/pay/" in page, "data-hold" in page) == (False, False)
    assert (answer.status_code, answer.url.partition("?")[0]) == (303, order.get_absolute_url())
