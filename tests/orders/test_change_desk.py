"""One page to change an order: what it shows is what is done, all of it or nothing, and whom it concerns is told."""

import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from courses.models import Ticket, Workshop
from courses.seats.places import Attendee
from courses.seats.waiting import join_waiting_list
from orders.admin.change_desk import ChangeForm
from orders.booking.left_behind import gives_way
from orders.books import books
from orders.changes import attendees, cancellations
from orders.checkout import placing
from orders.checkout.placing import Wish
from orders.checkout.visitors import Visitor
from orders.models import Order, Refund
from orders.settling import reconcile, settle
from outbox.models import Message
from tests.builders import (
    make_cohort,
    make_refund_tiers,
    make_sale_terms,
    make_ticket,
    make_ticket_type,
    make_user,
    make_workshop,
)
from tests.orders.invoices import invoice, make_invoicing_practice, transfer
from tests.orders.purchases import as_stripe_sees_it, buy, buyer, open_session, ticket, wish

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


def test_the_history_says_each_change_in_words_old_and_new(desk, order):
    confirm(desk, order, answers(order, to0="cancel", email1="lea@example.org", name1="Lea Roth"))

    told = [entry.get_change_message() for entry in LogEntry.objects.filter(object_id=order.pk).order_by("pk")]
    handed_over, cancelled = [entry.split(". ")[0] for entry in told]
    assert handed_over == "Noor Haddad: Noor Haddad, noor@example.org → Lea Roth, lea@example.org"
    assert cancelled.endswith(": Full price, £100.00 → cancelled")


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


# One more place ----------------------------------------------------------------------------------------------------
@pytest.fixture
def workshop():
    return make_workshop(price="100.00", capacity=3)


@pytest.fixture
def booked(standin, workshop):
    return buy(standin, workshop, 2)


def one_more(order, **changed):
    """Lea, with the ticket that everybody has."""
    typed = {"to-added": str(order.workshop.ticket_types.first().pk), "name-added": "Lea Roth"}
    return answers(order) | typed | {"email-added": "lea@example.org"} | changed


def added_to(order):
    return Order.objects.get(added_to=order)


def test_one_more_place_is_held_until_it_is_paid_and_nothing_paid_becomes_unpaid(desk, standin, booked):
    before = standing(booked)
    Message.objects.all().delete()

    [(who, new, money)], seen = look(desk, booked, one_more(booked))
    page = confirm(desk, booked, one_more(booked), seen)

    words = "Lea Roth, lea@example.org: Full price, £100.00, a new order. Held until it is paid, for 24 hours at most."
    assert (who, " ".join(new.split()), money) == ("Lea Roth", words, "£100.00 to pay")
    added = added_to(booked)
    assert (added.status, added.total, standing(booked)) == (Order.Status.PENDING, Decimal(100), before)
    told = Message.objects.get()
    assert (told.to, added.get_absolute_url() in told.text, booked.number in told.text) == (
        booked.buyer_email,
        True,
        True,
    )
    assert f"New: {added.number}." in page.text
    standin.pay(open_session(added))
    settle.settle(as_stripe_sees_it(added.payments.get().session_id))
    assert Message.objects.filter(to="lea@example.org", kind="orders/ticket_joining").count() == 1
    assert (Ticket.objects.confirmed().count(), list(books.findings())) == (3, [])


def test_a_place_that_is_not_paid_ends_by_itself(desk, booked, time_machine):
    confirm(desk, booked, one_more(booked))
    time_machine.move_to(timezone.now() + timedelta(hours=25))

    reconcile.close_ended_holds()

    assert (added_to(booked).status, standing(booked)[0]) == (Order.Status.LAPSED, Order.Status.PAID)
    assert booked.workshop.places_left() == 1


@pytest.mark.parametrize("how", ["waived", "free ticket"])
def test_what_costs_nothing_is_booked_at_once(desk, booked, how):
    free = make_ticket_type(booked.workshop, "Helper", "0.00")
    changed = {"waive": "on"} if how == "waived" else {"to-added": str(free.pk)}

    confirm(desk, booked, one_more(booked, **changed))

    added = added_to(booked)
    assert (added.status, added.total, added.lines.get().ticket.status) == ("paid", 0, "confirmed")
    assert Message.objects.filter(to="lea@example.org").count() == 1
    assert list(books.findings()) == []


def test_where_no_place_is_free_none_is_added(desk, booked):
    make_ticket(booked.workshop)

    page = desk.post(path(booked), one_more(booked))

    assert ("No place is free there" in page.text, Order.objects.count()) == (True, 1)


def test_places_that_people_wait_for_are_theirs_first(desk, standin, booked):
    last = make_ticket(booked.workshop)
    join_waiting_list(workshop=booked.workshop, email="waits@example.org")
    Ticket.objects.filter(pk=last.pk).update(status="cancelled", place_number=None)

    page = desk.post(path(booked), one_more(booked))

    assert ("No place is free there" in page.text, Order.objects.count()) == (True, 1)


def test_enough_for_a_group_with_it_the_added_place_has_the_group_price(desk, workshop, booked):
    Workshop.objects.update(group_places=3, group_percent=20)

    [(_, new, money)], seen = look(desk, booked, one_more(booked))
    confirm(desk, booked, one_more(booked), seen)

    assert ("(Group price, 20% off)" in new, money) == (True, "£80.00 to pay")
    assert (added_to(booked).total, standing(booked)[1]) == (Decimal(80), Decimal(200))
    assert list(books.findings()) == []


def test_an_organisation_that_pays_by_invoice_gets_one_for_the_added_place(desk, workshop):
    make_invoicing_practice()
    Workshop.objects.update(capacity=10)
    booked = invoice(make_workshop(price="100.00", day=timezone.localdate() + timedelta(days=60)))
    transfer(booked)
    booked.refresh_from_db()

    [(_, new, _)], seen = look(desk, booked, one_more(booked))
    confirm(desk, booked, one_more(booked), seen)

    added = added_to(booked)
    assert (added.status, added.organisation, "By invoice, due on" in new) == ("invoiced", "Humber Care Trust", True)
    assert [each.kind for each in added.documents.all()] == ["invoice"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"to-added": ""}, "Choose the ticket."),
        ({"name-added": ""}, "Say who comes."),
        ({"email-added": ""}, "Say to which address the place goes."),
        ({"email-added": "lea@"}, "Enter an email address"),
        ({"to-added": "999999"}, "Select a valid choice"),
    ],
)
def test_of_a_place_that_is_added_all_is_asked_for(desk, booked, changed, words):
    page = desk.post(path(booked), one_more(booked, **changed))

    assert (page.status_code, words in page.text, Order.objects.count()) == (422, True, 1)


def test_a_place_is_added_once_however_often_it_is_confirmed(desk, booked):
    sent = one_more(booked, waive="on")
    _, seen = look(desk, booked, sent)

    for _ in range(2):
        confirm(desk, booked, sent, seen)

    assert Ticket.objects.confirmed().count() == 3


def test_who_has_a_place_there_already_is_named(desk, booked):
    [(_, new, _)], _ = look(desk, booked, one_more(booked, **{"email-added": "noor@example.org"}))

    assert new.endswith("They have a place there already.")


def test_a_new_booking_of_hers_does_not_push_an_added_place_out(desk, booked):
    confirm(desk, booked, one_more(booked))
    visitor = Visitor(network="10.0.0.0", browser="b", addresses=frozenset([booked.email_key]))

    found = gives_way(
        [booked.workshop], Wish(buyer(), [ticket(booked.workshop.ticket_types.get())], uuid4(), visitor=visitor)
    )

    assert found == []


@pytest.mark.parametrize("way", ["look", "confirm"])
def test_who_has_a_place_of_a_cohort_is_given_no_second_one_and_the_page_says_so(desk, standin, way):
    workshop = make_workshop()
    cohort = make_cohort(workshop)
    for mail in ("ada@example.org", "ben@example.org"):
        wanted = [ticket(workshop.ticket_types.get(), email=mail)]
        order = placing.place_order(workshop, wish(wanted, by=buyer(mail), code=cohort.code)).order
        standin.pay(session_id := open_session(order))
        settle.settle(as_stripe_sees_it(session_id))
    sent = answers(order, name0="Ada", email0="ada@example.org")

    page = desk.post(path(order), sent if way == "look" else sent | {"confirm": "1", "seen": "x"})

    assert (page.status_code, f"kept for {cohort.name} already, and each has one." in page.text) == (422, True)
    assert [each.attendee_email for each in order.tickets()] == ["ben@example.org"]
