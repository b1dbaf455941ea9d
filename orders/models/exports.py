from django.db import models
from django.utils import timezone

from accounts.models import User
from orders.models.orders import Order


class SalesExport(models.Model):
    """The sales of some days as a file that somebody asked for. The worker makes it part by part, and it goes soon."""

    first_day = models.DateField(help_text="That orders were placed on, in the practice's time zone.")
    last_day = models.DateField()
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    orders = models.PositiveIntegerField(default=0, editable=False, help_text="How many there were when it was asked.")
    orders_done = models.PositiveIntegerField(default=0, editable=False)
    parts_made = models.PositiveIntegerField(default=0, editable=False)
    last_order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    made_at = models.DateTimeField(null=True, editable=False, help_text="When it was whole.")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="sales_export_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return f"Sales of {self.first_day} to {self.last_day}"

    @property
    def filename(self) -> str:
        return f"sales-{self.first_day}-{self.last_day}.csv"


class SalesExportPart(models.Model):
    """Some of its lines."""

    export = models.ForeignKey(SalesExport, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    text = models.TextField()

    class Meta:
        ordering = ["export", "number"]
        constraints = [models.UniqueConstraint(fields=["export", "number"], name="sales_export_part_is_made_once")]

    def __str__(self) -> str:
        return f"{self.export}, part {self.number}"
