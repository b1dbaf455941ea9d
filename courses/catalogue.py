"""What a visitor is told about workshops: dates, prices and places, as they stand at this moment."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from zoneinfo import ZoneInfo

from courses.models import TicketType, Workshop
from kit.money import price
from kit.times import CityClock, LocalSpan, Span, day_month, long_day

FEW_PLACES = 4
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
    """One workshop as a row in a list; its times are those of its first session."""

    workshop: Workshop
    sale: Sale
    day: Day
    times: list[LocalSpan]
    span: Span
    badges: list[tuple[str, str]]
    price_label: str
    places_label: str

    @property
    def title(self) -> str:
        return self.workshop.title

    @property
    def blurb(self) -> str:
        return self.workshop.course.blurb

    @property
    def presenter_names(self) -> str:
        return self.workshop.course.presenter_names

    @property
    def cpd_hours(self) -> Decimal:
        return self.workshop.course.cpd_hours

    @property
    def cover_url(self) -> str:
        return self.workshop.course.cover_url

    def get_absolute_url(self) -> str:
        return self.workshop.get_absolute_url()

    @property
    def starts_on(self) -> str:
        return long_day(self.span.local_start)

    @property
    def month(self) -> str:
        """`2027-01`, in the organiser's zone."""
        return f"{self.span.local_start:%Y-%m}"

    @property
    def is_sold_out(self) -> bool:
        return self.sale is Sale.FULL

    @property
    def is_closed(self) -> bool:
        return self.sale is Sale.CLOSED

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
        return self.is_closed and self.has_catch_up


@dataclass(frozen=True)
class Filters:
    """What a visitor asked the list for; empty means everything."""

    subject: str = ""
    month: str = ""
    how: str = ""

    def __bool__(self) -> bool:
        return any((self.subject, self.month, self.how))

    def take(self, listing: Listing) -> bool:
        return (
            self.subject in {"", listing.workshop.course.subject.slug}
            and self.month in {"", listing.month}
            and (self.how != "live" or listing.has_live_places)
            and (self.how != "catch-up" or listing.has_catch_up)
        )


def upcoming_listings(clocks: list[CityClock], **conditions) -> list[Listing]:
    """Published workshops that are not over, soonest first, in a fixed number of queries."""
    workshops = Workshop.objects.published().upcoming().filter(**conditions).for_lists()
    return [listed(workshop, clocks) for workshop in workshops]


def listed(workshop: Workshop, clocks: list[CityClock]) -> Listing:
    """A row for a workshop that has a date; cheap for what for_lists() brought."""
    first, state = workshop.session_list[0], sale(workshop)
    return Listing(
        workshop=workshop,
        sale=state,
        day=day_of(first.span.local_start),
        times=first.local_spans(clocks),
        span=first.span,
        badges=_badges(workshop, state),
        price_label=_price(workshop, state),
        places_label=_places_label(workshop, state),
    )


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
    """On sale now, as far as dates go."""
    return [each for each in workshop.ticket_types.all() if each.is_live and each.is_on_sale]


def catch_up_types(workshop: Workshop) -> list[TicketType]:
    """On sale now."""
    return [each for each in workshop.ticket_types.all() if not each.is_live and each.is_on_sale]


def first_choice(types: list[TicketType]) -> TicketType | None:
    """The ticket that is chosen until somebody chooses: a full price one where there is one."""
    return next((each for each in types if each.is_full_price), types[0] if types else None)


def price_label(types: list[TicketType]) -> str:
    """`From £60`, `£105`, or nothing where nothing is sold."""
    prices = sorted({each.price for each in types})
    if not prices:
        return ""
    return f"From {price(prices[0])}" if len(prices) > 1 else price(prices[0])


def day_of(moment: datetime) -> Day:
    """In the zone that the moment is told in."""
    return Day(f"{moment:%a}", moment.day, f"{moment:%b %Y}", f"{moment:%Y-%m-%d}")


def _badges(workshop: Workshop, state: Sale) -> list[tuple[str, str]]:
    badges = []
    days = len({session.day for session in workshop.session_list})
    if days > 1:
        badges.append(("", f"{COUNTS.get(days, days)} days"))
    if workshop.catch_up_days and state not in {Sale.OVER, Sale.CANCELLED}:
        badges.append(("", f"Catch-up for {workshop.catch_up_days} days"))
    if state is Sale.OPEN:
        early = [each for each in live_types(workshop) if each.last_day]
        badges += [("straw", f"{each.name} to {day_month(each.last_day)}") for each in early]
        if workshop.places_left() <= FEW_PLACES:
            badges.append(("warm", "Nearly full"))
    if state is Sale.FULL:
        badges.append(("line", "Sold out"))
    if state is Sale.CANCELLED:
        badges.append(("line", "Cancelled"))
    return badges


def _price(workshop: Workshop, state: Sale) -> str:
    if state is Sale.FULL:
        return "Sold out"
    if state is Sale.OPEN:
        return price_label(live_types(workshop))
    if state is Sale.NOT_YET:
        return price_label([each for each in workshop.ticket_types.all() if each.is_live and not each.has_ended])
    return price_label(catch_up_types(workshop)) or "Booking closed"


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
