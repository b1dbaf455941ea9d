"""When sessions take place, and for how many people. Editors give wall times and a zone; the instants follow."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import F, Max, Min

from courses.changes import note_removed
from courses.models import Session, Workshop
from courses.reminders import withdraw_reminders_of
from courses.seats.capacity import PlacesTaken
from courses.seats.places import lock_workshop
from kit.desk.rows import save_changed
from kit.local.times import UnlikelyDay, WallTimeError, instant, long_day

LONGEST = timedelta(hours=12)
TOO_LONG = "The end must come after the start; a session lasts 12 hours at most, and may end after midnight."
OUT_OF_THE_WAY = timedelta(days=40_000)


class NoSessionLeft(Exception):
    """A published workshop has a date."""


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

    Returns the moved ones; raises a kit.local.times.WallTimeError and moves none when a wall time is no moment.
    """
    return store_sessions(workshop)


def store_sessions(
    workshop: Workshop, *, kept: Sequence[Session] = (), new: Sequence[Session] = (), removed: Sequence[Session] = ()
) -> list[Session]:
    """Stores what an editor changed in wall times and words; returns the sessions that moved. See settle_times()."""
    with transaction.atomic():
        for session in removed:
            note_removed(session)
            withdraw_reminders_of(session)
            session.delete()
        for session in kept:
            save_changed(session)
        moved = _move_sessions(workshop)
        for session in new:
            _set_instants(session, workshop.time_zone)
            session.save()
        note_span(workshop)
    workshop.forget_sessions()
    return moved


def note_span(workshop: Workshop) -> None:
    """Writes down when it begins and ends. Whoever writes sessions calls it, before the workshop's lock is given up."""
    span = workshop.sessions.aggregate(starts_at=Min("starts_at"), ends_at=Max("ends_at"))
    Workshop.objects.filter(pk=workshop.pk).update(**span)
    workshop.starts_at, workshop.ends_at = span["starts_at"], span["ends_at"]


def wrong_spans() -> Iterator[Workshop]:
    """Workshops that do not begin and end with their sessions; there are none as long as note_span() is called."""
    told = Workshop.objects.annotate(first=Min("sessions__starts_at"), last=Max("sessions__ends_at"))
    for workshop in told.only("slug", "starts_at", "ends_at").order_by("pk").iterator():
        if (workshop.starts_at, workshop.ends_at) != (workshop.first, workshop.last):
            yield workshop


def session_errors(sessions: Sequence[WallTimes], zone: str) -> list[Problem]:
    """Times that do not exist or come twice, ends before starts, and overlaps; empty when all is well."""
    problems, spans = [], []
    for index, session in enumerate(sessions):
        try:
            starts_at = _at(index, "start_time", session.day, session.start, zone)
            ends_at = _at(index, "end_time", end_day(session.day, session.start, session.end), session.end, zone)
        except _Refused as refused:
            problems.append(refused.problem)
            continue
        if not timedelta() < ends_at - starts_at <= LONGEST:
            problems.append(Problem(index, "end_time", TOO_LONG))
        else:
            spans.append((starts_at, ends_at, index))
    return problems + _overlaps(sorted(spans), sessions)


def end_day(day: date, start: time, end: time) -> date:
    """An end that is not after the start is the next day's."""
    return day + timedelta(days=1) if end <= start else day


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


def _move_sessions(workshop: Workshop) -> list[Session]:
    zone = lock_workshop(workshop.pk).time_zone
    moved = [session for session in workshop.sessions.order_by("pk") if _set_instants(session, zone)]
    # Two sessions may trade places, and no two may ever start at the same moment.
    Session.objects.filter(pk__in=[session.pk for session in moved]).update(
        starts_at=F("starts_at") + OUT_OF_THE_WAY, ends_at=F("ends_at") + OUT_OF_THE_WAY
    )
    for session in moved:
        withdraw_reminders_of(session)
        session.revision += 1
        session.save(update_fields=["starts_at", "ends_at", "revision"])
    return moved


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


def _set_instants(session: Session, zone: str) -> bool:
    """Sets the instants from the wall times; says whether that changed them."""
    before = (session.starts_at, session.ends_at)
    session.starts_at = instant(session.day, session.start_time, zone)
    session.ends_at = instant(end_day(session.day, session.start_time, session.end_time), session.end_time, zone)
    return (session.starts_at, session.ends_at) != before
