"""Who has a place. Every change of seats locks the workshop's row first; a hold ends by its time, not by a job."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count, islice

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import audit
from accounts.audit import Change
from accounts.history import recording
from courses.models import Cohort, EndedLink, Ticket, TicketType, Workshop, WorkshopQuerySet
from courses.models.tickets import FREED
from courses.reminders import withdraw_reminders
from courses.states import may_move, move_all
from kit.database.questions import Asked, first_or_404, written_once
from kit.desk.rows import save_changed
from kit.guard.addresses import email_key
from kit.guard.tokens import new_secret

TIME_WAS_OVER = "Its time was over."


class SoldOut(Exception):
    """Fewer live places are free than were asked for."""

    def __init__(self, places_left: int) -> None:
        super().__init__(f"{places_left} places left")
        self.places_left = places_left


class WorkshopCancelled(Exception):
    """Nobody has a place on it any more."""


class NotHandedOver(Exception):
    """The place is not booked any more, or its workshop has started."""


@dataclass(frozen=True)
class Attendee:
    """Who comes. The time zone is an IANA name."""

    name: str
    email: str
    time_zone: str
    access_needs: str = ""

    @classmethod
    def of(cls, ticket: Ticket) -> "Attendee":
        return cls(ticket.attendee_name, ticket.attendee_email, ticket.attendee_time_zone, ticket.access_needs)


@dataclass(frozen=True)
class NewTicket:
    """A place that somebody asks for. The time zone is an IANA name."""

    ticket_type: TicketType
    name: str
    email: str
    time_zone: str
    access_needs: str = ""


def lock_workshop(workshop_id: int) -> Workshop:
    """The workshop as it stands, locked to the end of the caller's transaction. Raises Http404: deleted meanwhile."""
    return first_or_404(_locked(workshop=workshop_id))


def hold_places(
    workshop: Workshop,
    *,
    wanted: Sequence[NewTicket],
    until: datetime,
    ahead: int | None = 0,
    cohort: Cohort | None = None,
) -> list[Ticket]:
    """Takes the lowest free places until that moment; all or none. The workshop must be locked. Raises SoldOut.

    A free place that somebody on the waiting list waits for is not for the public: between a place's coming free and
    its offer nobody can slip in. `ahead` says how many are for people in that line themselves; None passes it over.
    What is kept for a cohort is for nobody but `cohort`, who takes of its own places alone.
    """
    live = sum(ticket.ticket_type.is_live for ticket in wanted)
    numbers = iter(_free_numbers(workshop, live, ahead=ahead, cohort=cohort))
    tickets = [
        Ticket(
            workshop=workshop,
            ticket_type=ticket.ticket_type,
            access=ticket.ticket_type.access,
            cohort=cohort,
            place_number=next(numbers) if ticket.ticket_type.is_live else None,
            status=Ticket.Status.HELD,
            held_until=until,
            attendee_name=ticket.name,
            attendee_email=ticket.email,
            attendee_time_zone=ticket.time_zone,
            access_needs=ticket.access_needs,
        )
        for ticket in wanted
    ]
    Ticket.objects.bulk_create(tickets)
    audit.record_all(Change(ticket, "", ticket.status) for ticket in tickets)
    return tickets


def renew_holds(workshop: Workshop, *, tickets: Sequence[Ticket], until: datetime) -> None:
    """Holds the places longer, or holds places anew if they lapsed. The workshop must be locked. Raises SoldOut.

    People who wait come first, unless the place is one that was offered to them.
    """
    with_an_offer = workshop.waiting_list.offered().filter(ticket__in=tickets)
    _seat_anew(workshop, tickets, ahead=with_an_offer.in_line().count())
    with_an_offer.update(booking_began_at=timezone.now())
    for ticket in tickets:
        ticket.held_until = until
    move_all(tickets, Ticket.Status.HELD, saving=["held_until", "place_number", "cohort"])


def confirm_tickets(workshop: Workshop, *, tickets: Sequence[Ticket]) -> None:
    """Held or lapsed places become theirs; lapsed ones are seated anew, even before people who wait: they are paid for.

    The workshop must be locked, the tickets read since. Raises SoldOut.
    """
    if not all(ticket.is_holding for ticket in tickets):
        _seat_anew(workshop, tickets, ahead=None)
    confirm_held(tickets)


def hold_again(tickets: Sequence[Ticket], *, until: datetime) -> None:
    """Booked places are held as they were before, because no money had come: their joining links open nothing.

    Their workshops must be locked, the tickets read since.
    """
    for ticket in tickets:
        ticket.held_until, ticket.confirmed_at = until, None
        ticket.revision += 1  # calendars have struck it out, and are to take it in again
    move_all(tickets, Ticket.Status.HELD, saving=["held_until", "confirmed_at", "revision"])
    withdraw_reminders(tickets)


def release_tickets(*, tickets: Sequence[Ticket], status: str) -> None:
    """Frees held places: `lapsed` or `cancelled`. Confirmed places stay. The workshop must be locked."""
    held = Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets], status=Ticket.Status.HELD)
    move_all(list(held), status)


def cancel_tickets(workshop: Workshop, *, tickets: Sequence[Ticket]) -> None:
    """Takes confirmed places back; their joining links stop working at once. The workshop must be locked."""
    _read_anew(tickets)
    move_all([ticket for ticket in tickets if ticket.is_confirmed], Ticket.Status.CANCELLED)
    withdraw_reminders(tickets)


def cancel_ticket(ticket: Ticket) -> None:
    """Takes a confirmed or held place back; its joining link stops working at once."""
    with transaction.atomic():
        lock_workshop(ticket.workshop_id)
        ticket.refresh_from_db()
        if may_move(ticket, Ticket.Status.CANCELLED):
            move_all([ticket], Ticket.Status.CANCELLED)
            withdraw_reminders([ticket])


def hand_over(ticket: Ticket, *, to: Attendee) -> bool:
    """The place is somebody else's: the old joining link and calendar stop working at once.

    At the same address only the details change, and the link stays. True if a new link was made; raises NotHandedOver.
    """
    with transaction.atomic():
        workshop = lock_workshop(ticket.workshop_id)
        ticket.refresh_from_db()
        if not ticket.is_confirmed or not workshop.may_change_places:
            raise NotHandedOver
        return set_attendee(ticket, to=to)


def set_attendee(ticket: Ticket, *, to: Attendee) -> bool:
    """Who comes is somebody else, or is called otherwise. The workshop must be locked, and the ticket read anew.

    A booked place gets a new link at a new address. True if it did.
    """
    is_new = ticket.is_confirmed and email_key(to.email) != email_key(ticket.attendee_email)
    if is_new:
        EndedLink.objects.create(ticket=ticket, digest=EndedLink.digest_of(ticket.secret))
        ticket.secret = new_secret()
        ticket.revision += 1
        ticket.reminders_off.all().delete()  # whoever comes now has turned none off
        withdraw_reminders([ticket])
    if is_new or to.access_needs != ticket.access_needs:
        ticket.needs_answered_at = ticket.needs_answered_by = None  # that was another question
    ticket.attendee_name, ticket.attendee_email = to.name, to.email
    ticket.attendee_time_zone, ticket.access_needs = to.time_zone, to.access_needs
    with recording(ticket):
        save_changed(ticket)
    return is_new


def give_place(workshop: Workshop, *, ticket: NewTicket) -> Ticket:
    """A confirmed place from an editor, without an order. Raises SoldOut and WorkshopCancelled."""
    with transaction.atomic():
        locked = lock_workshop(workshop.pk)
        if locked.is_cancelled:
            raise WorkshopCancelled
        tickets = hold_places(locked, wanted=[ticket], until=timezone.now(), ahead=None)
        confirm_held(tickets)
    return tickets[0]


def confirm_held(tickets: Sequence[Ticket]) -> None:
    """Confirms places that were taken, or read anew, in this very transaction."""
    for ticket in tickets:
        ticket.held_until, ticket.confirmed_at = None, ticket.confirmed_at or timezone.now()
    move_all(tickets, Ticket.Status.CONFIRMED, saving=["held_until", "confirmed_at", "place_number", "cohort"])


def lapse_ended_holds(workshop: Workshop) -> None:
    """Their places are free again. The workshop must be locked."""
    move_all(list(workshop.tickets.ended_holds()), Ticket.Status.LAPSED, why=TIME_WAS_OVER)


def _seat_anew(workshop: Workshop, tickets: Sequence[Ticket], *, ahead: int | None) -> None:
    """Gives a free number to each live ticket whose place is no longer held: of its cohort's, while that has one;
    otherwise of everybody's, and it is the cohort's no more."""
    lapse_ended_holds(workshop)
    _read_anew(tickets)
    without = [ticket for ticket in tickets if ticket.access == TicketType.Access.LIVE and ticket.status in FREED]
    cohort = next((ticket.cohort for ticket in without if ticket.cohort), None)
    if cohort and cohort.places_kept() < len(without):
        cohort = None
    for ticket, number in zip(without, _free_numbers(workshop, len(without), ahead=ahead, cohort=cohort), strict=True):
        ticket.place_number, ticket.cohort = number, cohort


def _read_anew(tickets: Sequence[Ticket]) -> None:
    """What the lock protects: whoever holds it sees what others made of these places before."""
    stored = Ticket.objects.in_bulk([ticket.pk for ticket in tickets])
    for ticket in tickets:
        for name in ("status", "place_number", "held_until", "confirmed_at", "cohort_id"):
            setattr(ticket, name, getattr(stored[ticket.pk], name))


def _free_numbers(workshop: Workshop, wanted: int, *, ahead: int | None, cohort: Cohort | None) -> list[int]:
    """The lowest free place numbers; raises SoldOut when there are not enough. The rest as for `hold_places`."""
    if not wanted:
        return []
    taken = {number for number in _taken_numbers(workshop) if number <= workshop.capacity}
    left = min(workshop.capacity - len(taken), cohort.places_kept() if cohort else _left(workshop, ahead=ahead))
    if left < wanted:
        raise SoldOut(left)
    return list(islice((number for number in count(1) if number not in taken), wanted))


def _left(workshop: Workshop, *, ahead: int | None) -> int:
    """Without what is kept for cohorts, and for people who wait."""
    taken, waiting = workshop.counted_anew()
    left = max(0, workshop.capacity - taken)
    if ahead is None:
        return left
    return min(left, max(0, left - workshop.spoken_for((taken, waiting))) + ahead)


def _taken_numbers(workshop: Workshop) -> set[int]:
    """Holds that have ended are written down as lapsed on the way."""
    now = timezone.now()
    seated = _seated(workshop=workshop.pk)
    ended = [number for number, status, until in seated if status == Ticket.Status.HELD and until and until <= now]
    if ended:
        lapse_ended_holds(workshop)
    return {number for number, _, _ in seated if number} - set(ended)


@written_once
def _locked(workshop: Asked) -> WorkshopQuerySet:
    return Workshop.objects.select_for_update(of=("self",)).with_course().filter(pk=workshop)


@written_once
def _seated(workshop: Asked) -> QuerySet[Ticket, tuple[int | None, str, datetime | None]]:
    seated = Ticket.objects.filter(workshop=workshop).seated().order_by()
    return seated.values_list("place_number", "status", "held_until")
