from decimal import Decimal

from django.db import models
from django.db.models import Q, Sum
from django.utils import timezone

from kit.local.money import money
from orders.models.money import MONEY
from orders.models.payments import Payment


class DisputeQuerySet(models.QuerySet["Dispute"]):
    def open(self) -> "DisputeQuerySet":
        return self.filter(status__in=Dispute.OPEN)

    def to_be_answered(self) -> "DisputeQuerySet":
        return self.filter(status__in=Dispute.TO_BE_ANSWERED)

    def taken(self) -> "DisputeQuerySet":
        """Those whose money the bank has: since they were opened, until they are won."""
        return self.filter(status__in=Dispute.TAKEN)

    def total(self) -> Decimal:
        return self.aggregate(sum=Sum("amount"))["sum"] or Decimal()


class Dispute(models.Model):
    """A buyer's bank asks for the money back. Stripe decides with the bank; the desk sends evidence at Stripe."""

    class Status(models.TextChoices):
        WARNING_NEEDS_RESPONSE = "warning_needs_response", "early warning: answer it at Stripe"
        WARNING_UNDER_REVIEW = "warning_under_review", "early warning: under review"
        WARNING_CLOSED = "warning_closed", "early warning: closed"
        NEEDS_RESPONSE = "needs_response", "open: answer it at Stripe"
        UNDER_REVIEW = "under_review", "open: the bank reads our answer"
        WON = "won", "won"
        LOST = "lost", "lost"
        PREVENTED = "prevented", "prevented by a refund"

    OPEN = (
        Status.WARNING_NEEDS_RESPONSE,
        Status.WARNING_UNDER_REVIEW,
        Status.NEEDS_RESPONSE,
        Status.UNDER_REVIEW,
    )
    CLOSED = (Status.WARNING_CLOSED, Status.WON, Status.LOST, Status.PREVENTED)
    TO_BE_ANSWERED = (Status.WARNING_NEEDS_RESPONSE, Status.NEEDS_RESPONSE)
    WARNINGS = (Status.WARNING_NEEDS_RESPONSE, Status.WARNING_UNDER_REVIEW, Status.WARNING_CLOSED)
    TAKEN = (Status.NEEDS_RESPONSE, Status.UNDER_REVIEW, Status.LOST)

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    dispute_id = models.CharField("Stripe dispute", max_length=100, unique=True)
    amount = models.DecimalField(**MONEY)
    reason = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=24, choices=Status.choices, editable=False)
    evidence_due_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="dispute_amount_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{money(self.amount, self.payment.currency)} of {self.payment.order}"

    @property
    def audit_label(self) -> str:
        return f"Dispute {self.pk} of order {self.payment.order.number}"

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def is_warning(self) -> bool:
        """The bank asks, and has taken nothing."""
        return self.status in self.WARNINGS

    @property
    def is_to_be_answered(self) -> bool:
        return self.status in self.TO_BE_ANSWERED

    @property
    def has_taken_money(self) -> bool:
        return self.status in self.TAKEN

    @property
    def is_prevented(self) -> bool:
        return self.status == self.Status.PREVENTED

    @property
    def reason_words(self) -> str:
        """`product not received`"""
        return self.reason.replace("_", " ")

    @property
    def stripe_url(self) -> str:
        """The payment in Stripe's dashboard, where the dispute is answered."""
        mode = "" if self.payment.is_live else "test/"
        return f"https://dashboard.stripe.com/{mode}payments/{self.payment.intent_id}"
