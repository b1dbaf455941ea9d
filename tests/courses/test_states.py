"""Which changes of a ticket's status are allowed; each that is made leaves one entry."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEntry
from courses.models import Ticket
from courses.seats import places
from courses.seats.capacity import check_capacity
from courses.seats.places import NewTicket, SoldOut
from courses.states import ALLOWED, NotAllowed, may_move, move_all
from tests.builders import make_ticket, make_workshop

pytestmark = pytest.mark.django_db
Status = Ticket.Status
PAIRS = [(model, before, after) for model in ALLOWED for before in model.Status for after in model.Status]
REFUSED = [pair for pair in PAIRS if pair[1] != pair[2] and pair[2] not in ALLOWED[pair[0]][pair[1]]]
SECOND = timedelta(seconds=1)


def hold(workshop, count=1, *, until=None):
    wanted = [NewTicket(workshop.ticket_types.first(), "Noor", "noor@example.org", "Europe/Paris")] * count
    with transaction.atomic():
        locked = places.lock_workshop(workshop.pk)
        return places.hold_places(locked, wanted=wanted, until=until or timezone.now() + timedelta(minutes=45))


def locked(workshop):
    return places.lock_workshop(workshop.pk)


def changes_of(*tickets):
    found = AuditEntry.objects.filter(model="courses.ticket", object_id__in=[ticket.pk for ticket in tickets])
    return list(found.order_by("pk").values_list("before", "after"))


@pytest.mark.parametrize("model", ALLOWED)
def test_every_status_stands_in_the_table(model):
    assert set(ALLOWED[model]) == set(model.Status)


@pytest.mark.parametrize(("model", "before", "after"), REFUSED)
def test_what_is_not_in_the_table_is_refused_before_anything_is_asked_of_the_database(
    model, before, after, django_assert_num_queries
):
    row = model(pk=1, status=before)

    with django_assert_num_queries(0), pytest.raises(NotAllowed):
        move_all([row], after)

    assert (row.status, may_move(row, after)) == (before, False)


def test_one_row_that_may_not_change_keeps_all_as_they_are():
    workshop = make_workshop()
    good, bad = make_ticket(workshop, Status.HELD), make_ticket(workshop, Status.CONFIRMED)

    with pytest.raises(NotAllowed):
        move_all([good, bad], Status.LAPSED)

    assert (good.status, Ticket.objects.filter(status=Status.LAPSED).count()) == (Status.HELD, 0)
    assert changes_of(good, bad) == []


def test_many_rows_change_by_one_update_and_one_insert(django_assert_num_queries):
    workshop = make_workshop()
    tickets = [make_ticket(workshop, Status.HELD) for _ in range(4)]

    with django_assert_num_queries(2):
        move_all(tickets, Status.CANCELLED)

    assert changes_of(*tickets) == [("held", "cancelled")] * 4


def test_a_row_that_has_the_status_already_leaves_no_entry(django_assert_num_queries):
    ticket = make_ticket(make_workshop())

    with django_assert_num_queries(0):
        move_all([ticket], Status.CONFIRMED)
        move_all([], Status.CONFIRMED)

    assert changes_of(ticket) == []


def test_holds_begin_and_are_confirmed_with_one_entry_each():
    workshop = make_workshop()

    tickets = hold(workshop, 2)
    places.confirm_tickets(locked(workshop), tickets=tickets)
    places.confirm_tickets(locked(workshop), tickets=tickets)

    assert changes_of(tickets[0]) == changes_of(tickets[1]) == [("", "held"), ("held", "confirmed")]


def test_a_hold_that_lapses_says_so_once_however_many_come_after_it():
    workshop = make_workshop(capacity=3)
    [ended] = hold(workshop, until=timezone.now() - SECOND)

    hold(workshop)
    hold(workshop)

    assert changes_of(ended) == [("", "held"), ("held", "lapsed")]
    assert AuditEntry.objects.get(after="lapsed").reason == "Its time was over."


def test_an_editor_who_changes_the_capacity_lapses_ended_holds_with_an_entry():
    workshop = make_workshop(capacity=3)
    [ended] = hold(workshop, until=timezone.now() - SECOND)

    check_capacity(workshop, capacity=2)

    assert changes_of(ended) == [("", "held"), ("held", "lapsed")]


def test_a_lapsed_hold_that_is_held_anew_says_so_and_a_longer_one_does_not():
    workshop = make_workshop(capacity=2)
    [ended], [longer] = hold(workshop, until=timezone.now() - SECOND), hold(workshop)
    until = timezone.now() + timedelta(hours=1)

    places.renew_holds(locked(workshop), tickets=[ended, longer], until=until)

    assert changes_of(ended) == [("", "held"), ("held", "lapsed"), ("lapsed", "held")]
    assert changes_of(longer) == [("", "held")]
    assert set(Ticket.objects.values_list("status", "held_until")) == {(Status.HELD, until)}


def test_a_place_that_cannot_be_had_leaves_no_entry():
    workshop = make_workshop(capacity=1)
    hold(workshop)
    before = AuditEntry.objects.count()

    with pytest.raises(SoldOut):
        hold(workshop)

    assert AuditEntry.objects.count() == before


def test_releasing_frees_held_places_and_leaves_confirmed_ones_without_an_entry():
    workshop = make_workshop()
    held, booked = hold(workshop)[0], make_ticket(workshop)

    for _ in range(2):
        places.release_tickets(tickets=[held, booked], status=Status.LAPSED)

    assert (changes_of(held), changes_of(booked)) == ([("", "held"), ("held", "lapsed")], [])


def test_cancelling_twice_leaves_one_entry():
    workshop = make_workshop()
    one, other = make_ticket(workshop), make_ticket(workshop)

    for _ in range(2):
        places.cancel_tickets(locked(workshop), tickets=[one])
        places.cancel_ticket(other)

    assert (changes_of(one), changes_of(other)) == ([("confirmed", "cancelled")], [("confirmed", "cancelled")])
    assert (one.status, other.status) == (Status.CANCELLED, Status.CANCELLED)


def test_what_somebody_else_did_first_counts_and_not_what_was_read_before():
    workshop = make_workshop()
    ticket = make_ticket(workshop)
    stale = Ticket.objects.get(pk=ticket.pk)
    places.cancel_ticket(ticket)

    places.cancel_tickets(locked(workshop), tickets=[stale])
    places.cancel_ticket(stale)

    assert (changes_of(ticket), stale.status) == ([("confirmed", "cancelled")], Status.CANCELLED)


def test_a_lapsed_place_is_not_cancelled():
    ticket = make_ticket(make_workshop(), Status.LAPSED)

    places.cancel_ticket(ticket)

    assert (ticket.status, changes_of(ticket)) == (Status.LAPSED, [])


def test_a_given_place_is_held_and_confirmed():
    workshop = make_workshop()
    new = NewTicket(workshop.ticket_types.first(), "Noor", "noor@example.org", "Europe/Paris")

    ticket = places.give_place(workshop, ticket=new)

    assert changes_of(ticket) == [("", "held"), ("held", "confirmed")]
