"""The catalogue's list: all that is to come by date, narrowed by what a visitor asked for, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from courses.catalogue import Listing, listed
from courses.models import Course, TicketType, Workshop, WorkshopQuerySet
from courses.row_parts import give_parts, with_parts
from kit.database.moments import built_once
from kit.database.questions import Among, Asked, compiled_once
from kit.local.times import CityClock
from kit.pages.kept import constant

PER_PAGE = 12
MOST_RECORDED = 6


class Slot(NamedTuple):
    """A workshop's place in the timetable; the month is `2027-01`, in the organiser's zone."""

    workshop_id: int
    subject: str
    month: str


@dataclass(frozen=True)
class Filters:
    """What a visitor asked the list for; empty means everything."""

    subject: str = ""
    month: str = ""
    how: str = ""

    def __bool__(self) -> bool:
        return any((self.subject, self.month, self.how))

    @property
    def chosen(self) -> dict[str, str]:
        return {name: value for name, value in vars(self).items() if value}

    def take(self, slot: Slot) -> bool:
        return self.subject in {"", slot.subject} and self.month in {"", slot.month}

    def fit(self, listing: Listing) -> bool:
        return (self.how != "live" or listing.has_live_places) and (self.how != "catch-up" or listing.has_catch_up)


def all_slots() -> list[Slot]:
    """Of published workshops that are not over, soonest first."""
    return constant("slots", lambda: _slots(_upcoming()))


def slots_of(course: Course) -> list[Slot]:
    return _slots(_upcoming().filter(course=course))


def narrowed(slots: list[Slot], filters: Filters) -> list[Slot]:
    if filters.how:
        slots = _slots(_that_may_be_had(filters.how))
    return [slot for slot in slots if filters.take(slot)]


def page_of(slots: Sequence[Slot], number: object) -> Page:
    return Paginator(slots, PER_PAGE).get_page(number)


def recorded() -> list[int]:
    """The keys of workshops that are over, the latest whose published recording may still be sold."""
    return constant("recorded", _recorded)


def rows_of(page: Page, clocks: Sequence[CityClock], *, more: Sequence[int] = ()) -> list[Listing]:
    """Of the page, and of more workshops by their keys; what has ended is there only while its recording is sold."""
    workshops = _rows(keys=[*(slot.workshop_id for slot in page.object_list), *more])
    give_parts(workshops)
    found = [listed(workshop, clocks) for workshop in workshops]
    return [listing for listing in found if not listing.is_over or listing.has_catch_up]


def _recorded() -> list[int]:
    of_catch_up = TicketType.objects.filter(access=TicketType.Access.CATCH_UP, workshop=OuterRef("pk"))
    over = Workshop.objects.published().filter(Exists(of_catch_up), ends_at__lte=timezone.now())
    latest = over.filter(recording_published_at__isnull=False).order_by("-recording_published_at", "-pk")
    return list(latest.values_list("pk", flat=True)[:MOST_RECORDED])


@compiled_once
def _rows(keys: list[Asked]) -> WorkshopQuerySet:
    found = Workshop.objects.published().filter(Among("pk", keys)).order_by("starts_at", "pk")
    return with_parts(found.for_rows())


@built_once
def _upcoming() -> WorkshopQuerySet:
    return Workshop.objects.published().upcoming()


def _slots(workshops: WorkshopQuerySet) -> list[Slot]:
    rows = workshops.values_list("pk", "course__subject__slug", "starts_at", "time_zone")
    return [Slot(pk, subject, f"{start.astimezone(ZoneInfo(zone)):%Y-%m}") for pk, subject, start, zone in rows]


def _that_may_be_had(how: str) -> WorkshopQuerySet:
    """As far as the database can tell; Filters.fit() knows in which zone a day ends, and for whom a place is kept."""
    yesterday = timezone.now().date() - timedelta(days=1)
    types = TicketType.objects.filter(Q(last_day=None) | Q(last_day__gte=yesterday), workshop=OuterRef("pk"))
    if how == "catch-up":
        return _upcoming().filter(Exists(types.filter(access=TicketType.Access.CATCH_UP)))
    live = _upcoming().not_closed().filter(Exists(types.filter(access=TicketType.Access.LIVE)))
    return live.with_places_taken().filter(places_taken__lt=F("capacity"))
