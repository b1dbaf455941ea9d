"""What a visitor is told about workshops: dates, prices and places, as they stand at this moment."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from functools import cached_property
from itertools import count
from typing import NamedTuple
from zoneinfo import ZoneInfo

from courses.models import Course, TicketType, Workshop, WorkshopQuerySet
from courses.row_parts import presenters
from courses.when import are_evenings, days_of, when
from kit.database.moments import built_once
from kit.local import locales
from kit.local.money import price
from kit.local.times import CityClock, LocalSpan, Span, day_month, long_day
from kit.pages.kept import constant
from pictures.models import ShownPicture
from practice.shown import clocks

DATES_OF_COURSES = 3
LATEST = 3
FEW_SHARE = 5  # nearly full is what has at most a fifth of its places left
COUNTS = {2: "Two", 3: "Three"}


class Sale(Enum):
    """How things stand with the live places of a workshop."""

    CANCELLED = "cancelled"
    OVER = "over"
    NOT_YET = "not yet"
    OPEN = "open"
    FULL = "full"
    CLOSED = "closed"


@dataclass(frozen=True)
class Day:
    weekday: str
    number: int
    month: str
    iso: str


@dataclass(frozen=True)
class Listing:
    """One workshop as a row in a list; its times are those of its first session. What no page shows is not made."""

    workshop: Workshop
    sale: Sale
    clocks: Sequence[CityClock]

    @property
    def title(self) -> str:
        return self.workshop.title

    @property
    def blurb(self) -> str:
        return self.workshop.course.blurb

    @property
    def presenter_names(self) -> str:
        return presenters(self.workshop.course_id).names

    @property
    def cpd_hours(self) -> Decimal:
        return self.workshop.course.cpd_hours

    @property
    def cover_url(self) -> str:
        return self.workshop.course.cover_url

    @property
    def picture(self) -> ShownPicture | None:
        picture = self.workshop.course.picture
        return picture.shown if picture else None

    def get_absolute_url(self) -> str:
        return self.workshop.get_absolute_url()

    @cached_property
    def local_start(self) -> datetime:
        """In the organiser's zone."""
        return _local(self.workshop, self.workshop.starts_at)

    @property
    def starts_on(self) -> str:
        return long_day(self.local_start)

    @property
    def day(self) -> Day:
        return day_of(self.local_start)

    @property
    def several_days(self) -> str:
        """All of them, where the hours beside it are those of the first; each with its own if these differ."""
        sessions = self.workshop.session_list
        if len({(each.start_time, each.end_time) for each in sessions}) > 1:
            return "; ".join(when(self.workshop))
        return days_of(sessions) if len(sessions) > 1 else ""

    @property
    def times(self) -> list[LocalSpan]:
        return self.workshop.session_list[0].local_spans(self.clocks)

    @property
    def span(self) -> Span:
        return self.workshop.session_list[0].span

    @cached_property
    def badges(self) -> list[tuple[str, str]]:
        return _badges(self.workshop, self.sale)

    @cached_property
    def price_label(self) -> str:
        """What stands large; the other prices are named beside it."""
        if self.sale is Sale.FULL:
            return "Sold out"
        return main_price(self._priced) or ("" if self.sale is Sale.NOT_YET else "Booking closed")

    @cached_property
    def other_prices(self) -> str:
        return price_label(self._priced) if self.sale is Sale.FULL else other_prices(self._priced)

    @cached_property
    def _priced(self) -> list[TicketType]:
        return _priced_types(self.workshop, self.sale)

    @cached_property
    def places_label(self) -> str:
        return _places_label(self.workshop, self.sale)

    @property
    def is_sold_out(self) -> bool:
        return self.sale is Sale.FULL

    @property
    def is_closed(self) -> bool:
        return self.sale is Sale.CLOSED

    @property
    def is_over(self) -> bool:
        return self.sale is Sale.OVER

    @property
    def has_live_places(self) -> bool:
        return self.sale is Sale.OPEN

    @property
    def has_full_price_place(self) -> bool:
        return self.has_live_places and any(each.is_full_price for each in live_types(self.workshop))

    @property
    def has_catch_up(self) -> bool:
        return bool(catch_up_types(self.workshop))

    @property
    def is_catch_up_only(self) -> bool:
        return (self.is_closed or self.is_over) and self.has_catch_up


class Line(NamedTuple):
    """One workshop on one line, in plain values: it may be kept and shared."""

    workshop_id: int
    starts_at: datetime
    title: str
    address: str
    day: Day
    starts_on: str
    several_days: str
    times: tuple[LocalSpan, ...]
    span: Span
    price_label: str
    places_label: str
    catch_up_days: int


class Dates(NamedTuple):
    """Of some courses. `dated` are the keys of those that have one, whether it is among the lines or comes later."""

    lines: list[Line]
    dated: frozenset[int]


@built_once
def to_be_booked() -> WorkshopQuerySet:
    """Rows of what is published and not over, soonest first, unless its sale has ended."""
    return Workshop.objects.published().upcoming().not_closed().for_lists()


def soonest(
    workshops: WorkshopQuerySet,
    clocks: Sequence[CityClock],
    *,
    most: int,
    wanted: Callable[[Listing], bool] = lambda listing: True,
) -> list[Listing]:
    """The first of them that are wanted; reads no more rows than it takes to find them."""
    found: list[Listing] = []
    for begin in count(0, most):
        rows = [listed(workshop, clocks) for workshop in workshops[begin : begin + most]]
        found += [row for row in rows if wanted(row)]
        if len(found) >= most or len(rows) < most:
            return found[:most]
    raise AssertionError  # counting has no end


def dates_of(courses: Iterable[Course]) -> Dates:
    """The soonest dates of these courses, closed ones too, as any page may tell them."""
    keys = sorted(course.pk for course in courses)
    return constant(f"dates of courses {keys}", lambda: _dates(keys))


def latest() -> list[Line]:
    """The soonest dates of any course that are not closed."""
    return constant("latest dates", lambda: list(map(_line, soonest(_lines().not_closed(), clocks(), most=LATEST))))


def next_run(workshop: Workshop) -> Line | None:
    """Of the same course, to be booked now or later."""
    found = constant(f"next runs of course {workshop.course_id}", lambda: _next_runs(workshop.course_id))
    return next((line for line in found if line.workshop_id != workshop.pk), None)


def is_not_closed(listing: Listing) -> bool:
    return not listing.is_closed


def listed(workshop: Workshop, clocks: Sequence[CityClock]) -> Listing:
    """A row for a workshop that has a date; cheap for what for_lists() brought."""
    return Listing(workshop, sale(workshop), clocks)


def sale(workshop: Workshop) -> Sale:
    if workshop.is_cancelled:
        return Sale.CANCELLED
    if workshop.is_over:
        return Sale.OVER
    if not workshop.is_on_sale:
        return Sale.NOT_YET if workshop.opens_later else Sale.CLOSED
    if not live_types(workshop):
        return Sale.CLOSED
    return Sale.OPEN if workshop.places_left() else Sale.FULL


def live_types(workshop: Workshop) -> list[TicketType]:
    """On sale now, as far as dates go; the workshop is asked once for all of them."""
    if not workshop.is_on_sale:
        return []
    return [each for each in workshop.ticket_types.all() if each.is_live and not each.has_ended]


def catch_up_types(workshop: Workshop) -> list[TicketType]:
    """On sale now."""
    if not workshop.is_catch_up_on_sale:
        return []
    return [each for each in workshop.ticket_types.all() if not each.is_live and not each.has_ended]


def first_choice(types: list[TicketType]) -> TicketType | None:
    """The ticket that is chosen until somebody chooses: the cheapest live one that is open to everybody."""
    by_price = sorted(types, key=lambda each: each.price)
    return min(by_price, key=lambda each: (not each.is_live, each.is_concession), default=None)


def main_price(types: list[TicketType]) -> str:
    """`£105`, what a place costs when nothing reduces it; nothing where nothing is sold."""
    main = _main_type(types)
    return price(main.price) if main else ""


def other_prices(types: list[TicketType]) -> str:
    """`early bird £89, concession £60`: what else is to be had, by its name."""
    main = _main_type(types)
    others = [each for each in types if main and each.price != main.price]
    return ", ".join(f"{_as_within(each.name)} {_as_within(price(each.price))}" for each in others)


def price_label(types: list[TicketType]) -> str:
    """`£105, early bird £89, concession £60`"""
    return ", ".join(filter(None, [main_price(types), other_prices(types)]))


def day_of(moment: datetime) -> Day:
    """In the zone that the moment is told in."""
    iso = f"{moment:%Y-%m-%d}"
    if locales.current() == locales.AMERICAN:
        return Day(f"{moment:%a, %b}", moment.day, f"{moment:%Y}", iso)
    return Day(f"{moment:%a}", moment.day, f"{moment:%b %Y}", iso)


@built_once
def _lines() -> WorkshopQuerySet:
    return Workshop.objects.published().upcoming().for_short_lists()


def _dates(keys: list[int]) -> Dates:
    runs = _lines().filter(course__in=keys)
    rows = soonest(runs, clocks(), most=DATES_OF_COURSES)
    dated = {row.workshop.course_id for row in rows}
    if len(rows) == DATES_OF_COURSES and dated != set(keys):  # there may be more
        dated |= set(runs.exclude(course__in=dated).order_by().values_list("course", flat=True).distinct())
    return Dates(list(map(_line, rows)), frozenset(dated))


def _next_runs(course_id: int) -> list[Line]:
    """Two, because one may be the workshop that asks."""
    runs = _lines().not_closed().filter(course=course_id)
    return list(map(_line, soonest(runs, clocks(), most=2, wanted=is_not_closed)))


def _line(row: Listing) -> Line:
    workshop, address = row.workshop, row.get_absolute_url()
    labels = ", ".join(filter(None, [row.price_label, row.other_prices])), row.places_label
    when = row.starts_on, row.several_days, tuple(row.times), row.span
    return Line(workshop.pk, workshop.starts_at, row.title, address, row.day, *when, *labels, workshop.catch_up_days)


def _badges(workshop: Workshop, state: Sale) -> list[tuple[str, str]]:
    badges = []
    days = len({session.day for session in workshop.session_list})
    if days > 1:
        kind = "evenings" if are_evenings(workshop.session_list) else "days"
        badges.append(("", f"{COUNTS.get(days, days)} {kind}"))
    if workshop.catch_up_days and state not in {Sale.OVER, Sale.CANCELLED}:
        badges.append(("", f"Catch-up for {workshop.catch_up_days} days"))
    if state is Sale.OPEN:
        early = [each for each in live_types(workshop) if each.last_day]
        badges += [("straw", f"{each.name} to {day_month(each.last_day)}") for each in early]
        if workshop.places_left() * FEW_SHARE <= workshop.capacity:
            badges.append(("warm", "Nearly full"))
    if state is Sale.FULL:
        badges.append(("line", "Sold out"))
    if state is Sale.CANCELLED:
        badges.append(("line", "Cancelled"))
    return badges


def _priced_types(workshop: Workshop, state: Sale) -> list[TicketType]:
    """Those whose prices a row tells: live ones, and the recording once nothing else is sold."""
    if state in {Sale.OPEN, Sale.FULL}:
        return live_types(workshop)
    if state is Sale.NOT_YET:
        return [each for each in workshop.ticket_types.all() if each.is_live and not each.has_ended]
    return catch_up_types(workshop)


def _main_type(types: list[TicketType]) -> TicketType | None:
    """The dearest that is open to everybody."""
    return max(types, key=lambda each: (not each.is_concession, each.price), default=None)


def _as_within(words: str) -> str:
    """As it stands within a sentence; `BACP members` stays as it is."""
    return words[:1].lower() + words[1:] if words[1:2].islower() else words


def _places_label(workshop: Workshop, state: Sale) -> str:
    if state is Sale.FULL:
        return "Waiting list open" if workshop.offer_ends_at() else "No places left"
    if state is Sale.NOT_YET:
        return f"Booking opens on {day_month(_local(workshop, workshop.sales_open_at))}"
    if state is Sale.OPEN:
        left = workshop.places_left()
        return f"{left} place{'' if left == 1 else 's'} left"
    return "Catch-up only" if catch_up_types(workshop) else ""


def _local(workshop: Workshop, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(workshop.time_zone))
