from django.db import models
from django.utils import timezone

from kit.guard.tokens import new_secret
from kit.pages.paths import path_by_secret
from orders.models.orders import OrderLine


class RebookingOffer(models.Model):
    """After we cancelled a workshop: one attendee chooses another run or the money; silence means the money."""

    class Status(models.TextChoices):
        OPEN = "open", "waiting for a choice"
        MOVED = "moved", "moved to another workshop"
        REFUNDED = "refunded", "refunded"

    line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, related_name="rebooking_offer")
    secret = models.CharField(max_length=40, unique=True, default=new_secret, editable=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    refund_at = models.DateTimeField(help_text="When the money goes back by itself.")
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["refund_at", "pk"]

    def __str__(self) -> str:
        return f"{self.line.order}, place {self.line_id}"

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN

    @property
    def is_moved(self) -> bool:
        return self.status == self.Status.MOVED

    @property
    def is_refunded(self) -> bool:
        return self.status == self.Status.REFUNDED

    def get_absolute_url(self) -> str:
        return path_by_secret("orders:rebook", self.secret)
