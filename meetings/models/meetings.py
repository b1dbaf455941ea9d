from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from courses.models import Session
from meetings.models.hosts import Host


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def at_zoom(self) -> "MeetingQuerySet":
        return self.exclude(number=None)

    def to_come(self) -> "MeetingQuerySet":
        return self.filter(ends_at__gt=timezone.now())

    def in_trouble(self) -> "MeetingQuerySet":
        return self.exclude(last_error="")


class Meeting(models.Model):
    """The meeting of a session at Zoom. What it should be follows from the session; here stands what it is."""

    session = models.OneToOneField(
        Session, on_delete=models.SET_NULL, null=True, related_name="meeting", help_text="Empty once it was called off."
    )
    mark = models.CharField(max_length=60, unique=True, help_text="By which it is found again at Zoom.")
    host = models.ForeignKey(Host, on_delete=models.PROTECT, null=True, related_name="meetings")
    number = models.BigIntegerField("Zoom’s number", null=True, unique=True)
    starts_at = models.DateTimeField(help_text="For this span its host is taken.")
    ends_at = models.DateTimeField()
    told = models.CharField(max_length=64, blank=True, help_text="The mark of what Zoom was told last.")
    asked_at = models.DateTimeField(null=True, help_text="When Zoom was first asked to make it.")
    synced_at = models.DateTimeField("agrees since", null=True)
    checked_at = models.DateTimeField("last looked at", null=True)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="In vain, in a row.")
    next_attempt_at = models.DateTimeField(default=timezone.now)
    last_error = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(
        null=True, help_text="When the last run of it within the session ended, as Zoom told. Empty while one goes on."
    )
    report_at = models.DateTimeField("report is read", null=True, help_text="Empty: not any more.")

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        indexes = [models.Index(fields=["ends_at"], name="meeting_by_its_end")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="meeting_ends_after_it_starts",
                violation_error_message="A meeting must end after it starts.",
            ),
            models.CheckConstraint(
                condition=Q(number=None) | Q(host__isnull=False),
                name="meeting_at_zoom_has_a_host",
                violation_error_message="Every meeting at Zoom has a host.",
            ),
        ]

    def __str__(self) -> str:
        return f"Meeting, {self.mark.rstrip('.')}"

    @property
    def standing(self) -> str:
        """In the words of the desk."""
        if self.last_error:
            return "Zoom said no, or nothing" if self.attempts else "to be looked at"
        if self.number is None:
            return "to be made" if self.session_id else "taken away"
        if self.session and self.session.join_url and self.session.has_opened:
            return "another link was typed: it stays for its report"
        return "agrees" if self.synced_at else "to be changed"
