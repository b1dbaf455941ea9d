"""An address that anybody may have typed is asked by email before anything is booked, issued or sent with it."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.utils import timezone

from courses.models import Ticket
from courses.seats import waiting_offers
from courses.seats.places import cancel_ticket
from courses.seats.waiting import join_waiting_list
from kit.local import times
from orders.books import books
from orders.checkout import unconfirmed
from orders.deeds import Deed, address_after
from orders.models import DiscountCode, Document, Order
from orders.pricing import codes
from orders.settling import reconcile
from outbox.models import Message
from tests.builders import make_discount, make_terms, make_ticket, make_user, make_workshop, queue_words
from tests.orders.invoices import make_invoicing_practice
from tests.orders.test_views import book

pytestmark = pytest.mark.django_db(transaction=True)
EVIL = "SECURITY NOTICE evil.example"
BY_INVOICE = {"by": "invoice", "start": "on", "organisation": EVIL, "organisation_address": EVIL, "po_number": EVIL}
FREE = {"shown_total": "0.00"}


@pytest.fixture(autouse=True)
def _practice():
    make_invoicing_practice()
    make_terms()


@pytest.fixture
def priced():
    return make_workshop(capacity=4)


@pytest.fixture
def free():
    return make_workshop(capacity=4, price="0.00")


def mails():
    return list(Message.objects.order_by("pk").values_list("to", "kind"))


def state():
    order = Order.objects.get()
    return order.status, {ticket.status for ticket in order.tickets()}


def link():
    text = Message.objects.get(kind="orders/order_unconfirmed").text
    return urlsplit(re.search(r"http\S+/confirm/\S+", text)[0]).path


def for_a_stranger(workshop):
    kind = str(workshop.ticket_types.first().pk)
    return {"places": "2", "place1-ticket_type": kind, "place1-name": EVIL, "place1-email": "victim@example.org"}


def test_free_places_wait_for_the_press_and_write_to_nobody_else(client, free):
    response = book(client, free, name=EVIL, **FREE, **for_a_stranger(free))

    held_for = Order.objects.get().held_until - timezone.now()
    placed = address_after(Deed.PLACED, Order.objects.get())
    assert (response["Location"], state()) == (placed, ("unconfirmed", {"held"}))
    assert timedelta(minutes=44) < held_for <= timedelta(minutes=45)
    assert mails() == [("noor@example.org", "orders/order_unconfirmed")]


def test_an_invoice_is_not_issued_before_the_press(client, priced):
    book(client, priced, **BY_INVOICE)

    assert (state(), Document.objects.count()) == (("unconfirmed", {"held"}), 0)
    assert Order.objects.get().held_until < timezone.now() + timedelta(hours=1)
    assert mails() == [("noor@example.org", "orders/order_unconfirmed")]


@pytest.mark.parametrize("by", ["card", "invoice"])
def test_the_mail_and_its_page_have_no_word_that_somebody_typed(client, priced, free, by):
    typed = {"name": EVIL, "place0-name": EVIL, "place0-access_needs": EVIL}
    book(client, priced, **typed, **BY_INVOICE) if by == "invoice" else book(client, free, **typed, **FREE)

    mail = Message.objects.get()
    page = client.get(link()).content.decode()
    assert [EVIL in words for words in (mail.subject, mail.text, mail.html, page)] == [False] * 4


def test_the_page_says_until_when_the_place_is_held_as_the_mail_does(client, free):
    book(client, free, **FREE)
    order = Order.objects.get()
    until = times.until_label(order.held_until, order.time_zone)

    page = " ".join(client.get(link()).content.decode().split())

    assert (f"is held until {until}." in page, until in Message.objects.get().text) == (True, True)


def test_opening_the_link_does_nothing_and_pressing_the_button_books(client, free):
    book(client, free, **FREE)
    opened = client.get(link())
    before = state()

    pressed = client.post(link())

    assert (opened.status_code, before) == (200, ("unconfirmed", {"held"}))
    assert (pressed.status_code, pressed["Location"]) == (
        303,
        f"{Order.objects.get().get_absolute_url()}?done=confirmed",
    )
    assert (state(), mails()[1:]) == (("paid", {"confirmed"}), [("noor@example.org", "orders/order_confirmation")])
    assert "You are booked, Noor Haddad." in client.get(pressed["Location"]).content.decode()


def test_pressing_twice_books_once_and_the_link_leads_to_the_order(client, free):
    book(client, free, **FREE)
    client.post(link())
    client.post(link())

    assert (client.get(link())["Location"], len(mails())) == (Order.objects.get().get_absolute_url(), 2)


def test_pressing_sends_the_invoice_and_holds_the_places_for_the_transfer(client, priced):
    book(client, priced, **BY_INVOICE)

    client.post(link())

    order, ticket = Order.objects.get(), Ticket.objects.get()
    assert (state(), order.is_by_invoice, Document.objects.get().kind) == (("invoiced", {"held"}), True, "invoice")
    assert order.held_until == ticket.held_until > timezone.now() + timedelta(days=7)
    assert [kind for _, kind in mails()] == [
        "orders/order_unconfirmed",
        "orders/invoice_placed",
        "orders/invoice_notice",
    ]
    said = Message.objects.get(kind="orders/invoice_placed")
    assert [words.count("After that:") for words in (said.text, said.html)] == [0, 0]  # so the rules begin
    assert list(books.findings()) == []


def test_a_code_is_held_before_the_press_and_used_by_it(client, priced):
    code = codes.issue_code(discount=make_discount(), email="noor@example.org", percent=100)
    book(client, priced, code=str(code), **FREE)
    before = DiscountCode.objects.get().status

    client.post(link())

    assert (before, DiscountCode.objects.get().status) == ("reserved", "redeemed")


@pytest.mark.parametrize("wrong", ["guess", "", "x" * 43])
def test_only_the_link_in_the_mail_confirms(client, free, wrong):
    book(client, free, **FREE)
    order = Order.objects.get()

    answers = [ask(f"{order.get_absolute_url()}confirm/{wrong}/").status_code for ask in (client.get, client.post)]

    assert (answers, state()) == ([404, 404], ("unconfirmed", {"held"}))


def test_the_link_of_another_order_does_not_confirm(client, free):
    book(client, free, **FREE)
    proof = link().rstrip("/").rpartition("/")[2]
    book(client, free, email="ada@example.org", **FREE)
    other = Order.objects.get(buyer_email="ada@example.org")

    assert client.post(f"{other.get_absolute_url()}confirm/{proof}/").status_code == 404


def test_unanswered_the_places_go_back_without_another_mail(client, priced):
    book(client, priced, **BY_INVOICE)
    with time_machine.travel(timezone.now() + timedelta(minutes=46)):
        by_the_clock = client.get(Order.objects.get().get_absolute_url()).content.decode()
        reconcile.close_ended_holds()
        client.post(link())
        page = client.get(Order.objects.get().get_absolute_url()).content.decode()

        assert (state(), priced.places_left(), len(mails())) == (("unanswered", {"lapsed"}), 4, 1)
    assert ["<h1>This booking was not confirmed.</h1>" in each for each in (by_the_clock, page)] == [True, True]
    assert "Start again" in page
    assert Order.objects.get().invoice_due_on is None  # no transfer is awaited


def test_a_press_after_the_hold_books_nothing_even_before_any_job_ran(client, free):
    book(client, free, **FREE)

    with time_machine.travel(timezone.now() + timedelta(minutes=46)):
        pressed = client.post(link())

    assert (pressed.status_code, state(), len(mails())) == (303, ("unconfirmed", {"held"}), 1)


def test_what_nobody_confirmed_can_be_given_back(client, free):
    book(client, free, **FREE)

    client.post(f"{Order.objects.get().get_absolute_url()}give-back/")

    assert (state(), free.places_left()) == (("cancelled", {"cancelled"}), 4)


@pytest.mark.parametrize("by", ["card", "invoice"])
def test_signed_in_with_that_address_it_is_booked_at_once(client, priced, free, by):
    client.force_login(make_user("noor@example.org"))

    book(client, priced, **BY_INVOICE) if by == "invoice" else book(client, free, **FREE)

    assert state()[0] == {"card": "paid", "invoice": "invoiced"}[by]
    assert "orders/order_unconfirmed" not in [kind for _, kind in mails()]


@pytest.mark.parametrize(("own", "verified"), [("ada@example.org", True), ("noor@example.org", False)])
def test_signed_in_with_another_address_or_an_unproven_one_it_waits(client, free, own, verified):
    client.force_login(make_user(own, verified=verified))

    book(client, free, **FREE)

    assert state()[0] == "unconfirmed"


@pytest.mark.parametrize(("email", "status"), [("noor@example.org", "paid"), ("ada@example.org", "unconfirmed")])
def test_an_offer_from_the_waiting_list_has_proven_its_own_address(client, email, status):
    workshop = make_workshop(capacity=1, price="0.00")
    taken = make_ticket(workshop)
    entry = join_waiting_list(workshop=workshop, email="noor@example.org")
    cancel_ticket(taken)
    waiting_offers.offer_places_of(workshop.pk)

    book(client, workshop, email=email, offer=entry.secret, **FREE)

    assert state()[0] == status


def test_what_else_strangers_let_a_mailbox_be_sent_counts_too(client):
    for number in range(8):
        queue_words(key=str(number), kind="courses/waiting_list_confirm", by_desk=True)

    refused = book(client, make_workshop(price="0.00"), **FREE)

    assert (refused.status_code, Order.objects.count()) == (429, 0)


def test_from_the_desk_the_mail_comes_however_many_there_were(client, free):
    book(client, free, **FREE)
    for number in range(8):
        queue_words(key=str(number), kind="courses/waiting_list_confirm", by_desk=True)

    unconfirmed.ask_again(Order.objects.get())

    assert [kind for _, kind in mails()].count("orders/order_unconfirmed") == 2


def test_one_mailbox_is_asked_five_times_a_day(client):
    for _ in range(6):
        last = book(client, make_workshop(price="0.00"), **FREE)
        Order.objects.update(held_until=timezone.now() - timedelta(minutes=1))

    assert (last.status_code, len(mails()), Order.objects.count()) == (429, 5, 5)
