from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from courses.models import Session, Ticket
from kit.forms.fields import EmailField

LONGEST_SESSION = 24 * 60


class AttendanceSheet(models.Model):
    """Of a session that is over: when it was last counted who was there, and of what."""

    session = models.OneToOneField(Session, on_delete=models.PROTECT, related_name="attendance_sheet")
    counted_at = models.DateTimeField(null=True, editable=False)
    basis = models.CharField(max_length=64, blank=True, editable=False, help_text="A digest of what was counted.")
    presences = models.PositiveIntegerField(
        "rows counted", default=0, editable=False, help_text="What Zoom, or a file of it, has told so far."
    )
    is_told = models.BooleanField(
        "told", default=False, editable=False, help_text="By Zoom after the session, or by a file of it."
    )
    unknown = models.PositiveIntegerField(
        "nobody knows yet", default=0, editable=False, help_text="People in the meeting who fit no place."
    )

    class Meta:
        ordering = ["-session__starts_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.session.workshop.title}, {self.session.heading}"


class Recognition(models.Model):
    """Who somebody in the meeting was, as a person at the desk said; without a ticket: nobody who had booked."""

    sheet = models.ForeignKey(AttendanceSheet, on_delete=models.CASCADE, related_name="recognitions")
    registrant = models.CharField(max_length=60, blank=True)
    email = EmailField(blank=True)
    name = models.CharField(max_length=200, blank=True)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, null=True, blank=True, related_name="recognitions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "registrant", "email", "name"],
                name="recognition_is_said_once",
                violation_error_message="Somebody has said already who this was.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name or self.email or self.registrant}, session {self.sheet.session_id}"


class Attendance(models.Model):
    """How many minutes of a session the attendee of a ticket was there: as counted, or as the desk has corrected it."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="attendances")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attendances")
    minutes = models.PositiveIntegerField("minutes counted", default=0, editable=False)
    corrected_minutes = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(LONGEST_SESSION)],
        help_text="Counts instead. Empty: what was counted.",
    )
    corrected_because = models.CharField(
        "reason",
        max_length=200,
        blank=True,
        help_text="For example “Rang in by phone, the presenter heard her throughout”. For the team alone.",
    )

    class Meta:
        ordering = ["session__starts_at", "ticket__attendee_name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "session"], name="attendance_is_counted_once"),
            models.CheckConstraint(
                condition=Q(corrected_minutes=None) | ~Q(corrected_because=""),
                name="attendance_correction_has_a_reason",
                violation_error_message="Say why the minutes are corrected.",
            ),
            models.CheckConstraint(
                condition=Q(corrected_minutes=None)
                | Q(corrected_minutes__isnull=False, corrected_minutes__lte=LONGEST_SESSION),
                name="attendance_is_no_longer_than_a_day",
                violation_error_message="No session is longer than a day.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket.attendee_name}, {self.session}"

    @property
    def audit_label(self) -> str:
        return f"Attendance {self.pk}"

    @property
    def minutes_there(self) -> int:
        return self.minutes if self.corrected_minutes is None else self.corrected_minutes
