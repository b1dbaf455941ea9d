"""Money that comes, or is heard of, when the workshop has begun or is over, whichever way it comes."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from courses.models import Ticket, TicketType, Workshop
from orders.books import books
from orders.models import Document, Order, Payment, Refund
from orders.settling import (
    late_decisions,
    lateness,
    reconcile,
    settle,
    transfers,
    transfers_back,
    workshop_cancellation,
)
from outbox.models import Message
from practice_site.desk import jobs
from practice_site.groups import set_up_groups
from tests.builders import make_practice, make_ticket, make_ticket_type, make_user, make_workshop
from tests.orders.invoices import invoice, make_invoicing_practice, transfer
from tests.orders.purchases import as_stripe_sees_it, buy, open_session, place

pytestmark = pytest.mark.django_db(transaction=True)
NOTHING = Decimal()
JOB = "Paid when the workshop had begun"


@pytest.fixture
def workshop(standin):
    """In two days; Stripe's own words are lost."""
    make_practice()
    standin.webhooks.mode = "drop"
    return make_workshop(day=timezone.localdate() + timedelta(days=2))


@pytest.fixture
def clock(time_machine):
    """Stands still, and goes to where a test puts it."""
    time_machine.move_to(timezone.now(), tick=False)
    return lambda moment: time_machine.move_to(moment, tick=False)


@pytest.fixture
def desk(client):
    set_up_groups()
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name="Organisers"))
    client.force_login(user)
    return client


def pay_by_card_untold(standin, workshop, clock, moment):
    """The webhook is lost, and the worker finds it."""
    order = place(workshop)
    standin.pay(open_session(order))
    clock(moment)
    reconcile.find_untold_payments()
    return order


def pay_by_slow_bank(standin, workshop, clock, moment):
    order = place(workshop)
    session_id = open_session(order)
    standin.pay(session_id, method="delayed")
    settle.settle(as_stripe_sees_it(session_id))
    clock(moment)
    standin.settle_delayed(session_id, succeeded=True)
    settle.settle(as_stripe_sees_it(session_id))
    return order


def pay_by_transfer(standin, workshop, clock, moment):
    order = invoice(workshop, 1)
    clock(moment)
    reconcile.close_ended_holds()
    day, attempt = timezone.localdate(), transfers.next_attempt(order)
    order.refresh_from_db()
    transfers.record_transfer(order, amount=order.total, received_on=day, attempt=attempt)
    return order


def late_order(standin, workshop, clock):
    order = pay_by_slow_bank(standin, workshop, clock, workshop.starts_at + timedelta(hours=1))
    order.refresh_from_db()
    return order


def state(order):
    order.refresh_from_db()
    return order.status, {ticket.status for ticket in order.tickets()}


def told(order):
    return sorted(Message.objects.filter(key__startswith=f"order:{order.pk}:").values_list("key", flat=True))


def text(order, fact):
    return " ".join(Message.objects.get(key=f"order:{order.pk}:{fact}").text.split())


def heading(client, order):
    return re.search(r"<h1.*?>(.*?)</h1>", client.get(order.get_absolute_url()).content.decode(), re.S)[1].strip()


def waiting():
    user = make_user(is_staff=True, is_superuser=True)
    return [job.words for job in jobs(user) if job.words.startswith(JOB)]


# When it is over ----------------------------------------------------------------------------


CAME_LATE = "When it reached us, the workshop had begun or was over, so no place was given. The whole amount of £105.00"
HEARD_LATE = "You paid in time, but we heard of it only when the workshop was over, so no place was given. The whole"


@pytest.mark.parametrize(
    ("pay", "reason", "words"),
    [
        (pay_by_card_untold, lateness.HEARD_WHEN_OVER, HEARD_LATE),
        (pay_by_slow_bank, lateness.WORKSHOP_OVER, CAME_LATE),
    ],
)
def test_money_of_a_workshop_that_is_over_goes_back_and_both_are_told(
    standin, workshop, clock, client, pay, reason, words
):
    order = pay(standin, workshop, clock, workshop.ends_at + timedelta(days=1))

    refund = Refund.objects.get()
    assert state(order) == (Order.Status.REFUNDED, {Ticket.Status.LAPSED})
    assert (refund.amount, refund.reason, order.balance()) == (Decimal("105.00"), reason, NOTHING)
    names = [key.split(":", 2)[2] for key in told(order)]
    assert names == ["refunded", "unseated", "unseated:practice"]
    assert words in text(order, "unseated")
    assert heading(client, order) == "Your money is on its way back."
    assert (list(books.findings()), Document.objects.count()) == ([], 0)


def test_a_transfer_after_the_workshop_is_sent_back_by_hand(standin, clock, client):
    make_invoicing_practice()
    workshop = make_workshop(day=timezone.localdate() + timedelta(days=60))

    order = pay_by_transfer(standin, workshop, clock, workshop.ends_at + timedelta(days=1))

    assert state(order) == (Order.Status.UNSEATED, {Ticket.Status.LAPSED})
    assert [refund.reason for refund in Refund.objects.to_send_by_hand()] == [lateness.WORKSHOP_OVER]
    assert heading(client, order) == "Your payment came too late."


def test_a_recording_is_still_given_while_it_can_be_seen_and_not_after(standin, workshop, clock):
    recording = make_ticket_type(workshop, "Recording", access=TicketType.Access.CATCH_UP)
    early, late = (place(workshop, ticket_types=[recording]) for _ in range(2))
    for order in (early, late):
        standin.pay(open_session(order))

    clock(workshop.ends_at + timedelta(days=workshop.catch_up_days - 1))
    settle.settle(as_stripe_sees_it(early.payments.get().session_id))
    clock(workshop.ends_at + timedelta(days=workshop.catch_up_days))
    settle.settle(as_stripe_sees_it(late.payments.get().session_id))

    assert state(early) == (Order.Status.PAID, {Ticket.Status.CONFIRMED})
    assert state(late) == (Order.Status.REFUNDED, {Ticket.Status.LAPSED})


# When it has begun --------------------------------------------------------------------------


def test_money_that_comes_when_it_has_begun_waits_for_a_person(standin, workshop, clock, client):
    order = pay_by_slow_bank(standin, workshop, clock, workshop.starts_at + timedelta(hours=1))

    status, tickets = state(order)
    assert (status, Ticket.Status.CONFIRMED in tickets, Refund.objects.count()) == (Order.Status.REVIEW, False, 0)
    assert [key.split(":", 2)[2] for key in told(order)] == ["review", "review:practice"]
    assert "When £105.00 reached us, the workshop had begun." in text(order, "review")
    assert "paid when the workshop had begun: give the place" in text(order, "review:practice")
    assert heading(client, order) == "Your payment came late."
    assert waiting() == [f"{JOB}: {order.number}. Give the place or send the money back"]
    assert list(books.findings()) == []


def test_who_paid_in_time_has_the_place_whenever_we_hear_of_it(standin, workshop, clock, client):
    order = pay_by_card_untold(standin, workshop, clock, workshop.starts_at + timedelta(hours=1))

    assert state(order) == (Order.Status.PAID, {Ticket.Status.CONFIRMED})
    names = [key.split(":", 2)[2] for key in told(order)]
    assert names == ["confirmation", "heard-late:practice"]
    assert "You paid in time, but we heard of it only when the workshop had begun." in text(order, "confirmation")
    assert "Ask whether they could join" in text(order, "heard-late:practice")
    assert "we heard of it only when the workshop had begun" in client.get(order.get_absolute_url()).content.decode()
    assert (waiting(), list(books.findings())) == ([], [])


def test_who_paid_in_time_and_was_heard_in_time_is_told_nothing_of_it(standin, workshop, clock):
    order = pay_by_card_untold(standin, workshop, clock, timezone.now() + timedelta(hours=1))

    assert [key.split(":", 2)[2] for key in told(order)] == ["confirmation"]
    assert "we heard of it only" not in text(order, "confirmation")


@pytest.mark.parametrize(("days_before", "expected"), [(1, Order.Status.PAID), (0, Order.Status.REVIEW)])
def test_a_transfer_is_in_time_if_it_was_in_the_bank_before_the_day(standin, clock, days_before, expected):
    """Of a transfer on the day itself nobody knows the hour."""
    make_invoicing_practice()
    workshop = make_workshop(day=timezone.localdate() + timedelta(days=60))
    order = invoice(workshop, 1)
    clock(workshop.starts_at + timedelta(hours=1))
    reconcile.close_ended_holds()

    transfer(order, received_on=timezone.localdate() - timedelta(days=days_before))

    order.refresh_from_db()
    assert order.status == expected


def test_a_place_that_was_taken_meanwhile_is_not_given_though_it_was_paid_in_time(standin, workshop, clock):
    order = place(workshop)
    standin.pay(open_session(order))
    order.workshop.tickets.update(status=Ticket.Status.LAPSED, place_number=None)
    Workshop.objects.update(capacity=1)
    make_ticket(workshop)
    clock(workshop.starts_at + timedelta(hours=1))

    reconcile.find_untold_payments()

    assert state(order) == (Order.Status.REFUNDED, {Ticket.Status.LAPSED})


def test_who_pays_within_the_hold_that_was_promised_is_in_time(standin, workshop, clock):
    clock(workshop.starts_at - timedelta(minutes=10))
    order = place(workshop)
    session_id = open_session(order)
    standin.pay(session_id)
    clock(workshop.starts_at + timedelta(minutes=10))

    settle.settle(as_stripe_sees_it(session_id))

    assert state(order) == (Order.Status.PAID, {Ticket.Status.CONFIRMED})


def test_while_places_are_still_sold_nobody_is_late(standin, workshop, clock):
    """By the clock of the bank: that we hear of it later does not make it late."""
    Workshop.objects.update(sales_close_at=workshop.starts_at + timedelta(hours=1, seconds=1))
    order = place(workshop)
    session_id = open_session(order)
    standin.pay(session_id, method="delayed")
    settle.settle(as_stripe_sees_it(session_id))
    clock(workshop.starts_at + timedelta(hours=1))
    standin.settle_delayed(session_id, succeeded=True)
    clock(workshop.starts_at + timedelta(hours=2))

    settle.settle(as_stripe_sees_it(session_id))

    assert state(order) == (Order.Status.PAID, {Ticket.Status.CONFIRMED})


def test_the_wrong_amount_stays_the_wrong_amount(standin, workshop, clock, client):
    order = place(workshop)
    standin.pay(open_session(order))
    Payment.objects.update(amount=Decimal("205.00"))
    clock(workshop.starts_at + timedelta(hours=1))

    reconcile.find_untold_payments()

    assert state(order)[0] == Order.Status.REVIEW
    assert heading(client, order) == "We are looking at your payment."
    with pytest.raises(late_decisions.NotLate):
        late_decisions.seat_late(order)


# What the desk decides ----------------------------------------------------------------------


def test_the_desk_gives_the_place_all_the_same(standin, workshop, clock, desk):
    order = late_order(standin, workshop, clock)

    page = desk.get(f"/admin/orders/order/{order.pk}/change/").content.decode()
    answers = [desk.post(f"/admin/orders/order/{order.pk}/seat-late/", follow=True) for _ in range(2)]

    assert ("Give the place" in page, "so no place was given, and the buyer waits for a word" in page) == (True, True)
    assert state(order) == (Order.Status.PAID, {Ticket.Status.CONFIRMED})
    assert f"order:{order.pk}:confirmation" in told(order)
    assert [document.kind for document in Document.objects.all()] == [Document.Kind.RECEIPT]
    assert ["Nothing was done." in answer.content.decode() for answer in answers] == [False, True]
    assert (waiting(), list(books.findings())) == ([], [])


def test_the_desk_sends_the_money_back(standin, workshop, clock, desk):
    order = late_order(standin, workshop, clock)

    for _ in range(2):
        desk.post(f"/admin/orders/order/{order.pk}/send-late-back/")

    assert state(order) == (Order.Status.REFUNDED, {Ticket.Status.LAPSED})
    assert (Refund.objects.get().reason, order.balance()) == (lateness.WORKSHOP_BEGUN, NOTHING)
    assert f"order:{order.pk}:unseated" in told(order)
    assert (waiting(), list(books.findings())) == ([], [])


@pytest.mark.parametrize("way", ["seat-late", "send-late-back"])
def test_an_order_that_was_seated_in_time_is_not_decided_anew(standin, workshop, desk, way):
    order = buy(standin, workshop)

    desk.post(f"/admin/orders/order/{order.pk}/{way}/")

    assert (state(order), Refund.objects.count()) == ((Order.Status.PAID, {Ticket.Status.CONFIRMED}), 0)


@pytest.mark.parametrize("way", ["seat-late", "send-late-back"])
def test_editors_decide_nothing(standin, workshop, clock, client, way):
    set_up_groups()
    editor = make_user(is_staff=True)
    editor.groups.add(Group.objects.get(name="Editors"))
    client.force_login(editor)
    order = late_order(standin, workshop, clock)

    answer = client.post(f"/admin/orders/order/{order.pk}/{way}/")

    assert (answer.status_code, state(order)[0]) == (403, Order.Status.REVIEW)


def test_no_place_is_given_above_the_capacity(standin, workshop, clock, desk):
    order = late_order(standin, workshop, clock)
    order.workshop.tickets.update(status=Ticket.Status.LAPSED, place_number=None)
    Workshop.objects.update(capacity=1)
    make_ticket(workshop)

    page = desk.post(f"/admin/orders/order/{order.pk}/seat-late/", follow=True).content.decode()

    assert ("No place is free any more." in page, state(order)[0]) == (True, Order.Status.REVIEW)


def test_after_we_cancelled_it_only_the_money_is_left_to_give(standin, workshop, clock, desk):
    order = late_order(standin, workshop, clock)
    workshop_cancellation.cancel_workshop(order.workshop, because="Our presenter is ill.")

    page = desk.post(f"/admin/orders/order/{order.pk}/seat-late/", follow=True).content.decode()
    desk.post(f"/admin/orders/order/{order.pk}/send-late-back/")

    assert ("The workshop is cancelled." in page, state(order)[0]) == (True, Order.Status.REFUNDED)


def undone_late_order(clock):
    """Of 210.00 100.00 came in time, the rest when it had begun, and that was mistyped."""
    make_invoicing_practice()
    order = invoice(make_workshop(day=timezone.localdate() + timedelta(days=60), capacity=3), 2)
    workshop = order.workshop
    transfer(order, "100.00")
    clock(order.held_until)
    reconcile.close_ended_holds()
    clock(workshop.starts_at + timedelta(minutes=5))
    transfer(order, "110.00", attempt=2)
    transfers.undo_transfer(order.payments.get(attempt=2), why="It was another order's.")
    return order


def test_a_late_transfer_that_was_undone_is_no_money_to_seat_for(standin, clock):
    order = undone_late_order(clock)

    with pytest.raises(late_decisions.NotLate):
        late_decisions.seat_late(order)
    with pytest.raises(late_decisions.NotLate):
        late_decisions.send_late_back(order)
    assert Refund.objects.count() == 0
    transfers_back.send_back_by_hand(order)
    assert [refund.amount for refund in Refund.objects.all()] == [Decimal("100.00")]


def test_after_a_late_transfer_was_undone_the_right_one_waits_for_a_person_again(standin, clock):
    order = undone_late_order(clock)

    transfer(order, "110.00", attempt=3)

    order.refresh_from_db()
    assert (order.status, order.may_be_seated_late, len(waiting())) == ("review", True, 1)
    late_decisions.seat_late(order)
    assert list(books.findings()) == []
