"""Hearing of the next run of a course: an address is left and confirmed, told once, gone whenever its owner likes."""

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from courses.models import Course, CourseInterest, Workshop
from kit.guard.addresses import email_key
from kit.guard.tokens import new_secret
from kit.work.checkpoints import checkpoint
from kit.work.rounds import do_for_each
from outbox.models import Message
from outbox.post import queue_message, way_out
from practice.models import Practice

CONFIRM = "courses/course_interest_confirm"


@transaction.atomic
def leave_address(course: Course, *, email: str) -> CourseInterest:
    """For an address that is known to be theirs. One row for one address and course, however often it is sent; who was
    told already waits for the run after."""
    interest = _interest_of(course, email)
    confirm(interest)
    return interest


@transaction.atomic
def ask_to_confirm(course: Course, *, email: str) -> CourseInterest:
    """For an address that anybody may have typed: it counts once its owner pressed the button behind the link. Who
    waits already is not written to."""
    interest = _interest_of(course, email)
    if not interest.is_waiting:
        queue_message(
            key=f"course-interest:confirm:{interest.pk}:{new_secret()}",
            to=interest.email,
            template=CONFIRM,
            context={"course": course, "interest_url": settings.SITE_URL + interest.get_absolute_url()},
            about=f"course:{course.pk}",
            answered_at=interest.confirmed_at,
            priority=Message.Priority.STRANGER,
            headers=_way_out(interest),
            reply_to=Practice.current().email,
        )
    return interest


def confirm(interest: CourseInterest) -> None:
    """The button behind the link was pressed, for the first time or to hear of the run after the one that they were
    told of. Whoever waits since before a date was published still hears of it."""
    now = timezone.now()
    row = CourseInterest.objects.filter(pk=interest.pk)
    row.filter(confirmed_at=None).update(confirmed_at=now)
    row.filter(told_at__isnull=False).update(told_at=None, created_at=now)


def to_be_told(workshop: Workshop) -> QuerySet[CourseInterest]:
    """Who will be written to once this workshop is published and can be booked: they left an address before it was."""
    waiting = CourseInterest.objects.waiting().filter(course=workshop.course_id)
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


def _interest_of(course: Course, email: str) -> CourseInterest:
    key = email_key(email)
    return CourseInterest.objects.get_or_create(course=course, email_key=key, defaults={"email": email})[0]


def _way_out(interest: CourseInterest) -> dict[str, str]:
    """The button deletes the address."""
    return way_out(settings.SITE_URL + interest.get_absolute_url(), email=Practice.current().email)


def _to_tell() -> dict[int, Workshop]:
    """Each with the soonest of the new workshops that can be booked: the one mail that they get is not wasted."""
    waiting = CourseInterest.objects.waiting().filter(course=OuterRef("course"))
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
        interest = CourseInterest.objects.waiting().select_for_update(skip_locked=True).filter(pk=interest_id).first()
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
            headers=_way_out(interest),
            priority=Message.Priority.STRANGER,
            reply_to=Practice.current().email,
            useless_after=workshop.closes_at,
        )
        checkpoint("interest told")
    return 1
