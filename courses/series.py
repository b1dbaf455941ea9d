"""A series as it is offered, workshops sold together or not at all; and how one goes on sale."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Self

from django.db import transaction

from courses.models import Session, TicketType, Workshop, WorkshopSeries
from courses.row_parts import presenters
from courses.states import move_all
from kit.database.locks import lock
from kit.forms.seen import Facts, check_seen, facts_of
from kit.pages.kept import has_come
from kit.texts.sentences import listed

FEWEST, MOST = 2, 6  # as many as one booking may hold


class NotReady(Exception):
    """Nobody could buy it whole: see `Offered.lacks`."""


class WorkshopsTogether:
    """Several workshops in the order of their dates, told of as if they were one of several sessions."""

    title: str
    workshops: Sequence[Workshop]

    @property
    def time_zone(self) -> str:
        return self.workshops[0].time_zone

    @cached_property
    def session_list(self) -> list[Session]:
        found = [session for workshop in self.workshops for session in workshop.session_list]
        return sorted(found, key=lambda session: session.starts_at)

    @property
    def starts_at(self) -> datetime | None:
        return min((each.starts_at for each in self.workshops if each.starts_at), default=None)

    @property
    def ends_at(self) -> datetime | None:
        return max((each.ends_at for each in self.workshops if each.ends_at), default=None)

    @property
    def has_started(self) -> bool:
        return self.starts_at is not None and has_come(self.starts_at)

    @property
    def is_over(self) -> bool:
        return self.ends_at is not None and has_come(self.ends_at)

    @property
    def starts_on(self) -> str:
        """The day of the first, and how many follow: `Friday 5 March 2027 and two more dates`."""
        more = len(self.workshops) - 1
        return f"{self.workshops[0].starts_on} and {more} more {'date' if more == 1 else 'dates'}"

    @property
    def course(self) -> Self:
        """Who teaches, and where to read of it."""
        return self

    @property
    def presenter_names(self) -> str:
        names = [person.name for each in self.workshops for person in presenters(each.course_id).people]
        return listed(list(dict.fromkeys(names)))


@dataclass(frozen=True)
class Part:
    """A workshop of an offered series, and the ticket that it is sold with; None while it has none on sale."""

    workshop: Workshop
    ticket_type: TicketType | None

    @property
    def least_price(self) -> Decimal:
        """The least that anybody pays for a live place at this moment, who is entitled to no concession."""
        return min((each.price for each in _open_to_all(self.workshop)), default=Decimal())

    @property
    def places_left(self) -> int:
        return self.workshop.places_left()

    @property
    def is_full(self) -> bool:
        return self.workshop.is_on_sale and not self.places_left


class Offered(WorkshopsTogether):
    """A series as it stands at this moment, for its page and its sale."""

    def __init__(self, series: WorkshopSeries, workshops: Sequence[Workshop]) -> None:
        self.series, self.title = series, series.title
        self.workshops = sorted(workshops, key=lambda each: (each.starts_at is None, each.starts_at, each.pk))
        self.parts = [Part(each, ticket_type_of(each)) for each in self.workshops]

    @property
    def slug(self) -> str:
        return self.series.slug

    def get_absolute_url(self) -> str:
        return self.series.get_absolute_url()

    @property
    def shown(self) -> list[Workshop]:
        """Those that have a page."""
        return [each for each in self.workshops if each.starts_at and not each.is_draft and each.course.is_published]

    @property
    def ticket_types(self) -> list[TicketType]:
        return [each.ticket_type for each in self.parts if each.ticket_type]

    @property
    def list_price(self) -> Decimal:
        """What the workshops cost one by one, at the full price."""
        return sum((each.price for each in self.ticket_types), Decimal())

    @property
    def price(self) -> Decimal:
        """Never more than anybody pays for them one by one, as an early bird, too."""
        return min(self.series.price, sum((each.least_price for each in self.parts), Decimal()))

    @property
    def saved(self) -> Decimal:
        return self.list_price - self.price

    @property
    def places_left(self) -> int:
        """Only who has a place in each has the series: the fewest of its workshops."""
        return min((each.places_left for each in self.parts), default=0)

    @property
    def full_parts(self) -> list[Part]:
        return [each for each in self.parts if each.is_full]

    @property
    def is_on_sale(self) -> bool:
        """By the windows of all its workshops; says nothing of places left."""
        return self.series.is_published and not self.lacks

    @property
    def can_be_booked(self) -> bool:
        return self.is_on_sale and self.places_left > 0

    def offer_ends_at(self) -> datetime | None:
        """Until when it would be held, from this moment, for the first who waits for the whole: as for the workshop
        of which the sale ends first. None, and no offer is made, where that of one of them is."""
        ends = [each.offer_ends_at() for each in self.workshops] if self.is_on_sale else []
        known = [each for each in ends if each]
        return min(known) if known and len(known) == len(ends) else None

    @property
    def has_waiting_list(self) -> bool:
        return not self.places_left and self.offer_ends_at() is not None

    @property
    def lacks(self) -> list[str]:
        """Why nobody can buy it whole at this moment, in words for the desk; empty when somebody can."""
        if not FEWEST <= len(self.parts) <= MOST:
            return [f"A series has {FEWEST} to {MOST} workshops. This one has {len(self.parts)}."]
        return [_why_not(each.workshop) for each in self.parts if each.ticket_type is None]


def ticket_type_of(workshop: Workshop) -> TicketType | None:
    """The live full-price ticket with which the workshop is sold as a part of a series. Asks for its types."""
    return next((each for each in _open_to_all(workshop) if each.is_full_price), None)


def _open_to_all(workshop: Workshop) -> Iterator[TicketType]:
    """The live tickets on sale that are for anybody. Asks for its types."""
    for each in workshop.ticket_types.all():
        each.workshop = workshop
        if each.is_live and not each.is_concession and each.is_on_sale:
            yield each


def offered(series: WorkshopSeries) -> Offered:
    """With all that its page shows, in a fixed number of questions."""
    found = Workshop.objects.filter(series_parts__series=series).for_lists().defer("course__cover", "course__body")
    return Offered(series, list(found))


def publish_series(series: WorkshopSeries, *, seen: str | None = None, why: str = "") -> bool:
    """A draft goes on sale at once. `seen` is what a page sealed of it; None if nobody was asked.

    False if it is no draft any more. Raises kit.forms.seen.ChangedMeanwhile and NotReady.
    """
    with transaction.atomic():
        locked = _locked(series)
        if not locked.is_draft:
            return False
        _check_as_seen(locked, seen)
        if offered(locked).lacks:
            raise NotReady
        move_all([locked], WorkshopSeries.Status.PUBLISHED, why=why)
    return True


def take_back_series(series: WorkshopSeries, *, seen: str | None = None, why: str = "") -> bool:
    """It is sold no more; who has bought it keeps every place. `seen` as for publishing.

    False if it is not published any more. Raises kit.forms.seen.ChangedMeanwhile.
    """
    with transaction.atomic():
        locked = _locked(series)
        if locked.is_draft:
            return False
        _check_as_seen(locked, seen)
        move_all([locked], WorkshopSeries.Status.DRAFT, why=why)
    return True


def facts_seen(series: WorkshopSeries) -> Facts:
    return facts_of(series, parts=list(series.parts.select_related("workshop")))


def _check_as_seen(locked: WorkshopSeries, seen: str | None) -> None:
    if seen is not None:
        check_seen(seen, facts_seen(locked))


def _locked(series: WorkshopSeries) -> WorkshopSeries:
    return lock(WorkshopSeries.objects, series.pk)


def _why_not(workshop: Workshop) -> str:
    if not workshop.is_published:
        return f"{workshop}: it is not published, or its course is not."
    if not workshop.is_on_sale:
        return f"{workshop}: it is not on sale at this moment."
    return f"{workshop}: it has no live ticket at the full price on sale. A series is sold with that ticket."
