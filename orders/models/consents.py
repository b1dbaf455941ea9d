from django.db import models
from django.utils import timezone

from orders.models.orders import OrderLine


class Consent(models.Model):
    """What a buyer expressly asked for, and knew the price of, before it began within the days to change her mind."""

    class Kind(models.TextChoices):
        START = "start", "start within the days to change one's mind"
        RECORDING = "recording", "open the recording within them"

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=10, choices=Kind.choices, editable=False)
    words = models.TextField(editable=False, help_text="Exactly as they stood beside the box that was ticked.")
    given_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["given_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["line", "kind"], name="consent_is_given_once")]

    def __str__(self) -> str:
        return self.words
