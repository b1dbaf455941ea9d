"""When a country changes its clocks by law, a moment that was stored before no longer fits the hour that was entered.

Nothing is moved in passing: what no longer fits stands at the desk, and a person decides what holds, the hour on the
clocks or the moment.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.history import recording
from accounts.models import User
from courses import changes, schedule
from courses.changes import Difference, Plan
from courses.models import Session, Workshop, WorkshopChange
from courses.schedule import end_day
from courses.seats import cohorts
from courses.seats.places import lock_workshop
from kit.forms.seen import Facts, check_seen
from kit.local.times import WallTimeError, instant, long_day, moment_label

WALL = "%Y-%m-%d %H:%M"  # as it is stored
SALES = {"sales_open": "Sales open", "sales_close": "Sales close"}
SALE_FIELDS = [f"{name}_{kind}" for name in SALES for kind in ("at", "wall")]
HOURS = ["title", "day", "start_time", "end_time", "starts_at", "ends_at"]  # of a session
NO_SUCH_HOUR = "an hour that the clocks now jump over, or pass twice"


class NoSuchHour(Exception):
    """The hour that was entered is no moment any more, so that it cannot be kept."""


@dataclass(frozen=True)
class Slip:
    """One moment that no longer fits: the hour that was entered, and what the stored moment is on the clocks now."""

    label: str
    entered: str
    stored: str
    is_possible: bool

    @property
    def is_of_sale(self) -> bool:
        """Of which nobody is told: what people booked stays."""
        return self.label in SALES.values()


def wall_of(moment: datetime, zone: str) -> str:
    """To be stored beside the moment."""
    return f"{moment.astimezone(ZoneInfo(zone)):{WALL}}"


def slipped() -> Iterator[Workshop]:
    """Workshops with a moment ahead that no longer fits: the desk asks at each visit, so that of the others no more is
    read than is compared."""
    now = timezone.now()
    stand = Workshop.objects.exclude(status=Workshop.Status.CANCELLED)
    sales = stand.filter(Q(sales_open_at__gt=now) | Q(sales_close_at__gt=now)).only("time_zone", *SALE_FIELDS)
    sessions = Session.objects.filter(ends_at__gt=now).exclude(workshop__status=Workshop.Status.CANCELLED)
    sessions = sessions.select_related("workshop").only(*HOURS, "workshop__time_zone")
    found = {each.workshop_id for each in sessions if any(_slip(each.workshop, *one) for one in _moments_of(each))}
    found |= {each.pk for each in sales if any(_slip(each, *one) for one in _sales_of(each))}
    yield from stand.filter(pk__in=found).with_course().order_by("pk")


def slips_of(workshop: Workshop) -> list[Slip]:
    """Of what is still ahead."""
    sessions = [session for session in workshop.session_list if session.ends_at > timezone.now()]
    moments = [each for session in sessions for each in _moments_of(session)]
    found = (_slip(workshop, *each) for each in [*moments, *_sales_of(workshop)])
    return [slip for slip in found if slip]


def facts_of(slips: Sequence[Slip]) -> Facts:
    """To be sealed: a press decides on what its page showed."""
    return {str(number): [each.label, f"{each.entered} > {each.stored}"] for number, each in enumerate(slips)}


@transaction.atomic
def keep_hours(workshop: Workshop, *, seen: str, by: User | None) -> list[WorkshopChange]:
    """Every moment moves to the hour that was entered; people are told. Raises NoSuchHour or ChangedMeanwhile."""
    locked = _locked(workshop, seen)
    before = changes.booked_of([locked])
    with _recording(locked):
        try:
            schedule.settle_times(locked)
            _move_sales(locked)
        except WallTimeError as error:
            raise NoSuchHour from error
    cohorts.end_with_the_sale(locked)
    return changes.note_changes(changes.plans_since(before), by=by)


@transaction.atomic
def keep_moments(workshop: Workshop, *, seen: str, by: User | None) -> list[WorkshopChange]:
    """The moments stay; the hours on the page follow, and people are told. Raises NoSuchHour or ChangedMeanwhile."""
    locked = _locked(workshop, seen)
    is_booked = bool(changes.booked_of([locked]))
    with _recording(locked):
        differences = [each for session in _ahead(locked) if (each := _follow(session))]
        for name in SALES:
            if moment := getattr(locked, f"{name}_at"):
                setattr(locked, f"{name}_wall", wall_of(moment, locked.time_zone))
        locked.save(update_fields=[f"{name}_wall" for name in SALES])
    people = locked.tickets.occupying().count()
    return changes.note_changes([Plan(locked, people, differences)] if is_booked and differences else [], by=by)


def _locked(workshop: Workshop, seen: str) -> Workshop:
    locked = lock_workshop(workshop.pk)
    check_seen(seen, facts_of(slips_of(locked)))
    return locked


def _recording(workshop: Workshop) -> AbstractContextManager[None]:
    return recording(workshop, Workshop.objects.filter(pk=workshop.pk), workshop.sessions.all())


def _ahead(workshop: Workshop) -> list[Session]:
    return [session for session in workshop.session_list if session.ends_at > timezone.now()]


def _moments_of(session: Session) -> list[tuple[str, datetime, datetime]]:
    name = f"Session “{session.title}”" if session.title else "Session"
    start = datetime.combine(session.day, session.start_time)
    last_day = end_day(session.day, session.start_time, session.end_time)
    end = datetime.combine(last_day, session.end_time)
    return [(f"{name} begins", start, session.starts_at), (f"{name} ends", end, session.ends_at)]


def _sales_of(workshop: Workshop) -> list[tuple[str, datetime, datetime]]:
    """Those ahead whose hour is known; before it was stored there was none."""
    found = []
    for name, label in SALES.items():
        moment, wall = getattr(workshop, f"{name}_at"), getattr(workshop, f"{name}_wall")
        if moment and wall and moment > timezone.now():
            found.append((label, datetime.strptime(wall, WALL), moment))
    return found


def _slip(workshop: Workshop, label: str, wall: datetime, moment: datetime) -> Slip | None:
    try:
        fits, is_possible = instant(wall.date(), wall.time(), workshop.time_zone) == moment, True
    except WallTimeError:
        fits, is_possible = False, False
    if fits:
        return None
    return Slip(label, f"{long_day(wall)} at {wall:%H:%M}", moment_label(moment, workshop.time_zone), is_possible)


def _move_sales(workshop: Workshop) -> None:
    for name in SALES:
        if wall := getattr(workshop, f"{name}_wall"):
            hour = datetime.strptime(wall, WALL)
            setattr(workshop, f"{name}_at", instant(hour.date(), hour.time(), workshop.time_zone))
    workshop.save(update_fields=[f"{name}_at" for name in SALES])


def _follow(session: Session) -> Difference | None:
    """The session's day and hours are read anew from its moments."""
    zone = ZoneInfo(session.workshop.time_zone)
    start, end = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    if end_day(start.date(), start.time(), end.time()) != end.date():
        raise NoSuchHour
    hours = start.date(), start.time(), end.time()
    if hours == (session.day, session.start_time, session.end_time):
        return None
    was = _entered(session)
    session.day, session.start_time, session.end_time = hours
    _check_is_one_moment(session)
    session.revision += 1
    session.save(update_fields=["day", "start_time", "end_time", "revision"])
    label = f"Session “{session.title}”" if session.title else "Session"
    return Difference(label, was, changes.in_words(session), gives_back=True)


def _check_is_one_moment(session: Session) -> None:
    try:
        instant(session.day, session.start_time, session.workshop.time_zone)
        last_day = end_day(session.day, session.start_time, session.end_time)
        instant(last_day, session.end_time, session.workshop.time_zone)
    except WallTimeError as error:
        raise NoSuchHour from error


def _entered(session: Session) -> str:
    return f"{long_day(session.day)}, {session.start_time:%H:%M} to {session.end_time:%H:%M}"
