from decimal import Decimal
from uuid import uuid4

from django.db import models
from django.db.models import Q, Sum
from django.utils import timezone

from accounts.models import User
from kit.local.money import money
from orders.models.money import MONEY


class BankColumns(models.Model):
    """Where in a bank's file the day, the sum and the words stand: remembered by its headings."""

    key = models.CharField(max_length=64, unique=True, help_text="Of the headings.")
    columns = models.JSONField()

    class Meta:
        verbose_name_plural = "bank columns"

    def __str__(self) -> str:
        return self.key[:8]


class BankLineQuerySet(models.QuerySet["BankLine"]):
    def waiting(self) -> "BankLineQuerySet":
        return self.filter(status=BankLine.Status.WAITING)


class BankLine(models.Model):
    """Money that came into the account, as a line of a bank's file tells; each line stands here once."""

    class Status(models.TextChoices):
        WAITING = "waiting", "to be assigned"
        RECORDED = "recorded", "recorded"
        ASIDE = "aside", "set aside"

    booked_on = models.DateField("in the bank on")
    amount = models.DecimalField(**MONEY)
    currency = models.CharField(max_length=3)
    payer = models.CharField(max_length=200, blank=True)
    words = models.CharField("reference", max_length=500, blank=True, help_text="What the payer wrote.")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING, editable=False)
    because = models.CharField(max_length=200, blank=True, editable=False, help_text="Why it was set aside.")
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    reading = models.UUIDField(default=uuid4, editable=False, db_index=True, help_text="The file that it came with.")
    read_at = models.DateTimeField(default=timezone.now, editable=False)
    read_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)

    objects = BankLineQuerySet.as_manager()

    class Meta:
        ordering = ["-booked_on", "-pk"]
        indexes = [models.Index(fields=["status", "booked_on", "id"], name="bank_line_by_status")]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="bank_line_is_money_that_came")]

    def __str__(self) -> str:
        return f"{money(self.amount, self.currency)} of {self.booked_on}"

    @property
    def audit_label(self) -> str:
        return f"Bank line {self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.status == self.Status.WAITING

    @property
    def is_aside(self) -> bool:
        return self.status == self.Status.ASIDE

    @property
    def text(self) -> str:
        """All in which an order's number may stand."""
        return f"{self.words} {self.payer}"

    def left(self) -> Decimal:
        """What of it no transfer was written down for, or only one that was undone."""
        return self.amount - (self.payments.paid().aggregate(sum=Sum("received"))["sum"] or Decimal())
