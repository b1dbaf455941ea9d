"""All that somebody comes to, at one address for their calendar: made, shown and ended by themselves.

Whoever has the address sees it, so it holds no link into Zoom. Each session has the name that it has in the mails.
"""

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.proof import proven_keys
from courses import calendars
from courses.models import Ticket
from kit.guard.tokens import may_be_secret
from learning.models import CalendarFeed

MOST = 100  # places, the next ones first


def make_feed(user: User) -> CalendarFeed:
    """Theirs; one at a time, so that whoever ends it has ended all."""
    return CalendarFeed.objects.get_or_create(user=user)[0]


def end_feed(user: User) -> bool:
    """From this moment nobody is shown anything at its address. Whether there was one."""
    return bool(CalendarFeed.objects.filter(user=user).delete()[0])


def feed_of(user: User) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(user=user).first()


def path_of(feed: CalendarFeed) -> str:
    return reverse("calendar:feed", args=[feed.secret])


def calendar_at(secret: str) -> str | None:
    """What a calendar is shown there; None where nothing is, or its account is closed."""
    if not may_be_secret(secret):
        return None
    feed = CalendarFeed.objects.select_related("user").filter(secret=secret, user__is_active=True).first()
    if feed is None:
        return None
    return calendars.tickets_calendar(_places(feed.user), uid=f"feed-{feed.pk}", asked_for_every=calendars.AN_HOUR)


def _places(user: User) -> list[Ticket]:
    """Until they are over, what was cancelled among them: a calendar then strikes it out."""
    was_booked = Q(status=Ticket.Status.CONFIRMED) | Q(status=Ticket.Status.CANCELLED, confirmed_at__isnull=False)
    found = Ticket.objects.of_addresses(proven_keys(user)).filter(was_booked, workshop__ends_at__gt=timezone.now())
    found = found.select_related("workshop__course").defer("workshop__course__cover", "workshop__course__body")
    found = found.prefetch_related("workshop__sessions", "workshop__removed_sessions")
    return list(found.order_by("workshop__starts_at", "pk")[:MOST])
