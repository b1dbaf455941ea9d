"""A link to what people said of a workshop, for whoever taught it and has no account at the desk.

It lets in whoever has it, until its day is over. It is stored nowhere: the desk makes one when it shows the results.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from courses.models import Workshop
from kit.kept import has_come
from kit.times import end_of_day, long_day

SALT = "feedback results"
OPEN_FOR = timedelta(days=30)


class LinkOver(Exception):
    """Its last day has passed."""


@dataclass(frozen=True)
class ResultsLink:
    """Its last day is the organiser's."""

    workshop: Workshop
    last_day: date

    @property
    def url(self) -> str:
        token = signing.dumps([self.workshop.pk, self.last_day.isoformat()], salt=SALT)
        return settings.SITE_URL + reverse("learning:feedback_results", args=[token])

    @property
    def until_label(self) -> str:
        return long_day(self.last_day)

    @property
    def ends_at(self) -> datetime:
        return end_of_day(self.last_day, self.workshop.time_zone)


def link_to(workshop: Workshop) -> ResultsLink:
    """The same all day."""
    return ResultsLink(workshop, timezone.now().date() + OPEN_FOR)


def read_link(token: str) -> ResultsLink:
    """Raises signing.BadSignature, LinkOver, and Workshop.DoesNotExist."""
    pk, last_day = signing.loads(token, salt=SALT)
    workshops = Workshop.objects.select_related("course").defer("course__cover", "course__body")
    link = ResultsLink(workshops.get(pk=pk), date.fromisoformat(last_day))
    if has_come(link.ends_at):
        raise LinkOver
    return link
