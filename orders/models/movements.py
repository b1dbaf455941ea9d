from decimal import Decimal

from django.db import models
from django.db.models import Sum

from kit.local.money import money
from orders.models.money import MONEY

PENNY = Decimal("0.01")


class Payout(models.Model):
    """Money that Stripe sent to the practice's bank. Its state is Stripe's word, taken over as it is."""

    class Status(models.TextChoices):
        PENDING = "pending", "being prepared"
        IN_TRANSIT = "in_transit", "on its way"
        PAID = "paid", "arrived"
        FAILED = "failed", "failed: the bank sent it back"
        CANCELED = "canceled", "cancelled"

    ON_THE_WAY = (Status.PENDING, Status.IN_TRANSIT)
    CAME_BACK = (Status.FAILED, Status.CANCELED)

    payout_id = models.CharField("Stripe payout", max_length=100, unique=True)
    status = models.CharField(max_length=20, choices=Status.choices)
    amount = models.DecimalField(**MONEY)
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField("sent at")
    arrives_on = models.DateField("at the bank on")
    is_told_whole = models.BooleanField(
        "made up by Stripe",
        help_text="Stripe says what it is made of. Of one that a person asked for it does not.",
    )
    is_read = models.BooleanField("read", default=False, help_text="All that it is made of is known here.")
    is_live = models.BooleanField("real money", default=False)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{money(self.amount, self.currency)} ({self.payout_id})"


class MovementQuerySet(models.QuerySet["Movement"]):
    def net_total(self) -> Decimal:
        """To the penny: SQLite adds as it adds lengths."""
        sums = self.aggregate(amount=Sum("amount", default=0), fee=Sum("fee", default=0))
        return (Decimal(sums["amount"]) - Decimal(sums["fee"])).quantize(PENNY)


class Movement(models.Model):
    """A line of the practice's balance at Stripe, as Stripe booked it. It never changes.

    Which row of ours it belongs to is found by Stripe's ids: the payment by its intent, whichever was here first.
    """

    class Kind(models.TextChoices):
        PAYMENT = "payment", "payment by card"
        REFUND = "refund", "refund"
        REFUND_BACK = "refund_back", "refund that a bank sent back"
        DISPUTE = "dispute", "taken in a dispute"
        DISPUTE_BACK = "dispute_back", "dispute won"
        FEE = "fee", "fee of Stripe's own"
        OTHER = "other", "other"
        PAYOUT = "payout", "payout"
        PAYOUT_BACK = "payout_back", "payout that came back"

    TO_THE_BANK = (Kind.PAYOUT, Kind.PAYOUT_BACK)

    transaction_id = models.CharField("Stripe transaction", max_length=100, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    amount = models.DecimalField(**MONEY, help_text="Negative where it left the balance.")
    fee = models.DecimalField(**MONEY, help_text="What Stripe kept of it.")
    currency = models.CharField(max_length=3)
    moved_at = models.DateTimeField("booked at")
    source_id = models.CharField("of", max_length=100, blank=True, db_index=True)
    intent_id = models.CharField("Stripe payment intent", max_length=100, blank=True, db_index=True)
    is_ours = models.BooleanField("made by this site", default=False)
    words = models.CharField("Stripe's words", max_length=200, blank=True)
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, null=True, blank=True, related_name="movements")
    is_live = models.BooleanField("real money", default=False)

    objects = MovementQuerySet.as_manager()

    class Meta:
        ordering = ["-moved_at", "-pk"]
        indexes = [models.Index(fields=["moved_at", "id"], name="movement_by_day")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.transaction_id}"

    @property
    def net(self) -> Decimal:
        return self.amount - self.fee


class BalanceReading(models.Model):
    """How far the balance at Stripe was read: forwards to a moment, and from where it began back to the first."""

    is_live = models.BooleanField("real money", unique=True)
    began_at = models.DateTimeField()
    read_until = models.DateTimeField()
    oldest_id = models.CharField(max_length=100, blank=True, help_text="Where reading backwards goes on from.")
    is_whole = models.BooleanField(default=False, help_text="Nothing is older than what is here.")

    def __str__(self) -> str:
        return f"read until {self.read_until:%Y-%m-%d %H:%M}"
