"""Reminders of invoices, in the practice's days."""

from datetime import date, timedelta

import pytest

from orders.invoices import chasing
from orders.models import Order
from orders.settling import reconcile
from outbox.models import Message
from tests.builders import at, make_practice, make_workshop
from tests.orders.invoices import ACCOUNT, invoice, make_invoicing_practice, transfer
from tests.orders.purchases import place

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = date(2027, 1, 11)
DUE = date(2027, 2, 10)


@pytest.fixture
def order(time_machine):
    """Placed on 11 January, due on 10 February, held to the end of 17 February."""
    time_machine.move_to(at("2027-01-11 09:00", "Europe/London"), tick=False)
    make_invoicing_practice()
    return invoice(make_workshop(day=TODAY + timedelta(days=60)), 2)


def reminders():
    """Each one's key after the order, in the order in which they were written."""
    keys = Message.objects.filter(key__contains=":invoice-").order_by("pk").values_list("key", flat=True)
    return [key.split(":", 2)[2] for key in keys]


def on(time_machine, text, zone="Europe/London"):
    time_machine.move_to(at(text, zone), tick=False)
    return chasing.remind()


def test_each_reminder_is_written_once_on_its_day(order, time_machine):
    hours = [
        "2027-02-02 23:59",
        "2027-02-03 00:00",
        "2027-02-09 23:59",
        "2027-02-10 00:00",
        "2027-02-16 23:59",
        "2027-02-17 00:00",
        "2027-02-17 23:59",
    ]

    counts = [(on(time_machine, hour), chasing.remind()) for hour in hours]

    assert counts == [(0, 0), (1, 0), (0, 0), (1, 0), (0, 0), (1, 0), (0, 0)]
    assert reminders() == ["invoice-soon", "invoice-due", "invoice-late", "invoice-late:practice"]


@pytest.mark.parametrize(
    ("hour", "subject", "words"),
    [
        ("2027-02-03 09:00", "To be paid by 10 February", "The transfer is due on Wednesday 10 February 2027."),
        ("2027-02-10 09:00", "Due today", "The transfer is due on Wednesday 10 February 2027."),
        ("2027-02-17 09:00", "Not paid yet", "The transfer was due on Wednesday 10 February 2027."),
    ],
)
def test_a_reminder_says_what_to_pay_by_when_and_how_long_it_waits(order, time_machine, hour, subject, words):
    on(time_machine, hour)

    mail = Message.objects.get(key__contains=":invoice-", to="noor@example.org")
    held = "We hold them until the end of Wednesday 17 February 2027, London time."
    assert mail.subject == f"{subject}: order {order.number}, {order.workshop.title}"
    assert [each for each in (words, ACCOUNT, "PO-77", held) if each not in mail.text] == []
    assert mail.useless_after == order.held_until


def test_a_reminder_that_comes_late_says_the_truth_and_earlier_ones_are_passed_over(order, time_machine):
    on(time_machine, "2027-02-12 09:00")

    mail = Message.objects.get(key__contains=":invoice-")
    assert reminders() == ["invoice-due"]
    assert mail.subject.startswith("Not paid yet")


def test_days_are_the_practices(order, time_machine):
    make_invoicing_practice()
    make_practice(time_zone="America/New_York")

    counts = [on(time_machine, hour, "America/New_York") for hour in ("2027-02-02 23:59", "2027-02-03 00:00")]

    assert counts == [0, 1]


def test_the_practice_is_told_with_the_last_one(order, time_machine):
    on(time_machine, "2027-02-17 09:00")

    mail = Message.objects.get(key=f"order:{order.pk}:invoice-late:practice")
    assert mail.to == "desk@withyrooms.example"
    assert "The last reminder has gone out." in mail.text


def test_a_booking_just_before_its_due_day_is_not_reminded_at_once(time_machine):
    time_machine.move_to(at("2027-01-11 09:00", "Europe/London"), tick=False)
    make_invoicing_practice()
    invoice(make_workshop(day=TODAY + timedelta(days=14)))  # due on 18 January, held until the 24th

    counts = [chasing.remind(), on(time_machine, "2027-01-18 09:00"), on(time_machine, "2027-01-24 09:59")]

    assert (counts, reminders()) == ([0, 1, 0], ["invoice-due"])


@pytest.mark.parametrize("end", ["paid", "given back", "lapsed"])
def test_what_is_settled_is_not_reminded_of(order, time_machine, end):
    if end == "paid":
        transfer(order)
    elif end == "given back":
        reconcile.give_back(order)
    else:
        Order.objects.update(status=Order.Status.LAPSED)

    assert on(time_machine, "2027-02-10 09:00") == 0


def test_a_hold_that_ended_is_not_reminded_of(order, time_machine):
    Order.objects.update(held_until=at("2027-02-17 12:00", "Europe/London"))

    assert on(time_machine, "2027-02-17 12:00") == 0


def test_an_order_by_card_is_not_reminded_of(order, time_machine):
    place(order.workshop)

    assert on(time_machine, "2027-02-03 09:00") == 1
