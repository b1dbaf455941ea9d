"""One page to change an order: what it shows is what is done, all of it or nothing, and whom it concerns is told."""

import re
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from courses.models import Ticket
from courses.seats.places import Attendee
from courses.seats.waiting import join_waiting_list
from orders.admin.change_desk import ChangeForm
from orders.books import books
from orders.changes import attendees, cancellations
from orders.models import Order, Refund
from outbox.models import Message
from tests.builders import make_refund_tiers, make_sale_terms, make_ticket, make_ticket_type, make_user, make_workshop
from tests.orders.purchases import buy

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _policy():
    make_sale_terms(refund_free_days=14)
    make_refund_tiers((14, 100))


@pytest.fixture
def desk(client):
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def order(standin):
    return buy(standin, make_workshop(price="100.00"), 3)


def path(order):
    return reverse("admin:orders_order_change_places", args=[order.pk])


def answers(order, **changed):
    """As the page shows it, but for `to0`, `email1` …: by the number of the place."""
    sent = {"amount": "", "reason": "", "key": str(uuid4()), "opened": opened(order)}
    for number, line in enumerate(order.lines.select_related("ticket")):
        ticket = line.ticket
        own = {"name": ticket.attendee_name, "email": ticket.attendee_email, "to": ""}
        sent |= {f"{name}-{line.pk}": changed.get(f"{name}{number}", value) for name, value in own.items()}
    return sent | {name: value for name, value in changed.items() if not name[-1].isdigit()}


def opened(order):
    """What the page has sealed of who comes."""
    return ChangeForm(order=order).seal


def look(desk, order, sent):
    """What the page says of each change, and the seal of it."""
    page = desk.post(path(order), sent).text
    rows = re.findall(r"<tr>\s*<td>(.*?)</td>\s*<td>.*?</td>\s*<td>(.*?)</td>\s*<td>\s*(.*?)\s*</td>", page, re.DOTALL)
    return rows, re.search(r'name="seen" value="([^"]+)"', page)[1]


def confirm(desk, order, sent, seen=None):
    seen = seen or look(desk, order, sent)[1]
    return desk.post(path(order), sent | {"seen": seen, "confirm": "1"}, follow=True)


def standing(order):
    order.refresh_from_db()
    return order.status, order.balance(), [line.ticket.status for line in order.lines.select_related("ticket")]


def test_a_look_changes_nothing_and_what_is_confirmed_is_what_was_seen(desk, order):
    sent = answers(order, to0="cancel", email1="lea@example.org", name1="Lea Roth")
    before = (standing(order), Message.objects.count(), Refund.objects.count())

    shown, seen = look(desk, order, sent)
    after_look = (standing(order), Message.objects.count(), Refund.objects.count())
    confirm(desk, order, sent, seen)

    assert after_look == before
    assert [(who, new.split(".")[0], money) for who, new, money in shown] == [
        ("Noor Haddad", "Lea Roth, lea@example", "none"),
        ("Noor Haddad", "cancelled", "£100.00 comes back"),
    ]
    assert standing(order) == (Order.Status.PAID, Decimal(200), ["cancelled", "confirmed", "confirmed"])
    assert {"lea@example.org", "noor@example.org"} <= set(Message.objects.values_list("to", flat=True))
    assert list(books.findings()) == []


@pytest.mark.parametrize(
    ("kind", "waive", "difference", "states"),
    [
        ("cheaper", "", "£40.00 comes back", ["paid", "paid"]),
        ("dearer", "", "£30.00 to pay", ["paid", "pending"]),
        ("dearer", "on", "none", ["paid", "paid"]),
    ],
)
def test_a_ticket_becomes_another_on_the_same_workshop(desk, order, kind, waive, difference, states):
    price = {"cheaper": "60.00", "dearer": "130.00"}[kind]
    to = make_ticket_type(order.workshop, kind, price)
    sent = answers(order, to2=str(to.pk)) | ({"waive": waive} if waive else {})

    [(_, _, shown)], seen = look(desk, order, sent)
    confirm(desk, order, sent, seen)

    assert shown == difference
    assert list(Order.objects.order_by("pk").values_list("status", flat=True)) == states
    assert (order.workshop.tickets.confirmed().count(), list(books.findings())) == (3, [])


def test_no_change_makes_a_paid_place_unpaid(desk, order):
    to = make_ticket_type(order.workshop, "dearer", "130.00")

    confirm(desk, order, answers(order, to0=str(to.pk)))

    assert standing(order) == (Order.Status.PAID, Decimal(300), ["confirmed"] * 3)


@pytest.mark.parametrize("today", ["120.00", "60.00"])
def test_a_place_becomes_an_order_of_its_own_at_its_price(desk, order, today):
    order.workshop.ticket_types.update(price=Decimal(today))

    confirm(desk, order, answers(order, to1="split"))

    new = Order.objects.latest("pk")
    assert (new.status, new.total, new.balance(), standing(order)[1]) == ("paid", 100, 100, 200)
    assert list(books.findings()) == []


def test_a_place_of_a_full_workshop_becomes_an_order_of_its_own_before_people_who_wait(desk, standin):
    workshop = make_workshop(price="100.00", capacity=3)
    order = buy(standin, workshop, 3)
    waits = join_waiting_list(workshop=workshop, email="ada@example.org")

    confirm(desk, order, answers(order, to1="split"))

    waits.refresh_from_db()
    seats = sorted(workshop.tickets.confirmed().values_list("place_number", flat=True))
    assert (Order.objects.latest("pk").status, seats, waits.status) == ("paid", [1, 2, 3], "waiting")
    assert list(books.findings()) == []


@pytest.mark.parametrize(("price", "done"), [("60.00", True), ("130.00", False)])
def test_on_a_full_workshop_a_place_becomes_a_cheaper_one_and_no_dearer_one(desk, standin, price, done):
    order = buy(standin, make_workshop(price="100.00", capacity=3), 3)
    to = make_ticket_type(order.workshop, "other", price)

    page = desk.post(path(order), answers(order, to1=str(to.pk))).text
    if done:
        confirm(desk, order, answers(order, to1=str(to.pk)))

    assert ("No place is free there" in page, Order.objects.count()) == (not done, 2 if done else 1)
    assert (order.workshop.tickets.confirmed().count(), list(books.findings())) == (3, [])


def test_a_recording_that_becomes_a_live_place_needs_a_free_one(desk, standin):
    workshop = make_workshop(price="100.00", capacity=1)
    recording = make_ticket_type(workshop, "Recording", "100.00", access="catch_up")
    order = buy(standin, workshop, ticket_types=[recording])
    make_ticket(workshop)

    page = desk.post(path(order), answers(order, to0=str(workshop.ticket_types.get(access="live").pk))).text

    assert ("No place is free there" in page, Order.objects.count()) == (True, 1)


def test_who_gets_an_order_of_their_own_ends_no_group_price(desk, standin):
    order = buy(standin, make_workshop(price="100.00", group_places=3, group_percent=20), 3)
    sent = answers(order, to1="split")

    [(_, words, money)], seen = look(desk, order, sent)
    confirm(desk, order, sent, seen)

    new = Order.objects.latest("pk")
    assert ("stays for those" in words, money) == (False, "none")
    assert (new.total, new.balance(), standing(order)[1], Refund.objects.filter(credit=None).count()) == (
        80,
        80,
        160,
        0,
    )
    assert [line.worth for line in order.lines.order_by("pk")] == [80, 80, 80]
    assert list(books.findings()) == []


@pytest.mark.parametrize("first", ["cancel", "move"])
def test_several_leave_a_group_at_once(desk, standin, first):
    """40.00 of what the first one brings stays with the others, and the second brings what is its own by then."""
    order = buy(standin, make_workshop(price="100.00", group_places=3, group_percent=20), 3)
    elsewhere = str(make_workshop(price="100.00").ticket_types.get().pk)
    sent = answers(order, to0="cancel" if first == "cancel" else elsewhere, to1=elsewhere, waive="on")

    shown, seen = look(desk, order, sent)
    confirm(desk, order, sent, seen)

    moved = list(Order.objects.exclude(pk=order.pk).order_by("pk").values_list("total", flat=True))
    back = {"cancel": "£40.00 comes back", "move": "none"}[first]
    assert [money for _, _, money in shown] == [back, "none"]
    assert moved == {"cancel": [100], "move": [40, 100]}[first]
    assert (standing(order)[1], list(books.findings())) == (100, [])


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "Nothing is changed yet"),
        ({"to0": "split", "name0": "Lea"}, "change either who comes or what it becomes"),
        ({"to0": "cancel", "amount": "5"}, "Say why, in words for the buyer"),
        ({"to0": "cancel", "amount": "999", "reason": "x"}, "So much is not left"),
        ({"to0": "999999"}, "Select a valid choice"),
        ({"email0": "x"}, "Enter an email address"),
    ],
)
def test_what_makes_no_sense_is_named_and_nothing_is_done(desk, order, changed, words):
    before = standing(order)

    page = desk.post(path(order), answers(order, **changed))

    assert (page.status_code, words in page.text, standing(order)) == (422, True, before)


def test_what_changed_since_the_look_is_shown_again(desk, order):
    sent = answers(order, to0="cancel")
    _, seen = look(desk, order, sent)
    make_refund_tiers((14, 0))
    line = order.lines.first()
    cancellations.refund_at_desk(
        order,
        tickets=[line.ticket],
        decision=cancellations.Decision(Decimal(30), "Late."),
        shown_left=order.balance(),
    )

    page = confirm(desk, order, sent, seen)

    assert ("Something changed since you looked" in page.text, Ticket.objects.confirmed().count()) == (True, 3)


def test_if_one_change_cannot_be_none_is_made(desk, order):
    full = make_workshop(capacity=1)
    make_ticket(full)

    page = desk.post(path(order), answers(order, to0="cancel", to1=str(full.ticket_types.get().pk)))

    assert ("No place is free there" in page.text, standing(order)[1]) == (True, Decimal(300))


def test_a_second_press_changes_nothing(desk, order):
    sent = answers(order, to0="cancel", to1="split")
    _, seen = look(desk, order, sent)
    confirm(desk, order, sent, seen)
    once = (standing(order), Order.objects.count(), Message.objects.count())

    confirm(desk, order, sent, seen)

    assert (standing(order), Order.objects.count(), Message.objects.count()) == once


# A page that was opened before a colleague replaced somebody ------------------------------------


def zoe_replaces(order, number):
    ticket = order.lines.all()[number].ticket
    attendees.hand_over(order, ticket=ticket, to=Attendee("Zoe Ash", "zoe@example.org", "Europe/London", ""))
    return ticket


def test_a_place_that_nobody_touched_is_not_given_back_to_whom_a_colleague_replaced(desk, order):
    sent = answers(order, to0="cancel")
    ticket = zoe_replaces(order, 1)

    shown, seen = look(desk, order, sent)
    confirm(desk, order, sent, seen)

    ticket.refresh_from_db()
    assert [who for who, _, _ in shown] == ["Noor Haddad"]
    assert (ticket.attendee_name, ticket.attendee_email) == ("Zoe Ash", "zoe@example.org")
    assert standing(order)[2] == ["cancelled", "confirmed", "confirmed"]


@pytest.mark.parametrize("changed", [{"name1": "Lea Roth", "email1": "lea@example.org"}, {"to1": "cancel"}])
def test_whoever_changes_a_place_that_a_colleague_has_changed_is_asked_first(desk, order, changed):
    sent = answers(order, **changed)
    zoe_replaces(order, 1)

    asked = desk.post(path(order), sent)
    shown = {name: asked.context["form"].data[name] for name in sent}
    token = re.search(r'name="opened" value="([^"]+)"', asked.text)[1]
    again = desk.post(path(order), shown | {"opened": token})

    words = "Since you opened this page the place has become Zoe Ash, zoe@example.org."
    assert (asked.status_code, words in asked.text, "This will happen" in asked.text) == (422, True, False)
    assert (again.status_code, "This will happen" in again.text) == (200, True)
    assert standing(order)[2] == ["confirmed"] * 3


def test_a_form_that_does_not_say_what_it_showed_is_asked_about_first(desk, order):
    sent = answers(order, name1="Lea Roth", email1="lea@example.org")

    answers_without = [desk.post(path(order), sent | {"opened": token}) for token in ("", "made:up")]

    assert [each.status_code for each in answers_without] == [422, 422]
