from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Sum
from django.urls import reverse
from django.utils import timezone

from courses.models import Ticket, Workshop
from kit.times import validate_zone
from kit.tokens import new_secret
from practice import refund_policy
from practice.models import Page

MONEY = {"max_digits": 10, "decimal_places": 2}


class Discount(models.Model):
    """The rule behind codes: what they take off, and from what."""

    name = models.CharField(max_length=80, unique=True, help_text="For the team, for example “First course”.")
    valid_days = models.PositiveSmallIntegerField(
        default=90, validators=[MinValueValidator(1)], help_text="A code ends this many days after it was issued."
    )
    first_course_only = models.BooleanField(
        default=True, help_text="Refused to people who have booked and paid for a workshop before."
    )
    full_price_only = models.BooleanField(default=True, help_text="Good for full-price tickets only.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class DiscountCode(models.Model):
    """A string issued to one person. It is good for one ticket of one order."""

    class Status(models.TextChoices):
        ISSUED = "issued", "issued"
        RESERVED = "reserved", "reserved by an unpaid order"
        REDEEMED = "redeemed", "redeemed"
        VOID = "void", "void"

    discount = models.ForeignKey(Discount, on_delete=models.PROTECT, related_name="codes")
    code = models.CharField(max_length=20, unique=True)
    percent = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(100)])
    issued_to = models.EmailField(max_length=254)
    benefit_key = models.CharField(max_length=254, editable=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ISSUED, editable=False)
    issued_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(
        help_text="You may extend it. Midnight (00:00) of a day: good to the end of the day before."
    )

    class Meta:
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["discount", "benefit_key"],
                name="discount_code_one_per_person",
                violation_error_message="This person has a code of this discount already.",
            ),
            models.CheckConstraint(condition=Q(percent__gte=1, percent__lte=100), name="discount_code_percent_is_sane"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()


class OrderQuerySet(models.QuerySet["Order"]):
    def of_addresses(self, keys: list[str]) -> "OrderQuerySet":
        return self.filter(email_key__in=keys)

    def for_page(self) -> "OrderQuerySet":
        """With all that an order's page shows, in a fixed number of queries."""
        return self.select_related("workshop__course", "discount_code").prefetch_related(
            "workshop__sessions",
            "workshop__ticket_types",
            "workshop__course__presenters",
            "lines__ticket__ticket_type",
            "payments__refunds",
        )

    def awaiting_payment(self) -> "OrderQuerySet":
        return self.filter(status__in=[Order.Status.PENDING, Order.Status.PROCESSING])


class Order(models.Model):
    """One purchase by one buyer for one workshop; prices and rules as they stood when it was placed."""

    class Status(models.TextChoices):
        PENDING = "pending", "waiting for payment"
        PROCESSING = "processing", "payment on its way"
        PAID = "paid", "paid"
        UNSEATED = "unseated", "paid, no place: refund under way"
        REVIEW = "review", "paid, a person must look"
        LAPSED = "lapsed", "lapsed, not paid"
        CANCELLED = "cancelled", "given back by the buyer, not paid"
        REFUNDED = "refunded", "refunded"
        CLOSED = "closed", "cancelled after booking"

    HOLDING = (Status.PENDING, Status.PROCESSING)

    number = models.CharField(max_length=12, unique=True, editable=False)
    secret = models.CharField(max_length=40, unique=True, default=new_secret, editable=False)
    key = models.UUIDField(
        unique=True, default=uuid4, editable=False, help_text="From the form: a second submit finds the first order."
    )
    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="orders")
    buyer_name = models.CharField(max_length=120)
    buyer_email = models.EmailField(max_length=254)
    email_key = models.CharField(max_length=254, editable=False, db_index=True)
    benefit_key = models.CharField(max_length=254, editable=False, db_index=True)
    time_zone = models.CharField(max_length=64, default="Europe/London", validators=[validate_zone])
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PENDING, editable=False)
    currency = models.CharField(max_length=3, editable=False)
    total = models.DecimalField(**MONEY, editable=False)
    vat_rate = models.DecimalField(max_digits=4, decimal_places=1, null=True, editable=False)
    discount_code = models.ForeignKey(
        DiscountCode, on_delete=models.PROTECT, null=True, blank=True, related_name="orders", editable=False
    )
    discount_words = models.CharField(max_length=120, blank=True, editable=False)
    terms = models.ForeignKey(Page, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    refund_terms = models.JSONField(default=dict, blank=True, editable=False)  # practice.refund_policy.snapshot()
    agreed_at = models.DateTimeField(editable=False)
    wants_news = models.BooleanField("asked for the newsletter", default=False, editable=False)
    held_until = models.DateTimeField(editable=False)
    placed_at = models.DateTimeField(default=timezone.now, editable=False)
    paid_at = models.DateTimeField(null=True, editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(total__gte=0), name="order_total_is_not_negative"),
            models.UniqueConstraint(
                fields=["discount_code"],
                condition=Q(status__in=["pending", "processing", "paid", "review"]),
                name="order_uses_a_code_alone",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("orders:order", args=[self.secret])

    @property
    def is_paid(self) -> bool:
        return self.status == self.Status.PAID

    @property
    def booked_lines(self) -> list["OrderLine"]:
        """The places that somebody will take; uses what was prefetched."""
        return [line for line in self.lines.all() if line.ticket.is_confirmed]

    @property
    def is_holding(self) -> bool:
        """Waiting for money, with time left."""
        return self.status in self.HOLDING and self.held_until > timezone.now()

    @property
    def pay_until(self) -> datetime:
        """When the open payment page closes; the places are held a little longer, for payments at the last moment."""
        attempts = [payment for payment in self.payments.all() if payment.status in Payment.UNFINISHED]
        return attempts[-1].expires_at if attempts else self.held_until

    @property
    def seconds_to_pay(self) -> int:
        return max(0, int((self.pay_until - timezone.now()).total_seconds()))

    @property
    def list_total(self) -> Decimal:
        return sum((line.price for line in self.lines.all()), Decimal())

    @property
    def discount_amount(self) -> Decimal:
        return self.list_total - self.total

    @property
    def vat_included(self) -> Decimal | None:
        """The VAT that the total contains, or None where none is charged."""
        if self.vat_rate is None:
            return None
        net = self.total / (1 + self.vat_rate / 100)
        return (self.total - net).quantize(Decimal("0.01"))

    @property
    def refund_lines(self) -> list[str]:
        """The refund policy in the words that the buyer saw."""
        return refund_policy.words_of(self.refund_terms)

    def paid_amount(self) -> Decimal:
        return self.payments.filter(status=Payment.Status.PAID).aggregate(sum=Sum("received"))["sum"] or Decimal()

    def refunded_amount(self) -> Decimal:
        return Refund.objects.filter(payment__order=self).counting().total()

    def balance(self) -> Decimal:
        """What the practice holds for this order: paid less refunded."""
        return self.paid_amount() - self.refunded_amount()


class OrderLine(models.Model):
    """One place as it was sold."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="+")
    description = models.CharField(max_length=200)
    price = models.DecimalField(**MONEY, help_text="List price of the ticket type.")
    discount = models.DecimalField(**MONEY, default=Decimal())

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(price__gte=0, discount__gte=0, discount__lte=F("price")), name="order_line_adds_up"
            )
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def total(self) -> Decimal:
        return self.price - self.discount

    def left(self) -> Decimal:
        """What was paid for this place and has not been sent back for it."""
        return max(Decimal(), self.total - self.refunds.counting().total())


class Payment(models.Model):
    """One attempt to pay an order: its parameters are frozen before Stripe is asked."""

    class Status(models.TextChoices):
        NEW = "new", "not at Stripe yet"
        OPEN = "open", "open at Stripe"
        PROCESSING = "processing", "delayed method, on its way"
        PAID = "paid", "paid"
        EXPIRED = "expired", "expired"
        FAILED = "failed", "failed"

    UNFINISHED = (Status.NEW, Status.OPEN, Status.PROCESSING)

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    attempt = models.PositiveSmallIntegerField()
    amount = models.DecimalField(**MONEY, help_text="What was asked for.")
    received = models.DecimalField(**MONEY, null=True, editable=False, help_text="What came in.")
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.NEW, editable=False)
    expires_at = models.DateTimeField(help_text="Frozen, so that a repeated request is the same request.")
    session_id = models.CharField("Stripe session", max_length=100, blank=True)
    session_url = models.URLField(max_length=2000, blank=True)
    intent_id = models.CharField("Stripe payment intent", max_length=100, blank=True, db_index=True)
    is_live = models.BooleanField("real money", default=False)
    note = models.CharField(max_length=200, blank=True, help_text="What a person must look at.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    paid_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["order", "attempt"]
        constraints = [
            models.UniqueConstraint(fields=["order", "attempt"], name="payment_attempt_is_unique"),
            models.UniqueConstraint(
                fields=["session_id"], condition=~Q(session_id=""), name="payment_session_is_unique"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="payment_amount_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.order}, attempt {self.attempt}"

    @property
    def idempotency_key(self) -> str:
        return f"order:{self.order.key}:session:{self.attempt}"

    def left(self) -> Decimal:
        """What came in and has not been sent back."""
        return (self.received or Decimal()) - self.refunds.counting().total()


class RefundQuerySet(models.QuerySet["Refund"]):
    def counting(self) -> "RefundQuerySet":
        """Money that has gone back or is about to."""
        return self.exclude(status__in=Refund.NOT_SENT)

    def total(self) -> Decimal:
        return self.aggregate(sum=Sum("amount"))["sum"] or Decimal()


class Refund(models.Model):
    """Money on its way back. The row is saved before Stripe is asked, and its id is the key."""

    class Status(models.TextChoices):
        REQUESTED = "requested", "asked for"
        PENDING = "pending", "on its way"
        SUCCEEDED = "succeeded", "done"
        FAILED = "failed", "failed"
        CANCELED = "canceled", "cancelled at Stripe"
        REPLACED = "replaced", "failed, asked for again"

    NOT_SENT = (Status.FAILED, Status.CANCELED, Status.REPLACED)

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    line = models.ForeignKey(
        OrderLine,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="refunds",
        verbose_name="place",
        help_text="Empty: for the order as a whole.",
    )
    amount = models.DecimalField(**MONEY)
    reason = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.REQUESTED, editable=False)
    refund_id = models.CharField("Stripe refund", max_length=100, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RefundQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["refund_id"], condition=~Q(refund_id=""), name="refund_id_is_unique"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.payment.currency} for {self.payment.order}"

    @property
    def idempotency_key(self) -> str:
        return f"refund:{self.payment.order.key}:{self.pk}"


class StripeEvent(models.Model):
    """One event as Stripe told it, stored once; a repeat of an unfinished one is worked on again."""

    event_id = models.CharField(max_length=100, unique=True)
    type = models.CharField(max_length=100)
    payload = models.JSONField()
    received_at = models.DateTimeField(default=timezone.now, editable=False)
    done_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-received_at", "-pk"]
        verbose_name = "Stripe event"

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"
