from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from courses.models import Session
from kit.forms.fields import EmailField


class Presence(models.Model):
    """Somebody was in the meeting of a session from one moment to another: a raw row, as Zoom told it. None is changed.

    Who that was is said by a registrant's number or by an address; a name alone proves nothing.
    """

    class Source(models.TextChoices):
        REPORT = "report", "Zoom’s report"
        WEBHOOK = "webhook", "told while it went on"
        FILE = "file", "a file that somebody uploaded"

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="presences")
    source = models.CharField(max_length=10, choices=Source.choices)
    instance = models.CharField(max_length=60, blank=True, help_text="Zoom’s own name of this run of the meeting.")
    registrant = models.CharField(max_length=60, blank=True, help_text="Zoom’s own name of the registrant.")
    name = models.CharField(max_length=200, blank=True)
    email = EmailField(blank=True)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["joined_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(left_at__gte=F("joined_at")), name="presence_ends_after_it_begins"),
            models.UniqueConstraint(
                fields=["session", "source", "instance", "registrant", "name", "email", "joined_at"],
                name="presence_is_told_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name or self.email}, session {self.session_id}"
