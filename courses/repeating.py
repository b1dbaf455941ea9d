"""A workshop from the last one: every day in it moves by the same distance, every hour stays on the clock."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.text import slugify

from accounts.history import record_added
from courses import schedule
from courses.models import Session, TicketType, Workshop
from courses.seats.places import lock_workshop
from courses.zone_law import WALL
from kit.local.times import check_day, instant
from practice.old_addresses import owner_of

LONGEST_SLUG = 80
WORKSHOP = (
    *("course_id", "time_zone", "catch_up_days", "attendance_percent", "certificate_needs_feedback"),
    *("group_places", "group_percent"),
)
SESSION = ("title", "start_time", "end_time", "dial_in", "programme")
TICKET_TYPE = (
    *("name", "description", "price", "access", "is_full_price", "is_concession", "vat_treatment", "position"),
)


class NoDate(Exception):
    """A workshop without a session has no day that could move."""


@transaction.atomic
def repeat_workshop(workshop: Workshop, *, first_day: date, capacity: int, join_url: str = "") -> tuple[Workshop, bool]:
    """A draft that begins on `first_day`, and whether it was made now: a second press finds the draft of the first.

    `join_url` is for all its sessions; what is of the old meeting alone, passcodes and the note, stays behind. Raises
    NoDate, and a kit.local.times.WallTimeError for an hour that does not exist on its new day.
    """
    source = lock_workshop(workshop.pk)
    old_days = sorted(source.sessions.values_list("day", flat=True))
    if not old_days:
        raise NoDate
    check_day(first_day)
    if earlier := _draft_on(source, first_day):
        return earlier, False
    distance = first_day - old_days[0]
    made = Workshop(**_copied(source, WORKSHOP), slug=_free_slug(source, first_day), capacity=capacity)
    _move_sale(source, made, distance)
    made.save()
    schedule.store_sessions(made, new=_sessions(source, made, distance, join_url))
    TicketType.objects.bulk_create(_ticket_types(source, made, distance))
    record_added(made)
    return made, True


def _sessions(source: Workshop, made: Workshop, distance: timedelta, join_url: str) -> list[Session]:
    return [
        Session(workshop=made, day=each.day + distance, join_url=join_url, **_copied(each, SESSION))
        for each in source.sessions.order_by("starts_at")
    ]


def _ticket_types(source: Workshop, made: Workshop, distance: timedelta) -> list[TicketType]:
    return [
        TicketType(workshop=made, last_day=each.last_day and each.last_day + distance, **_copied(each, TICKET_TYPE))
        for each in source.ticket_types.order_by("position", "pk")
    ]


def _move_sale(source: Workshop, made: Workshop, distance: timedelta) -> None:
    """By the clock: what opened at 9:00 in summer opens at 9:00 in winter."""
    for name in ("sales_open", "sales_close"):
        if moment := getattr(source, f"{name}_at"):
            wall: datetime = moment.astimezone(ZoneInfo(source.time_zone)).replace(tzinfo=None) + distance
            setattr(made, f"{name}_at", instant(wall.date(), wall.time(), source.time_zone))
            setattr(made, f"{name}_wall", f"{wall:{WALL}}")


def _draft_on(source: Workshop, first_day: date) -> Workshop | None:
    drafts = Workshop.objects.filter(course=source.course_id, status=Workshop.Status.DRAFT, sessions__day=first_day)
    return next((each for each in drafts if min(each.sessions.values_list("day", flat=True)) == first_day), None)


def _free_slug(source: Workshop, first_day: date) -> str:
    """`complexity-in-grief-2027-03`, with the day and then a number where that is taken, or was."""
    base = slugify(source.course.slug)[: LONGEST_SLUG - len("-2027-03-19-99")]
    tries = [f"{base}-{first_day:%Y-%m}", f"{base}-{first_day:%Y-%m-%d}"]
    tries += [f"{tries[1]}-{number}" for number in range(2, 100)]
    taken = set(Workshop.objects.filter(slug__in=tries).values_list("slug", flat=True))
    return next(slug for slug in tries if slug not in taken and owner_of(Workshop, slug) is None)


def _copied(row: Workshop | Session | TicketType, names: tuple[str, ...]) -> dict[str, object]:
    return {name: getattr(row, name) for name in names}
