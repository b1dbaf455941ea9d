"""Hearing of the next run of a course: an address is left, told once, and gone whenever its owner likes."""

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from courses.models import Course, CourseInterest, Workshop
from kit.addresses import email_key
from kit.checkpoints import checkpoint
from kit.rounds import do_for_each
from outbox.models import Message
from outbox.post import queue_message
from practice.models import Practice


def leave_address(course: Course, *, email: str) -> CourseInterest:
    """One row for one address and course, however often it is sent; who was told already waits for the run after."""
    interest, is_new = CourseInterest.objects.get_or_create(
        course=course, email_key=email_key(email), defaults={"email": email}
    )
    if not is_new and interest.told_at:
        CourseInterest.objects.filter(pk=interest.pk).update(told_at=None, created_at=timezone.now())
    return interest


def to_be_told(workshop: Workshop) -> QuerySet[CourseInterest]:
    """Who will be written to once this workshop is published and can be booked: they left an address before it was."""
    waiting = CourseInterest.objects.filter(course=workshop.course_id, told_at=None)
    first = workshop.first_published_at
    return waiting.filter(created_at__lt=first) if first else waiting


def notice_new_workshops() -> int:
    """For the worker: writes down when a workshop was first seen on the site; returns how many are new."""
    new = Workshop.objects.published().upcoming().filter(first_published_at=None).values_list("pk", flat=True)
    return Workshop.objects.filter(pk__in=list(new), first_published_at=None).update(first_published_at=timezone.now())


def tell_of_new_workshops() -> int:
    """For the worker: one mail, once it can be booked, to each who left an address before a workshop was published.

    Returns how many.
    """
    notice_new_workshops()
    to_tell = _to_tell()
    return do_for_each(to_tell, lambda pk: _tell(pk, to_tell[pk]))


def _to_tell() -> dict[int, Workshop]:
    """Each with the soonest of the new workshops that can be booked: the one mail that they get is not wasted."""
    waiting = CourseInterest.objects.filter(course=OuterRef("course"), told_at=None)
    newer = Exists(waiting.filter(created_at__lt=OuterRef("first_published_at")))
    runs = Workshop.objects.published().filter(newer, first_published_at__isnull=False).upcoming()
    found: dict[int, Workshop] = {}
    for run in runs.select_related("course").prefetch_related("sessions", "ticket_types"):
        if any(each.is_live and each.is_on_sale for each in run.ticket_types.all()):
            for pk in to_be_told(run).values_list("pk", flat=True):
                found.setdefault(pk, run)
    return found


def _tell(interest_id: int, workshop: Workshop) -> int:
    with transaction.atomic():
        interest = (
            CourseInterest.objects.select_for_update(skip_locked=True).filter(pk=interest_id, told_at=None).first()
        )
        if interest is None:  # another worker has it, or the address is gone
            return 0
        interest.told_at = timezone.now()
        interest.save(update_fields=["told_at"])
        queue_message(
            key=f"course-interest:{interest.pk}:{workshop.pk}",
            to=interest.email,
            template="courses/course_interest",
            context={"workshop": workshop, "delete_url": settings.SITE_URL + interest.get_absolute_url()},
            about=f"workshop:{workshop.pk}",
            priority=Message.Priority.STRANGER,
            reply_to=Practice.current().email,
            useless_after=workshop.closes_at,
        )
        checkpoint("interest told")
    return 1
