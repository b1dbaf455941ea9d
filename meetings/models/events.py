from django.db import models
from django.db.models import Q
from django.utils import timezone


class ZoomEvent(models.Model):
    """What Zoom told by webhook, stored once."""

    digest = models.CharField(max_length=64, unique=True, help_text="Of the body: Zoom gives its events no number.")
    type = models.CharField(max_length=100)
    number = models.BigIntegerField("Zoom’s number of the meeting", null=True)
    payload = models.JSONField()
    received_at = models.DateTimeField(default=timezone.now, editable=False)
    done_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["received_at"], name="zoom_event_not_done", condition=Q(done_at=None)),
            models.Index(fields=["number", "type"], name="zoom_event_of_meeting"),
        ]
        verbose_name = "Zoom event"

    def __str__(self) -> str:
        return f"{self.type} {self.digest[:8]}"
