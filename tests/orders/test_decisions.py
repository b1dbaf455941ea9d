"""Known ways in which ticket shops lose a payment or a place between two steps, replayed one step at a time."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.models import Ticket
from courses.seats import places
from orders import stripe_api
from orders.checkout import paying, releasing
from orders.models import DiscountCode, Order, Payment, Refund, StripeEvent
from orders.pricing import codes
from orders.settling import events, reconcile, settle
from outbox.models import Message
from tests.builders import make_discount, make_practice, make_workshop
from tests.orders.purchases import as_stripe_sees_it, buyer, open_session, place

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def later(time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)

    def move(**delta):
        time_machine.move_to(now + timedelta(**delta), tick=False)

    return move


@pytest.fixture
def order(standin, later):
    make_practice()
    standin.webhooks.mode = "drop"
    return place(make_workshop(capacity=1, day=timezone.localdate() + timedelta(days=30)))


def make_code(percent=20):
    return codes.issue_code(discount=make_discount(), email="noor@example.org", percent=percent)


def state(order):
    order.refresh_from_db()
    return order.status, Ticket.objects.get(pk=order.lines.get().ticket_id).status


def record_money(session_id):
    """The first of the two transactions; then the process died."""
    session = as_stripe_sees_it(session_id)
    settle.record_money(settle.find_payment(session), session)


def event(standin, kind):
    return next(each for each in standin.events if each["type"] == kind)


def during(monkeypatch, name, happens):
    """What else happens after Stripe has answered this one question and before the asker goes on."""
    ask = getattr(stripe_api, name)

    def ask_and_wait(*args, **options):
        monkeypatch.setattr(stripe_api, name, ask)
        try:
            return ask(*args, **options)
        finally:
            happens()

    monkeypatch.setattr(stripe_api, name, ask_and_wait)


# An expiry that works with what it read before the payment ---------------------


@pytest.mark.sqlite  # there the row is locked; tests/races shows it
def test_on_sqlite_which_locks_no_rows_the_transaction_is_the_lock_from_its_first_word(order):
    with CaptureQueriesContext(connection) as asked, transaction.atomic():
        places.lock_workshop(order.workshop_id)

    assert asked.captured_queries[0]["sql"] == "BEGIN IMMEDIATE"


def test_a_payment_that_comes_while_the_hold_is_being_ended_stays_paid(order, standin, later):
    session_id = open_session(order)
    standin.pay(session_id)
    later(minutes=46)
    stale = Order.objects.get(pk=order.pk)
    settle.settle(as_stripe_sees_it(session_id))

    reconcile._close(stale, Order.Status.LAPSED)

    assert (state(order), order.workshop.places_left()) == ((Order.Status.PAID, Ticket.Status.CONFIRMED), 0)


def test_money_without_its_place_is_not_lapsed_with_the_hold_but_decided_on(order, standin, later):
    session_id = open_session(order)
    standin.pay(session_id)
    record_money(session_id)
    later(minutes=46)

    reconcile.close_ended_holds()
    between = state(order)
    decided = (reconcile.decide_recorded_money(), reconcile.decide_recorded_money())

    assert (between[0], decided) == (Order.Status.PENDING, (1, 0))
    assert state(order) == (Order.Status.PAID, Ticket.Status.CONFIRMED)


def test_a_hold_that_the_buyer_renews_while_it_is_being_ended_goes_on(order, standin, later, monkeypatch):
    open_session(order)
    later(minutes=46)
    during(monkeypatch, "expire_session", lambda: open_session(order))

    closed = reconcile.close_ended_holds()

    assert (closed, state(order)) == (0, (Order.Status.PENDING, Ticket.Status.HELD))
    assert [session["status"] for session in standin.sessions] == ["expired", "open"]


def test_nobody_is_sent_to_pay_for_a_place_that_was_given_back_meanwhile(order, monkeypatch):
    during(monkeypatch, "create_session", lambda: reconcile.give_back(order))

    with pytest.raises(paying.HoldEnded):
        paying.start_payment(order)

    assert state(order) == (Order.Status.CANCELLED, Ticket.Status.CANCELLED)


# Cancelling over a confirmed payment --------------------------------------------


def test_giving_back_after_the_money_was_recorded_gives_nothing_back(order, standin):
    session_id = open_session(order)
    stale = Order.objects.get(pk=order.pk)
    standin.pay(session_id)
    record_money(session_id)

    is_closed = reconcile.give_back(stale)
    reconcile.decide_recorded_money()

    payment = Payment.objects.get()
    assert (is_closed, payment.status, order.balance()) == (False, Payment.Status.PAID, Decimal("105.00"))
    assert state(order) == (Order.Status.PAID, Ticket.Status.CONFIRMED)


def test_an_attempt_that_is_ended_late_takes_nothing_from_the_money(order, standin):
    session_id = open_session(order)
    standin.pay(session_id)
    settle.settle(as_stripe_sees_it(session_id))

    for status in (Payment.Status.EXPIRED, Payment.Status.FAILED):
        settle.end_attempt(order.payments.get(), status)

    assert (order.payments.get().status, state(order)[0]) == (Payment.Status.PAID, Order.Status.PAID)


# One event, one row; one refund, one key ------------------------------------------


def test_an_event_is_stored_once_and_worked_on_once(order, standin):
    standin.pay(open_session(order))
    completed = event(standin, "checkout.session.completed")

    done = [events.receive(completed) for _ in range(3)]

    assert (done, StripeEvent.objects.count(), Message.objects.count()) == ([True] * 3, 1, 1)


def test_a_refund_carries_the_key_of_its_row(order, standin, later):
    session_id = open_session(order)
    standin.pay(session_id)
    later(hours=2)
    place(order.workshop, by=buyer("ada@example.org"))

    settle.settle(as_stripe_sees_it(session_id))

    [asked] = [each for each in standin.requests if each["path"] == "/v1/refunds"]
    assert asked["headers"]["idempotency-key"] == Refund.objects.get().idempotency_key


def test_a_dropped_webhook_is_found_by_asking(order, standin, later):
    standin.pay(open_session(order))
    later(minutes=3)

    reconcile.ask_about_open_attempts()

    assert (StripeEvent.objects.count(), state(order)[0]) == (0, Order.Status.PAID)


# Two payments of one order ---------------------------------------------------------


@pytest.mark.parametrize("decided", [(0, 1), (1, 0)], ids=["in their order", "the later first"])
@pytest.mark.parametrize("is_told_twice", [False, True])
def test_of_two_payments_one_stays_whichever_is_decided_on_first(order, standin, later, decided, is_told_twice):
    sessions = _two_open_pages(order)
    for minute, session_id in enumerate(sessions, start=1):
        standin.pay(session_id)
        later(minutes=minute)
        record_money(session_id)
    payments = list(order.payments.order_by("attempt"))

    for index in decided * (1 + is_told_twice):
        settle.decide_place(payments[index])

    assert (state(order)[0], order.balance()) == (Order.Status.PAID, Decimal("105.00"))
    assert (Refund.objects.get().payment, len(standin.refunds)) == (payments[1], 1)


@pytest.mark.parametrize("decided", [(0, 1), (1, 0), (1,)], ids=["in their order", "the later first", "one is lost"])
def test_of_two_payments_without_a_place_none_stays_whichever_is_decided_on_first(order, standin, later, decided):
    sessions = [standin.pay(session_id)["id"] for session_id in _two_open_pages(order)]
    later(minutes=50)
    place(order.workshop, by=buyer("ada@example.org"))
    for minute, session_id in enumerate(sessions, start=51):
        later(minutes=minute)
        record_money(session_id)
    payments = list(order.payments.order_by("attempt"))

    for index in decided:
        settle.decide_place(payments[index])

    assert (state(order)[0], order.balance(), len(standin.refunds)) == (Order.Status.REFUNDED, Decimal(), 2)


def test_the_receipt_names_the_payment_that_stays_whichever_is_decided_on_first(order, standin, later):
    for minute, session_id in enumerate(_two_open_pages(order), start=1):
        standin.pay(session_id)
        later(minutes=minute)
        record_money(session_id)
    first, second = order.payments.order_by("attempt")
    the_day_before = first.paid_at - timedelta(days=1)
    Payment.objects.filter(pk=first.pk).update(paid_at=the_day_before)

    settle.decide_place(second)

    [transfer] = order.documents.get().facts["transfers"]
    assert transfer["on"] == str(the_day_before.date())


def test_a_second_payment_whose_decision_was_lost_goes_back(order, standin, later):
    first, second = _two_open_pages(order)
    standin.pay(first)
    settle.settle(as_stripe_sees_it(first))
    standin.pay(second)
    later(minutes=1)
    record_money(second)

    decided = (reconcile.decide_recorded_money(), reconcile.decide_recorded_money())

    assert (decided, order.balance(), len(standin.refunds)) == ((1, 0), Decimal("105.00"), 1)


def _two_open_pages(order):
    """The first ended by our clock and not by Stripe's."""
    first = open_session(order)
    Payment.objects.update(expires_at=timezone.now())
    return first, open_session(order)


# Words that come in the wrong order --------------------------------------------------


def test_a_refund_that_is_told_before_its_payment_is_told_again_and_counts(order, standin):
    session = standin.pay(open_session(order))
    standin.refund_from_dashboard(session["payment_intent"])
    refund, completed = event(standin, "refund.created"), event(standin, "checkout.session.completed")

    done = [events.receive(refund), events.receive(completed), events.receive(refund)]

    order.refresh_from_db()
    assert (done, order.status, order.balance()) == ([False, True, True], Order.Status.REFUNDED, Decimal())


def test_a_bank_that_refused_is_not_waited_for_again(order, standin):
    session_id = open_session(order)
    standin.pay(session_id, method="delayed")
    standin.settle_delayed(session_id, succeeded=False)

    for kind in ("checkout.session.async_payment_failed", "checkout.session.completed"):
        events.receive(event(standin, kind))

    assert (order.payments.get().status, state(order)) == (
        Payment.Status.FAILED,
        (Order.Status.LAPSED, Ticket.Status.LAPSED),
    )


# A code comes back whole ---------------------------------------------------------------


@pytest.mark.parametrize("was_closed", [True, False], ids=["after its order lapsed", "while its order still waits"])
def test_the_code_of_money_that_came_too_late_is_good_again_when_the_money_is_back(standin, later, was_closed):
    make_practice()
    standin.webhooks.mode = "drop"
    code = make_code()
    workshop = make_workshop(capacity=1, day=timezone.localdate() + timedelta(days=30))
    order = place(workshop, code=str(code))
    session_id = open_session(order)
    standin.pay(session_id)
    session = as_stripe_sees_it(session_id)
    later(minutes=46)
    if was_closed:
        Payment.objects.update(status=Payment.Status.EXPIRED)
        releasing.release_order(order, Order.Status.LAPSED)
    place(workshop, by=buyer("ada@example.org"))

    settle.settle(session)

    order.refresh_from_db()
    code.refresh_from_db()
    assert (order.status, code.status) == (Order.Status.REFUNDED, DiscountCode.Status.ISSUED)


def test_the_code_of_an_order_in_review_is_good_again_when_the_money_is_back(standin, later):
    make_practice()
    standin.webhooks.mode = "drop"
    order = place(make_workshop(), code=str(make_code()))
    session_id = open_session(order)
    Payment.objects.update(amount=Decimal("1.00"))
    session = standin.pay(session_id)
    settle.settle(as_stripe_sees_it(session_id))
    standin.refund_from_dashboard(session["payment_intent"])

    events.receive(event(standin, "refund.created"))

    order.refresh_from_db()
    assert (order.status, DiscountCode.objects.get().status) == (Order.Status.REFUNDED, DiscountCode.Status.ISSUED)


def test_a_wrong_sum_that_comes_after_the_code_was_used_elsewhere_goes_back(standin, later):
    make_practice()
    standin.webhooks.mode = "drop"
    code, workshop = make_code(), make_workshop(day=timezone.localdate() + timedelta(days=30))
    order = place(workshop, code=str(code))
    session_id = open_session(order)
    standin.pay(session_id)
    session = as_stripe_sees_it(session_id)
    Payment.objects.update(amount=Decimal("1.00"), status=Payment.Status.EXPIRED)
    releasing.release_order(order, Order.Status.LAPSED)
    place(workshop, code=str(code))

    settle.settle(session)

    order.refresh_from_db()
    assert (order.status, len(standin.refunds)) == (Order.Status.REFUNDED, 1)
