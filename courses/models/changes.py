from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from courses.models.workshops import Workshop


class WorkshopChange(models.Model):
    """What somebody changed of a workshop while people had places on it. Each of them is told; orders/ does that."""

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="changes")
    words = models.JSONField(help_text="Of each fact its label, what it was and what it is: [[label, was, now]].")
    note = models.TextField(blank=True, help_text="What the desk would like to say to everybody about it.")
    gives_back = models.BooleanField(default=False, help_text="Who booked before may have everything back.")
    changed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True, help_text="When everybody’s mail stood in the outbox.")

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["id"], name="workshop_change_to_tell", condition=Q(told_at=None))]

    def __str__(self) -> str:
        return f"Change {self.pk} of {self.workshop.slug}"


class RemovedSession(models.Model):
    """A session that was called off. Calendar files go on saying so until it would have ended."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="removed_sessions")
    number = models.BigIntegerField(help_text="The session’s own, by which calendars know it.")
    title = models.CharField(max_length=120, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    revision = models.PositiveIntegerField()

    class Meta:
        ordering = ["starts_at"]
        constraints = [models.UniqueConstraint(fields=["number"], name="removed_session_is_removed_once")]

    def __str__(self) -> str:
        return f"Removed session {self.number} of {self.workshop.slug}"
