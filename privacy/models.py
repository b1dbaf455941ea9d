from django.db import models
from django.utils import timezone

from accounts.models import User


class PersonRequest(models.Model):
    """That somebody asked for what is kept about them, or to be erased, and what was done. It does not say who."""

    class Kind(models.TextChoices):
        COPY = "copy", "given a copy"
        ERASURE = "erasure", "erased"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    person = models.CharField(max_length=64, help_text="The same for the same person; nobody can be read from it.")
    counts = models.JSONField(default=dict, help_text="Of each kind of row: how many were found, and how many stay.")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = "request of a person"
        verbose_name_plural = "requests of people"

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.at:%Y-%m-%d %H:%M}"
