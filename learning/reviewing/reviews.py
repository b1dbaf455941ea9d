"""Reviews by people who were there, and by nobody else. Read before they are public; a bad one is published, too."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Avg, Count
from django.utils import timezone

from accounts import audit
from courses.models import Course, Ticket
from kit.database.locks import lock
from kit.forms.seen import Facts, check_seen
from kit.guard.privacy import ERASED
from learning.attended import sum_of
from learning.models import Certificate, RecordingView, Review
from practice.models import Practice

SHOWN = 50  # on a page of a course, the newest


class MayNotReview(Exception):
    """Whoever has this place was not there, as far as is known, or it is not over."""


class DecidedAlready(Exception):
    """Somebody else has."""


@dataclass(frozen=True)
class Reviews:
    """Of a course: all are counted, the newest shown."""

    count: int
    average: float
    shown: list[Review]


def of_course(course: Course) -> Reviews:
    """In two queries, or in one where there are none."""
    published = Review.objects.published().filter(ticket__workshop__course=course)
    total = published.order_by().aggregate(count=Count("pk"), average=Avg("stars"))
    shown = list(published.select_related("ticket")[:SHOWN]) if total["count"] else []
    return Reviews(total["count"], total["average"] or 0.0, shown)


def may_review(ticket: Ticket) -> bool:
    """Once it is over, for whoever was in a session or has opened the recording."""
    if not ticket.is_confirmed or not ticket.workshop.is_over or ticket.attendee_name == ERASED:
        return False
    if Certificate.objects.filter(ticket=ticket).exists() or sum_of(ticket).minutes > 0:
        return True
    return RecordingView.objects.filter(ticket=ticket).exists()


@transaction.atomic
def write(ticket: Ticket, values: dict[str, Any]) -> Review:
    """Until it was read, it may be written anew; afterwards it stays. Raises MayNotReview and DecidedAlready."""
    locked = Ticket.objects.select_for_update().get(pk=ticket.pk)
    locked.workshop = ticket.workshop
    if not may_review(locked):
        raise MayNotReview
    found = Review.objects.filter(ticket=locked).first()
    if found and found.status != Review.Status.WAITING:
        raise DecidedAlready
    values = {**values, "written_on": Practice.current().today()}
    return Review.objects.update_or_create(ticket=locked, defaults=values)[0]


def publish(review: Review, *, seen: str, why: str) -> None:
    """Raises ChangedMeanwhile and DecidedAlready."""
    _decide(review, "published_at", seen=seen, why=why)


def decline(review: Review, *, seen: str, why: str) -> None:
    """Raises ChangedMeanwhile and DecidedAlready."""
    _decide(review, "declined_at", seen=seen, why=why)


def facts_seen(review: Review) -> Facts:
    return {
        "status": ["status", review.status_words],
        "stars": ["stars", str(review.stars)],
        "words": ["words", review.words],
    }


@transaction.atomic
def _decide(review: Review, column: str, *, seen: str, why: str) -> None:
    """What was published may be taken back, and the other way round, each with a reason."""
    locked = lock(Review.objects, review.pk)
    check_seen(seen, facts_seen(locked))
    if getattr(locked, column):
        raise DecidedAlready
    before = locked.status
    locked.published_at = locked.declined_at = None
    setattr(locked, column, timezone.now())
    locked.save(update_fields=["published_at", "declined_at"])
    audit.record(locked, before=before, after=locked.status, reason=why)
