from datetime import timedelta

from django.db import models
from django.utils import timezone

TOLD_AGAIN_FOR = timedelta(hours=1)  # Stripe repeats itself for longer, but what is fine is done by then


class StripeEventQuerySet(models.QuerySet["StripeEvent"]):
    def stuck(self) -> "StripeEventQuerySet":
        """Told more than an hour ago, and still not done: nothing of ours fits it."""
        return self.filter(done_at=None, received_at__lt=timezone.now() - TOLD_AGAIN_FOR)


class StripeEvent(models.Model):
    """One event as Stripe told it, stored once; a repeat of an unfinished one is worked on again."""

    event_id = models.CharField(max_length=100, unique=True)
    type = models.CharField(max_length=100)
    payload = models.JSONField()
    received_at = models.DateTimeField(default=timezone.now, editable=False)
    done_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_error = models.CharField(max_length=200, blank=True)

    objects = StripeEventQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["received_at", "id"], name="event_by_day"),
            models.Index(fields=["type", "received_at", "id"], name="event_by_type"),
            models.Index(fields=["received_at"], name="event_not_done", condition=models.Q(done_at=None)),
        ]
        verbose_name = "Stripe event"

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"

    @property
    def is_stuck(self) -> bool:
        """As `StripeEventQuerySet.stuck`."""
        return self.done_at is None and self.received_at < timezone.now() - TOLD_AGAIN_FOR

    def note_error(self, words: str) -> None:
        self.last_error = words[:200]
        self.save(update_fields=["last_error"])
