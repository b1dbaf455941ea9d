"""Whoever has booked a workshop that has no session any more still finds every page: nothing ends in an error."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from courses.models import Session, Ticket, TicketType, Workshop
from orders.changes import moves
from orders.mails import booking_mails, change_mails
from orders.models import Order, RebookingOffer
from orders.settling.workshop_cancellation import follow_up
from outbox.models import Message
from tests.builders import (
    make_cities,
    make_refund_tiers,
    make_sale_terms,
    make_ticket_type,
    make_workshop,
)
from tests.orders.purchases import buy, place
from tests.orders.test_refund_desk import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workshop():
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100))
    make_cities()
    return make_workshop(day=timezone.localdate() + timedelta(days=9))


@pytest.fixture
def order(standin, workshop):
    """Two places, one live and one for the recording."""
    recording = make_ticket_type(workshop, "Catch-up", "75.00", access=TicketType.Access.CATCH_UP)
    return buy(standin, workshop, ticket_types=[workshop.ticket_types.first(), recording])


def without_a_date(workshop, **fields):
    Session.objects.filter(workshop=workshop).delete()
    Workshop.objects.filter(pk=workshop.pk).update(**fields)


def pages_of(order):
    places = [f"{order.get_absolute_url()}places/{line.pk}/" for line in order.lines.all()]
    joining = [line.ticket.get_absolute_url() for line in order.lines.all()]
    return [
        order.get_absolute_url(),
        *(f"{path}{what}/" for path in places for what in ("cancel", "move", "hand-over")),
        *joining,
        *(f"{path}calendar.ics" for path in joining),
        *(f"{order.get_absolute_url()}{paper}/" for paper in ("receipt", "invoice")),
        *(offer.get_absolute_url() for offer in RebookingOffer.objects.all()),
    ]


@pytest.mark.parametrize("status", Workshop.Status.values)
def test_every_page_of_the_buyer_opens(client, order, workshop, status):
    without_a_date(workshop, status=status)
    follow_up()

    answers = {path: client.get(path, follow=True).status_code for path in pages_of(order)}

    assert {path: answer for path, answer in answers.items() if answer not in {200, 404}} == {}
    assert (answers[order.get_absolute_url()], len(answers) >= 13) == (200, True)


def test_the_order_page_says_that_there_is_no_date_yet(client, order, workshop):
    without_a_date(workshop, status=Workshop.Status.DRAFT)

    page = client.get(order.get_absolute_url()).text

    assert ('<p class="day">No date yet</p>' in page, "<h1>You are booked, Noor Haddad.</h1>" in page) == (True, True)


@pytest.mark.parametrize("status", Order.Status.values)
def test_an_order_in_any_state_has_its_page(client, workshop, status):
    order = place(workshop)
    Order.objects.update(status=status)
    without_a_date(workshop)

    assert client.get(order.get_absolute_url()).status_code == 200


def test_the_joining_page_of_a_live_place_does_not_speak_of_a_recording(client, order, workshop):
    without_a_date(workshop)
    live, recording = [line.ticket for line in order.lines.order_by("pk")]

    pages = [client.get(ticket.get_absolute_url()).text for ticket in (live, recording)]

    assert ["” has no date at this moment." in page for page in pages] == [True, False]
    assert ["your place is for the recording of" in page for page in pages] == [False, True]
    assert "no date yet" not in "".join(pages)


def test_every_page_of_the_desk_opens(client, order, workshop):
    desk = sign_in(client, "Organisers")
    without_a_date(workshop)
    paths = [
        f"/admin/courses/workshop/{workshop.pk}/change/",
        f"/admin/courses/workshop/{workshop.pk}/take-back/",
        f"/admin/orders/order/cancel-workshop/{workshop.pk}/",
        f"/admin/orders/order/{order.pk}/change/",
        f"/admin/orders/order/{order.pk}/refund/",
        f"/admin/orders/order/{order.pk}/move/",
        "/admin/courses/ticket/",
        "/admin/orders/order/sales/",
        "/admin/",
    ]

    assert {path: desk.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_a_place_is_moved_away_from_it(order, workshop):
    without_a_date(workshop)
    line, to = order.lines.first(), make_workshop(price="120.00").ticket_types.get()
    quote = moves.quote_move(line, to)

    new = moves.move_at_desk(moves.MoveWish(line, to, quote.difference, uuid4()))

    assert (new.status, new.held_until > timezone.now()) == (Order.Status.PENDING, True)


def test_mails_are_written_all_the_same(order, workshop):
    without_a_date(workshop)
    order = Order.objects.get(pk=order.pk)
    before = Message.objects.count()

    for ticket in Ticket.objects.all():
        booking_mails.tell_attendee_again(ticket)
    change_mails.tell_cancelled(order, [])

    assert Message.objects.count() == before + 3
