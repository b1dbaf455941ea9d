import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from courses.models import Ticket
from kit.work.rounds import SILENCES
from orders import stripe_api
from orders.books import books
from orders.changes import refunds
from orders.models import DiscountCode, Dispute, Order, Payment, Refund, StripeEvent
from orders.pricing import codes
from orders.settling import reconcile, settle
from tests.builders import make_discount, make_practice, make_workshop
from tests.orders.purchases import buy, buyer, open_session, place

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
    return place(make_workshop(capacity=1))


def state(order):
    order.refresh_from_db()
    return order.status, Ticket.objects.get().status


def test_a_payment_whose_webhook_was_lost_is_found(order, standin, later):
    standin.pay(open_session(order))
    later(minutes=3)

    reconcile.ask_about_open_attempts()

    assert state(order) == (Order.Status.PAID, Ticket.Status.CONFIRMED)


def test_a_hold_that_ended_closes_the_payment_page_first(order, standin, later):
    session_id = open_session(order)
    later(minutes=46)

    closed = reconcile.close_ended_holds()

    [session] = standin.sessions
    assert (closed, state(order)) == (1, (Order.Status.LAPSED, Ticket.Status.LAPSED))
    assert (session["id"], session["status"]) == (session_id, "expired")


def test_money_beats_the_end_of_the_hold(order, standin, later):
    standin.pay(open_session(order))
    later(minutes=46)

    reconcile.close_ended_holds()

    assert state(order) == (Order.Status.PAID, Ticket.Status.CONFIRMED)


def test_an_order_whose_page_stripe_does_not_know_ends_when_nobody_could_pay_it_any_more(standin, later):
    make_practice()
    code = codes.issue_code(discount=make_discount(), email="noor@example.org", percent=20)
    order = place(make_workshop(capacity=1), code=str(code))
    open_session(order)
    Payment.objects.update(session_id="cs_test_of_another_account")
    given_back = reconcile.give_back(order)
    later(minutes=46)

    closed = (reconcile.close_ended_holds(), reconcile.close_ended_holds())

    code.refresh_from_db()
    assert (given_back, closed, code.status) == (False, (1, 0), DiscountCode.Status.ISSUED)
    assert (state(order), Payment.objects.get().status) == (
        (Order.Status.LAPSED, Ticket.Status.LAPSED),
        Payment.Status.EXPIRED,
    )


def failing_for(monkeypatch, module, name, is_it):
    """One row for which this never works."""
    real = getattr(module, name)

    def sometimes(*args, **options):
        if is_it(*args):
            raise RuntimeError
        return real(*args, **options)

    monkeypatch.setattr(module, name, sometimes)


@pytest.mark.parametrize("work", [reconcile.ask_about_open_attempts, reconcile.close_ended_holds])
def test_an_order_that_fails_keeps_no_other_waiting_and_is_not_kept_quiet(order, standin, later, monkeypatch, work):
    other = place(make_workshop(), by=buyer("ada@example.org"))
    first, second = open_session(order), open_session(other)
    standin.pay(first)
    standin.pay(second)
    failing_for(monkeypatch, settle, "settle", lambda session: session.id == first)
    later(minutes=46)

    with pytest.raises(RuntimeError):
        work()

    other.refresh_from_db()
    assert other.status == Order.Status.PAID


def test_money_that_cannot_be_decided_on_keeps_no_other_waiting(order, standin, monkeypatch):
    other = place(make_workshop(), by=buyer("ada@example.org"))
    for each in (order, other):
        session_id = open_session(each)
        standin.pay(session_id)
        settle.record_money(each.payments.get(), stripe_api.retrieve_session(session_id))
    failing_for(monkeypatch, settle, "decide_place", lambda payment: payment.order == order)

    with pytest.raises(RuntimeError):
        reconcile.decide_recorded_money()

    other.refresh_from_db()
    assert other.status == Order.Status.PAID


def test_one_page_that_stripe_has_no_answer_for_keeps_no_other_waiting(order, standin, later):
    other = place(make_workshop(), by=buyer("ada@example.org"))
    first, second = open_session(order), open_session(other)
    standin.pay(second)
    standin.faults.add(method="GET", path=f"/v1/checkout/sessions/{first}", kind="status", status=500, times=9)
    later(minutes=3)

    asked = reconcile.ask_about_open_attempts()

    other.refresh_from_db()
    assert (asked, other.status) == (1, Order.Status.PAID)


def test_when_stripe_is_silent_few_wait_for_it(order, standin, later):
    for number in range(4):
        open_session(place(make_workshop(), by=buyer(f"{number}@example.org")))
    before = len(standin.requests)
    standin.faults.add(method="GET", path="*", kind="drop_before", times=9)
    later(minutes=3)

    reconcile.ask_about_open_attempts()

    assert len(standin.requests) - before == SILENCES


def test_a_hold_stays_while_stripe_cannot_be_asked(order, standin, later):
    open_session(order)
    for method in ("GET", "POST"):
        standin.faults.add(method=method, path="*", kind="status", status=500, times=9)
    later(minutes=46)

    closed = reconcile.close_ended_holds()

    order.refresh_from_db()
    assert (closed, order.status) == (0, Order.Status.PENDING)


def test_an_order_that_never_reached_stripe_ends_with_its_hold(order, later):
    later(minutes=46)

    reconcile.close_ended_holds()

    assert state(order) == (Order.Status.LAPSED, Ticket.Status.LAPSED)


def test_a_place_given_back_is_free_at_once_with_its_code(standin):
    make_practice()
    code = codes.issue_code(discount=make_discount(), email="noor@example.org", percent=20)
    order = place(make_workshop(capacity=1), code=str(code))
    open_session(order)

    is_closed = reconcile.give_back(order)

    code.refresh_from_db()
    assert (is_closed, state(order)) == (True, (Order.Status.CANCELLED, Ticket.Status.CANCELLED))
    assert (order.workshop.places_left(), code.status) == (1, DiscountCode.Status.ISSUED)
    assert standin.sessions[0]["status"] == "expired"


def test_a_place_that_was_paid_meanwhile_is_not_given_back(order, standin):
    standin.pay(open_session(order))

    reconcile.give_back(order)

    assert state(order) == (Order.Status.PAID, Ticket.Status.CONFIRMED)


def test_a_place_given_back_says_so_although_stripes_word_of_the_ended_page_is_faster(order, monkeypatch):
    open_session(order)
    expire = stripe_api.expire_session

    def expire_and_tell(session_id):
        session = expire(session_id)
        settle.settle(session)
        return session

    monkeypatch.setattr(stripe_api, "expire_session", expire_and_tell)

    is_closed = reconcile.give_back(order)

    assert (is_closed, state(order)) == (True, (Order.Status.CANCELLED, Ticket.Status.LAPSED))


def test_a_place_is_not_given_back_while_its_page_may_still_be_paid(order, standin):
    open_session(order)
    for method in ("GET", "POST"):
        standin.faults.add(method=method, path="*", kind="drop_before", times=9)

    is_closed = reconcile.give_back(order)

    assert (is_closed, state(order)) == (False, (Order.Status.PENDING, Ticket.Status.HELD))


def test_nothing_open_asks_stripe_nothing(order, standin):
    Payment.objects.all().delete()

    assert (reconcile.ask_about_open_attempts(), reconcile.send_waiting_refunds(), standin.requests) == (0, 0, [])


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one writer in at a time")
@pytest.mark.postgres
def test_two_workers_at_the_same_time_share_what_is_to_be_asked(standin):
    """Each takes the rows in an order of its own, so that they seldom ask for the same one."""
    make_practice()
    workshop = make_workshop(capacity=12)
    for number in range(12):
        order = buy(standin, workshop, by=buyer(f"{number}@example.org"))
        Refund.objects.create(payment=order.payments.get(), amount=order.total, reason="Sorry.")
    standin.faults.add(method="POST", path="/v1/refunds", kind="slow", seconds=0.05, times=99)
    both_are_there = threading.Barrier(2)

    def work(_number):
        both_are_there.wait(60)
        try:
            return reconcile.send_waiting_refunds()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))

    asked = [each for each in standin.requests if (each["method"], each["path"]) == ("POST", "/v1/refunds")]
    assert (len(standin.refunds), len(asked) <= 20) == (12, True)
    assert set(Refund.objects.values_list("status", flat=True)) == {Refund.Status.SUCCEEDED}


# What nobody told us ------------------------------------------------------------------------


@pytest.fixture
def paid(standin):
    make_practice()
    standin.webhooks.mode = "drop"
    return buy(standin, make_workshop())


def intent(order):
    return order.payments.get().intent_id


def test_a_refund_made_in_stripes_dashboard_is_found(paid, standin):
    standin.refund_from_dashboard(intent(paid))

    found = (reconcile.find_untold_refunds(), reconcile.find_untold_refunds())

    assert (found, state(paid)[0]) == ((1, 0), Order.Status.REFUNDED)
    assert Refund.objects.get().reason == refunds.AT_STRIPE


def test_a_refund_that_failed_without_a_word_is_found(paid, standin):
    standin.refund_from_dashboard(intent(paid))
    reconcile.find_untold_refunds()
    standin.fail_refund(standin.refunds[0]["id"])

    found = reconcile.find_untold_refunds()

    assert (found, state(paid)[0], Refund.objects.get().status) == (1, Order.Status.OWED, Refund.Status.FAILED)


def test_disputes_are_found_as_they_are_opened_and_as_they_go_on(paid, standin):
    standin.dispute(intent(paid))
    opened = reconcile.find_untold_disputes()
    first = Dispute.objects.get().status
    standin.close_dispute(intent(paid), "lost")

    closed = (reconcile.find_untold_disputes(), reconcile.find_untold_disputes())

    assert (opened, first, closed) == (1, Dispute.Status.NEEDS_RESPONSE, (1, 0))
    assert Dispute.objects.get().status == Dispute.Status.LOST


def test_what_stripe_lists_of_others_is_left_alone(paid, standin):
    standin.refund_from_dashboard(intent(paid), amount=100)
    Payment.objects.update(intent_id="pi_other")

    assert (reconcile.find_untold_refunds(), Refund.objects.count()) == (0, 0)


def test_a_long_list_is_read_page_by_page(paid, standin, monkeypatch):
    monkeypatch.setattr(stripe_api, "PAGE", 2)
    for _ in range(5):
        standin.refund_from_dashboard(intent(paid), amount=100)

    found = reconcile.find_untold_refunds()

    asked = [each["params"] for each in standin.requests if (each["method"], each["path"]) == ("GET", "/v1/refunds")]
    of_all = [
        each for each in asked if "payment_intent" not in each
    ]  # and once those of the payment, beside each other
    assert (found, Refund.objects.count(), len(of_all), len(asked)) == (5, 5, 3, 6)


def test_a_list_without_end_is_not_read_for_ever(paid, standin, monkeypatch):
    monkeypatch.setattr(stripe_api, "PAGE", 1)
    monkeypatch.setattr(stripe_api, "MOST_PAGES", 2)
    for _ in range(5):
        standin.refund_from_dashboard(intent(paid), amount=100)

    assert reconcile.find_untold_refunds() == 2


@pytest.mark.parametrize(("answers", "changed"), [(1, 2), (4, 1)])
def test_silence_in_the_middle_of_a_list_keeps_what_was_read(paid, standin, monkeypatch, answers, changed):
    """Of the first one of a payment all others are asked for, three answers here; whoever comes next knows them."""
    monkeypatch.setattr(stripe_api, "PAGE", 1)
    for _ in range(3):
        standin.refund_from_dashboard(intent(paid), amount=100)
    standin.faults.add(method="GET", path="/v1/refunds", kind="drop_before", after=answers)

    first = reconcile.find_untold_refunds()

    assert (first, reconcile.find_untold_refunds(), Refund.objects.count()) == (changed, 0, 3)


@pytest.mark.parametrize("status", [Payment.Status.NEW, Payment.Status.EXPIRED, Payment.Status.FAILED])
def test_money_for_a_page_that_we_never_stored_is_found(order, standin, later, status):
    standin.pay(open_session(order))
    Payment.objects.update(status=status, session_id="", session_url="")
    later(minutes=46)
    reconcile.close_ended_holds()

    found = (reconcile.find_untold_payments(), reconcile.find_untold_payments())

    assert (found, state(order)) == ((1, 0), (Order.Status.PAID, Ticket.Status.CONFIRMED))


def test_payments_are_not_looked_for_while_stripe_is_silent(order, standin):
    standin.pay(open_session(order))
    standin.faults.add(method="GET", path="/v1/checkout/sessions", kind="drop_before")

    assert (reconcile.find_untold_payments(), reconcile.find_untold_payments()) == (0, 1)


def test_what_the_practice_sells_elsewhere_is_no_payment_of_ours(paid, standin, monkeypatch):
    monkeypatch.setattr(stripe_api.CheckoutSession, "is_ours", False)
    Payment.objects.update(session_id="cs_test_other")

    assert (reconcile.find_untold_payments(), list(books.payments_unknown_here())) == (0, [])


@pytest.mark.parametrize("succeeded", [True, False])
def test_a_delayed_payment_is_asked_about_until_the_bank_has_decided(order, standin, later, succeeded):
    session_id = open_session(order)
    standin.pay(session_id, method="delayed")
    later(minutes=3)
    reconcile.ask_about_open_attempts()
    waiting = state(order)

    standin.settle_delayed(session_id, succeeded=succeeded)
    reconcile.ask_about_open_attempts()

    ended = (Order.Status.LAPSED, Ticket.Status.LAPSED)
    assert waiting == (Order.Status.PROCESSING, Ticket.Status.HELD)
    assert state(order) == ((Order.Status.PAID, Ticket.Status.CONFIRMED) if succeeded else ended)


# The command ---------------------------------------------------------------------------------


def command():
    out = StringIO()
    try:
        call_command("reconcile", stdout=out)
    except CommandError as error:
        return out.getvalue().splitlines(), str(error)
    return out.getvalue().splitlines(), ""


def test_the_command_says_what_was_repaired_and_is_content(paid, standin):
    standin.refund_from_dashboard(intent(paid), amount=100)

    lines, error = command()

    assert lines == [
        "Orders with an open payment page: 0",
        "Payments decided on: 0",
        "Ended holds closed: 0",
        "Refunds asked about: 0",
        "Payments that nobody told us of: 0",
        "Refunds that nobody told us of: 1",
        "Disputes that nobody told us of: 0",
        "Fees learnt: 1",
        "Documents made up for: 0",
    ]
    assert error == ""


def test_the_command_lists_what_a_person_must_decide_and_fails(paid, standin):
    standin.dispute(intent(paid))
    Refund.objects.create(payment=paid.payments.get(), amount=5, reason="Test.", status=Refund.Status.FAILED)
    for event_id, minutes in (("evt_old", 61), ("evt_new", 59)):
        received_at = timezone.now() - timedelta(minutes=minutes)
        StripeEvent.objects.create(event_id=event_id, type="refund.updated", payload={}, received_at=received_at)
    today = timezone.localdate()
    statuses = [(Order.Status.REVIEW, None), (Order.Status.INVOICED, today - timedelta(days=2))]
    statuses += [(Order.Status.INVOICED, today + timedelta(days=2))]
    others = [place(paid.workshop, by=buyer(f"{number}@example.org")) for number in range(3)]
    for other, (status, due_on) in zip(others, statuses, strict=True):
        Order.objects.filter(pk=other.pk).update(status=status, invoice_due_on=due_on)

    lines, error = command()

    due = Dispute.objects.get().evidence_due_at
    assert lines[9:] == [
        f"order {others[0]}: paid, a person must look.",
        f"order {paid}: a refund of £5.00 failed.",
        f"order {paid}: a dispute of £105.00, open: answer it at Stripe; evidence is due by {due:%Y-%m-%d %H:%M} UTC.",
        "event evt_old: refund.updated is not worked on.",
        f"order {others[1]}: its invoice was due on {today - timedelta(days=2)}.",
    ]
    assert error == "A person must decide: 5 found."
    assert "example.org" not in "".join(lines)


def test_refunds_that_do_not_get_away_are_listed(paid, standin):
    for verb in ("GET", "POST"):
        standin.faults.add(method=verb, path="*", kind="drop_before", times=99)
    payment = paid.payments.get()
    for minutes, method in ((61, Payment.Method.STRIPE), (59, Payment.Method.STRIPE), (1, Payment.Method.TRANSFER)):
        source = Payment.objects.create(
            order=paid,
            attempt=10 + minutes,
            method=method,
            amount=minutes,
            received=minutes,
            currency="GBP",
            expires_at=timezone.now(),
            intent_id=payment.intent_id,
        )
        asked_at = timezone.now() - timedelta(minutes=minutes)
        Refund.objects.create(payment=source, amount=minutes, reason="Test.", created_at=asked_at)

    lines, error = command()

    assert lines[9:] == [
        f"order {paid}: a refund of £1.00 is to be sent by bank transfer.",
        f"order {paid}: a refund of £61.00 has not reached Stripe since it was asked for.",
    ]
    assert error == "A person must decide: 2 found."


def test_a_payment_that_stripe_does_not_have_is_listed(paid, standin):
    Payment.objects.update(received=Decimal("90.00"))

    lines, error = command()

    payment = paid.payments.get()
    assert lines[9:] == [f"payment {payment}: 105.00 GBP came in at Stripe, 90.00 GBP here."]
    assert error == "A person must decide: 1 found."


def test_money_for_an_order_that_is_lost_here_is_listed_by_both_commands(paid, standin):
    """A backup that was put back does not know it."""
    session_id = paid.payments.get().session_id
    Payment.objects.update(session_id="cs_test_other", attempt=9)

    lines, error = command()
    checked = StringIO()
    with pytest.raises(CommandError):
        call_command("check_books", days=0, stdout=checked)

    listed = f"page {session_id}: £105.00 was paid for order {paid}, unknown here."
    unknown_there = f"payment {paid.payments.get()}: Stripe does not know it."
    assert (lines[9:], error) == ([unknown_there, listed], "A person must decide: 2 found.")
    assert listed in checked.getvalue().splitlines()
