"""Times as people read them: entered as wall time and zone, kept as UTC, shown for each city as of that very date."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError

from kit.local import locales
from kit.local.locales import written

DASH = "–"
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
LONGEST_WAY_TO_A_CHANGE = 60  # days; the weeks in which clocks differ are fewer


class WallTimeError(ValueError):
    """A wall time that is no moment of its own; says why in words for the person who typed it."""


class NonexistentTime(WallTimeError):
    """The clocks jump over this wall time."""


class AmbiguousTime(WallTimeError):
    """The clocks pass this wall time twice."""


class UnlikelyDay(WallTimeError):
    """A day so far off that it must be a slip of the finger."""


# The time zone database keeps names that cities have given up.
_TODAYS = {
    "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "Asia/Calcutta": "Asia/Kolkata",
    "Asia/Katmandu": "Asia/Kathmandu",
    "Asia/Rangoon": "Asia/Yangon",
    "Asia/Saigon": "Asia/Ho_Chi_Minh",
    "Europe/Kiev": "Europe/Kyiv",
}


@dataclass(frozen=True)
class CityClock:
    """A city and the IANA zone of its clocks."""

    city: str
    zone: str


@dataclass(frozen=True)
class LocalSpan:
    """A start and an end as the clocks of one city show them.

    The zone tells apart what is the same moment: two that are equal are written alike.
    """

    city: str
    start: datetime
    end: datetime
    organiser_day: date
    zone: str

    @cached_property
    def hours(self) -> str:
        return f"{self.starts_label}{DASH}{self.ends_label}"

    @cached_property
    def starts_label(self) -> str:
        return written(self.start, "H:i")

    @cached_property
    def ends_label(self) -> str:
        if self.end.date() == self.start.date():
            return written(self.end, "H:i")
        return f"{written(self.end, 'H:i')} {self.end:%a}"

    @cached_property
    def day(self) -> str:
        """The date in this city, in words. (A template's own date filter would turn the clock to UTC.)"""
        return long_day(self.start)

    @cached_property
    def day_note(self) -> str:
        """Weekday and date where they differ from the organiser's, otherwise empty."""
        return "" if self.start.date() == self.organiser_day else short_day(self.start)

    @cached_property
    def abbreviation(self) -> str:
        """Letters such as BST where the zone has some on this date; `+0530` is no word and is left out."""
        name = self.start.tzname() or ""
        return name if name.isalpha() else ""

    @cached_property
    def offset(self) -> str:
        return offset_label(self.start)

    @cached_property
    def zone_words(self) -> str:
        """`BST (UTC+1)`; the letters alone may be those of several zones, and some zones have none."""
        return f"{self.abbreviation} ({self.offset})" if self.abbreviation else self.offset

    @cached_property
    def start_iso(self) -> str:
        return self.start.isoformat(timespec="minutes")

    @cached_property
    def end_iso(self) -> str:
        return self.end.isoformat(timespec="minutes")


@dataclass(frozen=True)
class Span:
    """A start and an end for the row that a script turns into the visitor's own time."""

    start: datetime
    end: datetime
    zone: str

    @property
    def start_iso(self) -> str:
        return _utc(self.start)

    @property
    def end_iso(self) -> str:
        return _utc(self.end)

    @property
    def utc_hours(self) -> str:
        return f"{self.start.astimezone(UTC):%H:%M}{DASH}{self.end.astimezone(UTC):%H:%M}"

    @property
    def local_start(self) -> datetime:
        return self.start.astimezone(ZoneInfo(self.zone))

    @property
    def weekday(self) -> str:
        return f"{self.local_start:%a}"


@cache
def zone_names() -> frozenset[str]:
    """Every name in the time zone database."""
    return frozenset(available_timezones())


def validate_zone(value: str) -> None:
    """Only names that the time zone database knows; anything else could be a path."""
    if value not in zone_names():
        raise ValidationError("Use a time zone name such as Europe/London.", code="unknown_zone")


def instant(day: date, clock: time, zone: str) -> datetime:
    """The UTC instant of a wall time; raises a WallTimeError around a clock change and for a day nobody means."""
    check_day(day)
    tz = ZoneInfo(zone)
    earlier = datetime.combine(day, clock, tzinfo=tz)
    later = earlier.replace(fold=1)
    if earlier.astimezone(UTC).astimezone(tz).replace(tzinfo=None) != earlier.replace(tzinfo=None):
        raise NonexistentTime(
            f"{clock:%H:%M} does not exist on {long_day(day)} in {city_of(zone)}: the clocks jump over it."
        )
    if earlier.utcoffset() != later.utcoffset():
        raise AmbiguousTime(f"{clock:%H:%M} comes twice on {long_day(day)} in {city_of(zone)}: the clocks go back.")
    return earlier.astimezone(UTC)


def check_day(day: date) -> None:
    """Raises UnlikelyDay for the year 20 or 9999."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise UnlikelyDay(f"Enter a day between {FIRST_DAY.year} and {LAST_DAY.year}.")


def end_of_day(day: date, zone: str) -> datetime:
    """The UTC instant at which this day is over in the zone."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def organiser_clock(zone: str, clocks: Iterable[CityClock]) -> CityClock:
    return next((clock for clock in clocks if clock.zone == zone), CityClock(city_of(zone), zone))


def local_spans(start: datetime, end: datetime, zone: str, clocks: Iterable[CityClock]) -> list[LocalSpan]:
    """The organiser's city first, then the other places in their order."""
    return list(_local_spans(start, end, zone, tuple(clocks), locales.current()))


def clock_change_note(start: datetime, zone: str, clocks: Iterable[CityClock]) -> str:
    """A sentence for the weeks in which a city has changed its clocks and the organiser's has not, or the reverse."""
    clocks = list(clocks)
    organiser = organiser_clock(zone, clocks)
    sentences = (_mismatch(start, organiser, clock) for clock in clocks if clock.zone != zone)
    return next((sentence for sentence in sentences if sentence), "")


def offset_label(moment: datetime) -> str:
    """`UTC+1`, `UTC-4`, `UTC+5:30`."""
    minutes = int(_offset(moment).total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def moment_label(moment: datetime, zone: str, city: str = "") -> str:
    """`Friday 18 December 2026 at 23:59, London time`."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{long_day(local)} at {written(local, 'H:i')}, {city or city_of(zone)} time"


def until_label(end: datetime, zone: str) -> str:
    """What stands after “until”; at midnight `the end of Friday 18 December 2026, London time`, because 00:00 leaves
    people to wonder which night is meant."""
    local = end.astimezone(ZoneInfo(zone))
    if local.time() != time():
        return moment_label(end, zone)
    return f"the end of {long_day(local - timedelta(days=1))}, {city_of(zone)} time"


def long_day(day: date) -> str:
    return written(day, "l j F Y")


def short_day(day: date) -> str:
    return written(day, "D j M")


def day_month(day: date) -> str:
    """`18 December`"""
    return written(day, "j F")


def city_of(zone: str) -> str:
    """`America/Argentina/Buenos_Aires` -> `Buenos Aires`; a name that was given up is today's."""
    return _TODAYS.get(zone, zone).rsplit("/", 1)[-1].replace("_", " ")


@lru_cache(maxsize=2000)
def _local_spans(
    start: datetime, end: datetime, zone: str, clocks: tuple[CityClock, ...], locale: str
) -> tuple[LocalSpan, ...]:
    """`locale` is that in which their words will be written: each has spans of its own."""
    organiser = organiser_clock(zone, clocks)
    others = [clock for clock in clocks if clock != organiser]
    day = start.astimezone(ZoneInfo(zone)).date()
    return tuple(
        LocalSpan(
            clock.city,
            start.astimezone(ZoneInfo(clock.zone)),
            end.astimezone(ZoneInfo(clock.zone)),
            day,
            clock.zone,
        )
        for clock in [organiser, *others]
    )


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def _mismatch(start: datetime, organiser: CityClock, clock: CityClock) -> str:
    today = _hours_behind(start, organiser.zone, clock.zone)
    usual = {_hours_behind(start.replace(month=month, day=15), organiser.zone, clock.zone) for month in (1, 7)}
    if today in usual or len(usual) != 1:
        return ""
    there, here = (_nearest_change(start, each.zone) for each in (clock, organiser))
    if there is None or here is None:
        return ""
    return (
        f"{clock.city} {_change_words(there)} and {organiser.city} on {day_month(here.day)}, "
        f"so on this date {clock.city} is {_hours_words(abs(today))} {'behind' if today > 0 else 'ahead of'} "
        f"{organiser.city}, not {abs(usual.pop()):g}."
    )


def _hours_behind(moment: datetime, organiser_zone: str, zone: str) -> float:
    theirs, ours = moment.astimezone(ZoneInfo(zone)), moment.astimezone(ZoneInfo(organiser_zone))
    return (_offset(ours) - _offset(theirs)).total_seconds() / 3600


@dataclass(frozen=True)
class _ClockChange:
    day: date
    goes_forward: bool


def _nearest_change(moment: datetime, zone: str) -> _ClockChange | None:
    """The clock change nearest to the moment, before or after it."""
    tz = ZoneInfo(zone)
    noon = datetime.combine(moment.astimezone(tz).date(), time(12), tzinfo=tz)
    for distance in range(LONGEST_WAY_TO_A_CHANGE):
        for near in (noon + timedelta(days=distance), noon - timedelta(days=distance)):
            shift = _offset(near) - _offset(near - timedelta(days=1))
            if shift:
                return _ClockChange(near.date(), shift > timedelta())
    return None


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()


def _change_words(change: _ClockChange) -> str:
    return f"puts its clocks {'forward' if change.goes_forward else 'back'} on {day_month(change.day)}"


def _hours_words(hours: float) -> str:
    return f"{hours:g} hour{'' if hours == 1 else 's'}"
