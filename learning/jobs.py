from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.urls import reverse_lazy
from django.utils import timezone

from courses.models import Ticket, Workshop
from kit.desk.jobs import Job, counted, finds
from learning.attendance import COUNTED_FOR
from learning.models import Attendance, AttendanceSheet, Certificate, Recording, Review

IN_TIME = timedelta(days=3)
LATEST = timedelta(days=60)  # what nobody saw to by then, no list brings back
PATIENCE = timedelta(hours=24)  # Zoom tells within some hours


@finds("learning.change_attendance")
def people_nobody_knows() -> Iterator[Job]:
    sheets = AttendanceSheet.objects.filter(unknown__gt=0, session__ends_at__gt=timezone.now() - COUNTED_FOR)
    words = ("session where somebody is to be recognised", "sessions where somebody is to be recognised")
    yield from counted(sheets, "?todo=unknown", *words, line=_name)


@finds("learning.change_attendance")
def sessions_nobody_told_of() -> Iterator[Job]:
    """Neither Zoom nor a file, and nobody has said who was there."""
    now = timezone.now()
    rows = Attendance.objects.filter(session=OuterRef("session"))
    sheets = AttendanceSheet.objects.filter(Exists(rows), ~Exists(rows.exclude(corrected_minutes=None)), is_told=False)
    late = sheets.filter(session__ends_at__lt=now - PATIENCE, session__ends_at__gt=now - COUNTED_FOR)
    words = ("session of which nobody has said who was there", "sessions of which nobody has said who was there")
    yield from counted(late, "?todo=untold", *words, line=_name)


@finds("learning.add_recording")
def recordings_to_publish() -> Iterator[Job]:
    """People were promised one, and wait."""
    now = timezone.now()
    published = Recording.objects.published().filter(workshop=OuterRef("pk"))
    over = Workshop.objects.published().filter(ends_at__range=(now - LATEST, now - IN_TIME), catch_up_days__gt=0)
    promised = over.filter(Exists(Ticket.objects.confirmed().filter(workshop=OuterRef("pk"))))
    for workshop in promised.filter(~Exists(published)).select_related("course").order_by("ends_at"):
        url = reverse_lazy("admin:learning_recording_changelist", query={"workshop__id__exact": workshop.pk})
        yield Job(f"No recording is published yet: {workshop.title}, {workshop.starts_on}", url)


@finds("learning.change_review")
def reviews_to_read() -> Iterator[Job]:
    yield from counted(Review.objects.waiting(), "?standing=waiting", "review to read", "reviews to read", line=_number)


@finds("learning.change_certificate")
def certificates_without_a_font() -> Iterator[Job]:
    """Somebody asked for the file, and there was none."""
    rows = Certificate.objects.valid().exclude(letters_without_font="")
    words = (
        "certificate of which no PDF can be made, because the server has no font for it",
        "certificates of which no PDF can be made, because the server has no font for them",
    )
    yield from counted(rows, "?letters_without_font__isempty=0", *words, line=_serial)


def _serial(certificate: Certificate) -> str:
    return f"certificate {certificate.serial}"


def _number(review: Review) -> str:
    return f"review {review.pk}"


def _name(sheet: AttendanceSheet) -> str:
    return f"session {sheet.session_id}"
