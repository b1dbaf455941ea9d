"""When sessions take place, and for how many people. Editors give wall times and a zone; the instants follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from courses.calendars import google_link, joining_page, joining_words
from courses.catalogue import Day, day_of
from courses.models import Session, Ticket, TicketType, Workshop
from courses.places import lapse_ended_holds, lock_workshop
from kit.rows import save_changed
from kit.times import LocalSpan, Place, UnlikelyDay, WallTimeError, instant, long_day, organiser_place

OUT_OF_THE_WAY = timedelta(days=40_000)


class NoSessionLeft(Exception):
    """A published workshop has a date."""


class PlacesTaken(Exception):
    """Somebody has a ticket, so this cannot be done to the workshop."""

    def __init__(self, taken: int) -> None:
        super().__init__(f"{taken} places are taken")
        self.taken = taken


@dataclass(frozen=True)
class WallTimes:
    """A session as an editor enters it."""

    day: date
    start: time
    end: time


@dataclass(frozen=True)
class Problem:
    """What is wrong with the session at that index, and at which field to say so."""

    index: int
    field: str
    message: str


def settle_times(workshop: Workshop) -> list[Session]:
    """Brings every session's instants in line with its wall times and the zone; those that moved get a new revision.

    Returns the moved ones; raises a kit.times.WallTimeError and moves none when a wall time is no moment.
    """
    with transaction.atomic():
        zone = lock_workshop(workshop.pk).time_zone
        moved = [session for session in workshop.sessions.order_by("pk") if _is_moved(session, zone)]
        # Two sessions may trade places, and no two may ever start at the same moment.
        Session.objects.filter(pk__in=[session.pk for session in moved]).update(
            starts_at=F("starts_at") + OUT_OF_THE_WAY, ends_at=F("ends_at") + OUT_OF_THE_WAY
        )
        for session in moved:
            session.revision += 1
            session.save(update_fields=["starts_at", "ends_at", "revision"])
    workshop.__dict__.pop("meetings", None)
    return moved


def store_sessions(
    workshop: Workshop, *, kept: Sequence[Session] = (), new: Sequence[Session] = (), removed: Sequence[Session] = ()
) -> list[Session]:
    """Stores what an editor changed in wall times and words; returns the sessions that moved. See settle_times()."""
    with transaction.atomic():
        for session in removed:
            session.delete()
        for session in kept:
            save_changed(session)
        moved = settle_times(workshop)
        for session in new:
            _is_moved(session, workshop.time_zone)
            session.save()
    workshop.__dict__.pop("meetings", None)
    return moved


def session_errors(sessions: Sequence[WallTimes], zone: str) -> list[Problem]:
    """Times that do not exist or come twice, ends before starts, and overlaps; empty when all is well."""
    problems, spans = [], []
    for index, session in enumerate(sessions):
        try:
            starts_at = _at(index, "start_time", session.day, session.start, zone)
            ends_at = _at(index, "end_time", session.day, session.end, zone)
        except _Refused as refused:
            problems.append(refused.problem)
            continue
        if ends_at <= starts_at:
            problems.append(Problem(index, "end_time", "The end must come after the start, on the same day."))
        else:
            spans.append((starts_at, ends_at, index))
    return problems + _overlaps(sorted(spans), sessions)


def check_nobody_comes(workshop: Workshop) -> None:
    """Raises PlacesTaken while a ticket of any kind is held or booked; holds for the caller's transaction.

    A place that is only on offer to the waiting list does not count: the offer ends with the workshop.
    """
    with transaction.atomic():
        lock_workshop(workshop.pk)
        taken = tickets_taken(workshop)
    if taken:
        raise PlacesTaken(taken)


def tickets_taken(workshop: Workshop) -> int:
    """How many are held or booked, of any kind, without those that are only on offer to the waiting list."""
    offers = workshop.waiting_list.offered().select_related("ticket")
    on_offer = [entry.ticket_id for entry in offers if not entry.is_being_booked]
    return workshop.tickets.occupying().exclude(pk__in=on_offer).count()


def check_may_be_dateless(workshop: Workshop) -> None:
    """Whether its last session may go. Raises NoSessionLeft, or PlacesTaken whatever the workshop's status is.

    Its answer holds to the end of the caller's transaction: the workshop is locked.
    """
    with transaction.atomic():
        locked = lock_workshop(workshop.pk)
        if taken := locked.tickets.occupying().count():
            raise PlacesTaken(taken)
        if locked.status == Workshop.Status.PUBLISHED:
            raise NoSessionLeft


def check_capacity(workshop: Workshop, *, capacity: int) -> None:
    """Raises PlacesTaken. Its answer holds to the end of the caller's transaction: the workshop is locked."""
    with transaction.atomic():
        lock_workshop(workshop.pk)
        lapse_ended_holds(workshop)
        taken = _seated(workshop).count()
    if taken > capacity:
        raise PlacesTaken(taken)


def fit_places(workshop: Workshop, *, capacity: int) -> None:
    """Makes ready for a new capacity: places numbered above it move down to free numbers. Raises PlacesTaken."""
    with transaction.atomic():
        check_capacity(workshop, capacity=capacity)
        tickets = list(_seated(workshop))
        taken = {ticket.place_number for ticket in tickets}
        free = (number for number in range(1, capacity + 1) if number not in taken)
        for ticket in tickets:
            if ticket.place_number > capacity:
                ticket.place_number = next(free)
                ticket.save(update_fields=["place_number"])


@dataclass(frozen=True)
class Meeting:
    """One session as its attendee sees it at this moment."""

    session: Session
    times: list[LocalSpan]
    google_link: str

    @property
    def day(self) -> Day:
        """In the organiser's zone, as everywhere."""
        return day_of(self.session.span.local_start)

    @property
    def may_join(self) -> bool:
        return self.session.is_open and bool(self.session.join_url)

    @property
    def opens_iso(self) -> str:
        return self.session.opens_at.isoformat(timespec="seconds")

    @property
    def opens_label(self) -> str:
        """In the attendee's own time."""
        mine = self.times[-1]
        opens_at = self.session.opens_at.astimezone(mine.start.tzinfo)
        return f"{long_day(opens_at)} at {opens_at:%H:%M}, {mine.city} time"


@dataclass(frozen=True)
class AttendeeSchedule:
    """What a ticket's own page shows. The Zoom link is for confirmed live places alone, and only near the start."""

    ticket: Ticket
    state: str
    meetings: list[Meeting]

    @property
    def is_over(self) -> bool:
        return self.ticket.workshop.is_over


def for_attendee(ticket: Ticket, places: list[Place]) -> AttendeeSchedule:
    """The sessions in the organiser's time and the attendee's; none unless the ticket is good for live ones."""
    state = _state(ticket)
    is_live = state == "confirmed" and ticket.access == TicketType.Access.LIVE
    meetings = [_meeting(session, ticket, places) for session in (ticket.workshop.meetings if is_live else [])]
    return AttendeeSchedule(ticket, state, meetings)


def _state(ticket: Ticket) -> str:
    """The ticket's status, unless the workshop is cancelled or the hold has ended without anybody noticing."""
    if ticket.workshop.status == Workshop.Status.CANCELLED:
        return "workshop-cancelled"
    if ticket.status == Ticket.Status.HELD and ticket.held_until <= timezone.now():
        return Ticket.Status.LAPSED
    return ticket.status


def _meeting(session: Session, ticket: Ticket, places: list[Place]) -> Meeting:
    theirs = organiser_place(ticket.attendee_time_zone, places)
    ours = organiser_place(ticket.workshop.time_zone, places)
    return Meeting(
        session=session,
        times=session.local_spans([ours, theirs] if ours != theirs else [ours]),
        google_link=google_link(session, page=joining_page(ticket), details=joining_words(ticket)),
    )


def _seated(workshop: Workshop) -> QuerySet[Ticket]:
    active = workshop.tickets.filter(status__in=[Ticket.Status.HELD, Ticket.Status.CONFIRMED])
    return active.exclude(place_number=None)


class _Refused(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def _at(index: int, field: str, day: date, clock: time, zone: str) -> datetime:
    try:
        return instant(day, clock, zone)
    except UnlikelyDay as error:
        raise _Refused(Problem(index, "day", str(error))) from error
    except WallTimeError as error:
        raise _Refused(Problem(index, field, str(error))) from error


def _overlaps(spans: list[tuple[datetime, datetime, int]], sessions: Sequence[WallTimes]) -> list[Problem]:
    problems, until, before = [], None, 0
    for starts_at, ends_at, index in spans:
        if until and starts_at < until:
            other = sessions[before]
            words = f"This overlaps the session on {long_day(other.day)} from {other.start:%H:%M} to {other.end:%H:%M}."
            problems.append(Problem(index, "start_time", words))
        if until is None or ends_at > until:
            until, before = ends_at, index
    return problems


def _is_moved(session: Session, zone: str) -> bool:
    """Sets the instants from the wall times; says whether that changed them."""
    before = (session.starts_at, session.ends_at)
    session.starts_at = instant(session.day, session.start_time, zone)
    session.ends_at = instant(session.day, session.end_time, zone)
    return (session.starts_at, session.ends_at) != before
