"""What desk and buyer do for one attendee. The mail with the joining page goes out in the same transaction."""

from collections.abc import Iterable
from copy import copy

from django.db import transaction

from courses.models import Cohort, Ticket, Workshop
from courses.seats import places
from courses.seats.places import Attendee, NewTicket, give_place
from kit.guard.addresses import email_key
from kit.texts.csv_cells import csv_lines
from orders import locks
from orders.changes import recordings
from orders.mails import booking_mails, change_mails
from orders.mails.change_mails import Given
from orders.models import Order
from orders.pricing import cohort_codes
from outbox import limits

COLUMNS = ["Place", "Name", "Email", "Time zone", "Ticket", "Status", "The recording", "Access needs"]


class HasOneAlready(Exception):
    """Of the places that are kept for a cohort each person has one."""

    def __init__(self, cohort: Cohort) -> None:
        super().__init__(f"of {cohort}")
        self.reason = f"Whoever has this address has a place that is kept for {cohort.name} already, and each has one."


@transaction.atomic
def give_free_place(workshop: Workshop, *, ticket: NewTicket) -> Ticket:
    """A confirmed place without an order, and the mail that tells of it. Raises SoldOut and WorkshopCancelled."""
    given = give_place(workshop, ticket=ticket)
    booking_mails.tell_attendee_again(given)
    return given


def places_of(workshop: Workshop, *, email: str) -> list[Ticket]:
    """What this person has there already, whoever booked it."""
    return [each for each in workshop.tickets.occupying() if email_key(each.attendee_email) == email_key(email)]


@transaction.atomic
def change_attendee(ticket: Ticket) -> bool:
    """Stores the details. At a new address the place gets a new joining page by mail; the old one stops working.

    True if it did.
    """
    to = Attendee.of(ticket)
    places.lock_workshop(ticket.workshop_id)
    ticket.refresh_from_db()
    before = copy(ticket)
    is_new = places.set_attendee(ticket, to=to)
    if is_new:
        change_mails.tell_address_changed(before)
        booking_mails.tell_attendee_again(ticket)
    return is_new


@transaction.atomic
def hand_over(order: Order, *, ticket: Ticket, to: Attendee) -> bool:
    """The buyer gives a place to a colleague, who gets the joining page; who had it and the buyer are told. With a
    place of a series go those on all its workshops that have not started.

    False when only details of the same person changed. Raises places.NotHandedOver and HasOneAlready.
    """
    locked = locks.locked_order(order.pk)
    if ticket.cohort and cohort_codes.has_place(ticket.cohort, email=to.email, beside=ticket):
        raise HasOneAlready(ticket.cohort)
    given = [ticket]
    if locked.series_id:
        others = [each for each in locked.load_lines() if each.is_confirmed and each.workshop.may_change_places]
        given += [each for each in others if each.pk != ticket.pk]
    changed = [found for each in given if (found := _hand_over(locked, each, to=to))]
    limits.line_up(each.attendee_email for found in changed for each in (found.before, found.after))
    for its in _by_who_had_them(changed):
        change_mails.tell_handed_over(locked, its)
    return bool(changed)


def _hand_over(locked: Order, ticket: Ticket, *, to: Attendee) -> Given | None:
    """None if it is the same person's."""
    before = locked.lines.select_related("ticket").get(ticket=ticket).ticket
    after = Ticket.objects.select_related("ticket_type").get(pk=ticket.pk)
    before.workshop = after.workshop = locked.workshop_of(ticket)
    return Given(before, after) if places.hand_over(after, to=to) else None


def _by_who_had_them(given: Iterable[Given]) -> list[list[Given]]:
    """Mostly one person; the desk may have given a date of a series to another before."""
    its: dict[str, list[Given]] = {}
    for each in given:
        its.setdefault(email_key(each.before.attendee_email), []).append(each)
    return list(its.values())


def as_csv(tickets: Iterable[Ticket]) -> str:
    """Of tickets that know their sale (`recordings.with_sale`)."""
    return "".join(csv_lines(COLUMNS, (_cells(ticket) for ticket in tickets)))


def _cells(ticket: Ticket) -> list[object]:
    return [
        ticket.place_number or "",
        ticket.attendee_name,
        ticket.attendee_email,
        ticket.attendee_time_zone,
        ticket.ticket_type.name,
        ticket.get_status_display(),
        recordings.standing(ticket),
        ticket.access_needs,
    ]
