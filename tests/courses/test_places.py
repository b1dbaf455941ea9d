from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from courses.models import Ticket, TicketType
from courses.seats import places
from courses.seats.places import NewTicket, SoldOut
from tests.builders import make_ticket, make_ticket_type, make_workshop

pytestmark = pytest.mark.django_db

SOON = timedelta(minutes=45)


def wanted(workshop, count=1, ticket_type=None):
    ticket_type = ticket_type or workshop.ticket_types.first()
    return [NewTicket(ticket_type, f"Person {n}", f"p{n}@example.org", "Europe/Paris") for n in range(count)]


def hold(workshop, count=1, until=None, ticket_type=None):
    with transaction.atomic():
        locked = places.lock_workshop(workshop.pk)
        tickets = wanted(workshop, count, ticket_type)
        return places.hold_places(locked, wanted=tickets, until=until or timezone.now() + SOON)


def test_the_lowest_free_places_are_taken():
    workshop = make_workshop(capacity=5)
    make_ticket(workshop, place_number=2)

    tickets = hold(workshop, 3)

    assert [ticket.place_number for ticket in tickets] == [1, 3, 4]
    assert workshop.places_left() == 1


def test_all_places_are_held_or_none():
    workshop = make_workshop(capacity=2)
    make_ticket(workshop)

    with pytest.raises(SoldOut) as error:
        hold(workshop, 2)

    assert error.value.places_left == 1
    assert workshop.tickets.count() == 1


def test_a_hold_ends_by_its_time_and_its_place_is_taken_by_the_next():
    workshop = make_workshop(capacity=1)
    [ended] = hold(workshop, until=timezone.now() - timedelta(seconds=1))

    assert workshop.places_left() == 1
    [taken] = hold(workshop)

    ended.refresh_from_db()
    assert (ended.status, taken.place_number) == (Ticket.Status.LAPSED, 1)


def test_catch_up_tickets_need_no_place():
    workshop = make_workshop(capacity=1)
    catch_up = make_ticket_type(workshop, "Catch-up only", "85.00", access=TicketType.Access.CATCH_UP)
    make_ticket(workshop)

    [ticket] = hold(workshop, ticket_type=catch_up)

    assert ticket.place_number is None
    assert workshop.places_left() == 0


def test_a_lapsed_ticket_is_seated_anew_while_there_is_room():
    workshop = make_workshop(capacity=2)
    lapsed = hold(workshop, until=timezone.now() - timedelta(seconds=1))
    make_ticket(workshop, place_number=2)
    hold(workshop)  # takes place 1

    Ticket.objects.filter(place_number=2).update(status=Ticket.Status.CANCELLED)
    with transaction.atomic():
        places.confirm_tickets(places.lock_workshop(workshop.pk), tickets=lapsed)

    lapsed[0].refresh_from_db()
    assert (lapsed[0].status, lapsed[0].place_number) == (Ticket.Status.CONFIRMED, 2)


def test_a_lapsed_ticket_is_not_seated_when_the_workshop_is_full():
    workshop = make_workshop(capacity=1)
    lapsed = hold(workshop, until=timezone.now() - timedelta(seconds=1))
    hold(workshop)

    with pytest.raises(SoldOut), transaction.atomic():
        places.confirm_tickets(places.lock_workshop(workshop.pk), tickets=lapsed)

    assert workshop.tickets.confirmed().count() == 0


def test_a_place_given_by_an_editor_needs_no_order():
    workshop = make_workshop(capacity=1)

    ticket = places.give_place(workshop, ticket=wanted(workshop)[0])

    assert (ticket.status, ticket.place_number) == (Ticket.Status.CONFIRMED, 1)
    with pytest.raises(SoldOut):
        places.give_place(workshop, ticket=wanted(workshop)[0])


def test_a_cancelled_ticket_frees_its_place():
    workshop = make_workshop(capacity=1)
    ticket = make_ticket(workshop)

    places.cancel_ticket(ticket)

    assert (ticket.status, workshop.places_left()) == (Ticket.Status.CANCELLED, 1)


def test_the_database_itself_refuses_a_place_sold_twice():
    workshop = make_workshop(capacity=5)
    make_ticket(workshop, place_number=1)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_ticket(workshop, place_number=1)


def test_the_database_refuses_a_live_place_without_a_number():
    workshop = make_workshop(capacity=5)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_ticket(workshop, place_number=None)
