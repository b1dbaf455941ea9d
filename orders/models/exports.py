from django.db import models
from django.utils import timezone

from accounts.models import User
from orders.models.orders import Order


class SalesExport(models.Model):
    """The sales of some days as a file that somebody asked for. The worker makes it part by part, and it goes soon.

    Or the journal of money of these days: then what is counted are the days themselves.
    """

    class What(models.TextChoices):
        SALES = "sales", "sales, by the day of the order"
        JOURNAL = "journal", "journal of money, by the day it moved"

    what = models.CharField(max_length=8, choices=What.choices, default=What.SALES, editable=False)
    first_day = models.DateField(help_text="That orders were placed on, or money moved on, in the practice's zone.")
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
        return f"{self.what.capitalize()} of {self.first_day} to {self.last_day}"

    @property
    def filename(self) -> str:
        return f"{self.what}-{self.first_day}-{self.last_day}.csv"

    @property
    def is_journal(self) -> bool:
        return self.what == self.What.JOURNAL

    @property
    def counted(self) -> str:
        """What it has so many of: orders, or the days of a journal."""
        return "day" if self.is_journal else "order"

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1


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
