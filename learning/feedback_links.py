"""A link to what people said of a workshop, for whoever taught it and has no account at the desk.

It lets in whoever has it, until its day is over, or the desk has ended it. It is stored nowhere: the desk makes one
when it shows the results. What is stored is how many times the desk has ended all that there were.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from courses.models import Workshop
from kit.local.times import end_of_day, long_day
from kit.pages.kept import has_come
from learning.models import EndedResultsLinks

SALT = "feedback results"
OPEN_FOR = timedelta(days=30)


class LinkOver(Exception):
    """Its last day has passed, or the desk has ended it."""


@dataclass(frozen=True)
class ResultsLink:
    """Its last day is the organiser's. `number`: how many times the links before it were ended."""

    workshop: Workshop
    last_day: date
    number: int = 0

    @property
    def url(self) -> str:
        token = signing.dumps([self.workshop.pk, self.last_day.isoformat(), self.number], salt=SALT)
        return settings.SITE_URL + reverse("learning:feedback_results", args=[token])

    @property
    def until_label(self) -> str:
        return long_day(self.last_day)

    @property
    def ends_at(self) -> datetime:
        return end_of_day(self.last_day, self.workshop.time_zone)


def link_to(workshop: Workshop) -> ResultsLink:
    """The same all day, unless it is ended."""
    today = timezone.localdate(timezone=ZoneInfo(workshop.time_zone))
    return ResultsLink(workshop, today + OPEN_FOR, _number(workshop))


def read_link(token: str) -> ResultsLink:
    """Raises signing.BadSignature, LinkOver, and Workshop.DoesNotExist."""
    pk, last_day, *number = signing.loads(token, salt=SALT)  # links that were made earlier have no number
    workshops = Workshop.objects.select_related("course").defer("course__cover", "course__body")
    link = ResultsLink(workshops.get(pk=pk), date.fromisoformat(last_day), *number)
    if has_come(link.ends_at) or link.number != _number(link.workshop):
        raise LinkOver
    return link


def end_links(workshop: Workshop, *, number: int) -> bool:
    """Whoever has a link of this number is let in no more. False if they were ended before: a second press ends nothing
    that was made since."""
    if number != _number(workshop):
        return False
    return EndedResultsLinks.objects.get_or_create(workshop=workshop, number=number)[1]


def _number(workshop: Workshop) -> int:
    return EndedResultsLinks.objects.filter(workshop=workshop).count()
