"""A workshop goes on the site, and comes off it again. Cancelling, which is for good, is in `orders`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum

from django.conf import settings
from django.db import transaction
from django.template.defaultfilters import floatformat
from django.utils import timezone

from accounts.models import AuditEntry
from courses import interest
from courses.models import Session, TicketType, Workshop
from courses.programmes import time_taught
from courses.seats import waiting_offers
from courses.seats.capacity import check_nobody_comes
from courses.seats.places import lock_workshop
from courses.states import move_all
from kit.forms.seen import Facts, check_seen, facts_of
from kit.local.times import short_day

HOURS_TOO_MANY = (
    "Its course says {said} hours of teaching, and so will each certificate. Its sessions have {taught} once breaks are"
    " left out: change the hours of the course, or those of the sessions."
)
LINK_MAY_FOLLOW = "It has no Zoom link yet. That may follow later."


class NotReady(Exception):
    """Nobody could read its page, or book on it: something of `hindrances` is missing."""


class Booking(Enum):
    """When live places could be booked if the workshop were published at this moment."""

    AT_ONCE = "at once"
    LATER = "later"
    NO_TYPE = "no type"
    NONE_ON_SALE = "none on sale"
    OVER = "over"


HINDERS = {
    Booking.NO_TYPE: "It has no ticket type.",
    Booking.NONE_ON_SALE: "No live ticket would be on sale: look at its days of sale.",
}


@dataclass(frozen=True)
class Outlook:
    """What publishing would do at this moment."""

    has_date: bool
    course_is_published: bool
    booking: Booking
    people_to_tell: int
    hours_too_many: str

    @property
    def is_ready(self) -> bool:
        return self.has_date and self.course_is_published and self.booking not in HINDERS


def outlook(workshop: Workshop) -> Outlook:
    return Outlook(
        has_date=workshop.sessions.exists(),
        course_is_published=workshop.course.is_published,
        booking=_booking(workshop),
        people_to_tell=interest.to_be_told(workshop).count(),
        hours_too_many=_hours_too_many(workshop),
    )


def still_missing(workshop: Workshop) -> list[str]:
    """What is to be done to a draft before people can book it and come, in the order of doing it. The link may follow
    once it is published; all else hinders that."""
    known, found = outlook(workshop), []
    if not known.course_is_published:
        found.append("Its course is not published.")
    if not known.has_date:
        found.append("It has no session, so it has no date.")
    if known.booking in HINDERS:
        found.append(HINDERS[known.booking])
    if known.booking is Booking.OVER:
        found.append("It has begun or is over: give its sessions days ahead.")
    if settings.SESSION_PROVIDER == "manual" and any(not each.join_url for each in workshop.session_list):
        found.append(LINK_MAY_FOLLOW)
    if known.hours_too_many:
        found.append(known.hours_too_many)
    return found


def _hours_too_many(workshop: Workshop) -> str:
    """Certificates state the hours of the course; nobody may be given more than was taught."""
    said, taught = workshop.course.cpd_hours, time_taught(workshop)
    if not taught or timedelta(hours=float(said)) <= taught:
        return ""
    hours = Decimal(taught // timedelta(minutes=1)) / 60
    return HOURS_TOO_MANY.format(said=floatformat(said), taught=floatformat(hours))


def publish_workshop(workshop: Workshop, *, seen: str | None = None, why: str = "") -> bool:
    """A draft goes on the site at once. `seen` is what a page sealed of it; None if nobody was asked.

    False if it is no draft any more. Raises kit.forms.seen.ChangedMeanwhile and NotReady.
    """
    with transaction.atomic():
        locked = lock_workshop(workshop.pk)
        if locked.status != Workshop.Status.DRAFT:
            return False
        check_as_seen(locked, seen)
        if not outlook(locked).is_ready:
            raise NotReady
        move_all([locked], Workshop.Status.PUBLISHED, why=why)
    return True


def take_back_workshop(workshop: Workshop, *, seen: str | None = None, why: str = "") -> bool:
    """It is a draft again. Who waits for a place is told that the list is closed. `seen` as for publishing.

    False if it is not published any more. Raises kit.forms.seen.ChangedMeanwhile, and courses.schedule.PlacesTaken
    while tickets are held or booked.
    """
    with transaction.atomic():
        locked = lock_workshop(workshop.pk)
        if locked.status != Workshop.Status.PUBLISHED:
            return False
        check_as_seen(locked, seen)
        check_nobody_comes(locked)
        move_all([locked], Workshop.Status.DRAFT, why=why)
        waiting_offers.offer_free_places(locked)  # there are none any more: closes the waiting list
    return True


def facts_seen(workshop: Workshop) -> Facts:
    """The workshop with its sessions and ticket types, and whether its course is published."""
    parts: list[Session | TicketType] = [*workshop.sessions.all(), *workshop.ticket_types.all()]
    course = "published" if workshop.course.is_published else "not published"
    return {**facts_of(workshop, parts=parts), "course published": ["the course", course]}


def check_as_seen(locked: Workshop, seen: str | None) -> None:
    """Raises kit.forms.seen.ChangedMeanwhile. Everything that changes a workshop's sessions or types locks it first."""
    if seen is not None:
        check_seen(seen, facts_seen(locked))


def standing(workshop: Workshop) -> str:
    """`published since Sun 22 Nov 2026`, `draft`, `cancelled`."""
    if workshop.status != Workshop.Status.PUBLISHED:
        return workshop.get_status_display()
    since = _published_at(workshop)
    words = f"published since {short_day(local := timezone.localtime(since))} {local:%Y}" if since else "published"
    return words if workshop.course.is_published else f"{words}, but its course is not, so nobody sees it"


def _booking(workshop: Workshop) -> Booking:
    types = list(workshop.ticket_types.all())
    if workshop.is_over or (workshop.has_started and workshop.has_closed):
        return Booking.OVER
    if not types:
        return Booking.NO_TYPE
    if workshop.has_closed or not any(each.is_live and not each.has_ended for each in types):
        return Booking.NONE_ON_SALE
    opens_later = workshop.sales_open_at is not None and workshop.sales_open_at > timezone.now()
    return Booking.LATER if opens_later else Booking.AT_ONCE


def _published_at(workshop: Workshop) -> datetime | None:
    """The last time; for one without an entry, when the worker first saw it."""
    entries = AuditEntry.objects.filter(model=workshop._meta.label_lower, object_id=workshop.pk)
    last = entries.filter(after=Workshop.Status.PUBLISHED).order_by("-at", "-pk").first()
    return last.at if last else workshop.first_published_at
