from datetime import timedelta
from decimal import Decimal

from django.db import models
from django.db.models import Exists, OuterRef, Q, Sum
from django.utils import timezone

from kit.database.plans import of_no_index
from kit.local.money import money
from orders.models.bank_lines import BankLine
from orders.models.money import MONEY
from orders.models.orders import Order, OrderLine
from orders.models.refusals import ITS_TIME, MayBeRefused
from orders.stripe_errors import OF_US

TOLD_WITHIN = timedelta(minutes=15)  # of a payment, where no message was lost


class PaymentQuerySet(models.QuerySet["Payment"]):
    def paid(self) -> "PaymentQuerySet":
        return self.filter(status=Payment.Status.PAID)

    def paid_among(self) -> "PaymentQuerySet":
        """The same, where a day or Stripe's id finds them: nearly all are paid, so that their state finds none."""
        return self.alias(state=of_no_index("status")).filter(state=Payment.Status.PAID)

    def refused(self) -> "PaymentQuerySet":
        """Attempts that Stripe opened no page for; left out are those of orders that have one since."""
        later = Payment.objects.filter(order=OuterRef("order"), attempt__gt=OuterRef("attempt")).exclude(session_id="")
        without = self.filter(refused_at__isnull=False, session_id="", status__in=Payment.WITHOUT_PAGE)
        return without.exclude(Exists(later))

    def refused_for_good(self) -> "PaymentQuerySet":
        """Ended by what Stripe says of the order itself; as `is_refused_as_such`."""
        return self.filter(is_refused_for_good=True, status=Payment.Status.FAILED).exclude(refused_param=ITS_TIME)

    def refused_for_all(self) -> "PaymentQuerySet":
        """For want of a key that Stripe takes, until it opens a page again: also when those attempts have ended."""
        since = Payment.objects.filter(opened_at__gt=OuterRef("refused_at"))
        return self.filter(refused_status__in=OF_US, refused_at__isnull=False).exclude(Exists(since))

    def refused_alone(self) -> "PaymentQuerySet":
        """For any other reason, and the order waits for its payment still."""
        waiting = Order.objects.awaiting_payment().filter(held_until__gt=timezone.now())
        return self.refused().filter(order__in=waiting).exclude(refused_status__in=OF_US)

    def received_total(self) -> Decimal:
        return self.paid().aggregate(sum=Sum("received"))["sum"] or Decimal()

    def surplus_total(self) -> Decimal:
        """What went back because it had come in beyond the price."""
        return Refund.objects.filter(payment__in=self.all(), is_surplus=True).counting().total()

    def refunded_total(self) -> Decimal:
        return Refund.objects.filter(payment__in=self.all()).counting().total()


class Payment(MayBeRefused):
    """One attempt to pay an order: its parameters are frozen before Stripe is asked.

    A transfer is written by the desk when it has come in; a credit is what a moved place brings from another order.
    """

    class Status(models.TextChoices):
        NEW = "new", "not at Stripe yet"
        OPEN = "open", "open at Stripe"
        PROCESSING = "processing", "delayed method, on its way"
        PAID = "paid", "paid"
        EXPIRED = "expired", "expired"
        FAILED = "failed", "failed"
        UNDONE = "undone", "written down by mistake"

    class Method(models.TextChoices):
        STRIPE = "stripe", "Stripe"
        TRANSFER = "transfer", "bank transfer"
        CREDIT = "credit", "brought from another order"

    UNFINISHED = (Status.NEW, Status.OPEN, Status.PROCESSING)
    ENDED = (Status.EXPIRED, Status.FAILED, Status.UNDONE)  # without money; Stripe may still say otherwise
    UNDER_WAY = (Status.OPEN, Status.PROCESSING, Status.PAID)
    IN_OR_COMING = (Status.PROCESSING, Status.PAID)
    ADDING_UP = (Method.TRANSFER, Method.CREDIT)  # several may pay one order; of the others a second one goes back
    WITHOUT_PAGE = (Status.NEW, Status.FAILED)  # it may never have become a page to pay on

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    attempt = models.PositiveSmallIntegerField()
    method = models.CharField(max_length=10, choices=Method.choices, default=Method.STRIPE, editable=False)
    source = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="credits",
        editable=False,
        help_text="Of a credit: the payment that the money came in with, and goes back through.",
    )
    bank_line = models.ForeignKey(
        BankLine,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="payments",
        editable=False,
        help_text="Of a transfer that was recorded from a bank's file.",
    )
    amount = models.DecimalField(**MONEY, help_text="What was asked for.")
    received = models.DecimalField(**MONEY, null=True, editable=False, help_text="What came in.")
    fee = models.DecimalField(**MONEY, null=True, editable=False, help_text="What Stripe kept.")
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.NEW, editable=False)
    expires_at = models.DateTimeField(help_text="Frozen, so that a repeated request is the same request.")
    session_id = models.CharField("Stripe session", max_length=100, blank=True, db_index=True)
    session_url = models.URLField(max_length=2000, blank=True)
    intent_id = models.CharField("Stripe payment intent", max_length=100, blank=True, db_index=True)
    is_live = models.BooleanField("real money", default=False)
    is_wrong_amount = models.BooleanField(
        "wrong amount", default=False, editable=False, help_text="What came in is not what was asked for."
    )
    is_late = models.BooleanField(
        "came late",
        default=False,
        editable=False,
        help_text="When it came, the workshop had begun or was over, and nobody was seated for it.",
    )
    note = models.CharField(max_length=200, blank=True, help_text="What a person must look at.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    paid_at = models.DateTimeField(
        null=True, editable=False, help_text="When it came in: by Stripe's clock, or on the bank statement."
    )
    recorded_at = models.DateTimeField(null=True, editable=False, help_text="When we heard of it.")
    opened_at = models.DateTimeField(null=True, editable=False, help_text="When Stripe made its page.")

    objects = PaymentQuerySet.as_manager()

    class Meta:
        ordering = ["order", "attempt"]
        indexes = [
            models.Index(fields=["status", "created_at"], name="payment_by_status"),
            models.Index(fields=["paid_at"], name="payment_by_day"),
            models.Index(fields=["opened_at"], name="payment_by_opening"),
            models.Index(fields=["refused_at"], name="payment_refused", condition=Q(refused_at__isnull=False)),
            models.Index(fields=["recorded_at"], name="payment_by_recording"),
        ]
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
    def audit_label(self) -> str:
        return f"Payment {self.attempt} of order {self.order.number}"

    @property
    def is_unfinished(self) -> bool:
        return self.status in self.UNFINISHED

    @property
    def has_failed(self) -> bool:
        return self.status == self.Status.FAILED

    @property
    def came_by_transfer(self) -> bool:
        """It goes back the same way, by hand. What was brought from another order counts as it came in there."""
        return self.through.method == self.Method.TRANSFER and self.status == self.Status.PAID

    @property
    def was_heard_late(self) -> bool:
        """It was paid before the workshop began, and nobody told us in time."""
        starts_at = self.order.first_workshop.starts_at
        if starts_at is None or self.paid_at is None or self.recorded_at is None:
            return False
        return self.paid_at < starts_at <= self.recorded_at and self.recorded_at - self.paid_at > TOLD_WITHIN

    @property
    def net(self) -> Decimal | None:
        """What is left of it after Stripe's fee; None until the fee is known."""
        return None if self.fee is None or self.received is None else self.received - self.fee

    @property
    def idempotency_key(self) -> str:
        return f"order:{self.order.key}:session:{self.attempt}"

    @property
    def through(self) -> "Payment":
        """The payment at Stripe, or the transfer, that this money came in with and goes back through."""
        return self.source or self

    def left(self) -> Decimal:
        """What came in and has not been sent back, nor taken along to another order, nor taken by the buyer's bank.

        A credit has no more than is left of the payment that it goes back through.
        """
        gone = self.refunds.counting().total() + self.disputes.taken().total()
        left = max(Decimal(), (self.received or Decimal()) - gone)
        return min(left, self.source.left_to_go_back()) if self.source else left

    def left_to_go_back(self) -> Decimal:
        """Of all that came in with it, whichever orders hold it now."""
        gone = Refund.objects.through(self).counting().total() + self.disputes.taken().total()
        return max(Decimal(), (self.received or Decimal()) - gone)


class RefundQuerySet(models.QuerySet["Refund"]):
    def counting(self) -> "RefundQuerySet":
        """Money that has gone back or is about to."""
        return self.exclude(status__in=Refund.NOT_SENT)

    def through(self, payment: Payment) -> "RefundQuerySet":
        """All that Stripe was asked to send back of a payment, also for the orders that its money was moved to."""
        return self.filter(Q(payment=payment) | Q(payment__source=payment), credit=None)

    def by_hand(self) -> "RefundQuerySet":
        """As `is_by_hand` says of each."""
        transfer = Payment.Method.TRANSFER
        came_by_transfer = Q(payment__method=transfer) | Q(payment__source__method=transfer)
        return self.filter(came_by_transfer | Q(is_by_bank=True), credit=None)

    def to_send_by_hand(self) -> "RefundQuerySet":
        return self.by_hand().filter(status=Refund.Status.REQUESTED)

    def total(self) -> Decimal:
        return self.aggregate(sum=Sum("amount"))["sum"] or Decimal()


class Refund(MayBeRefused):
    """Money on its way back. The row is saved before Stripe is asked, and its id is the key.

    With a `credit` it is money that a moved place took along: done at once, and never Stripe's business.
    """

    class Status(models.TextChoices):
        REQUESTED = "requested", "asked for"
        PENDING = "pending", "on its way"
        SUCCEEDED = "succeeded", "done"
        FAILED = "failed", "failed"
        CANCELED = "canceled", "cancelled at Stripe"
        REPLACED = "replaced", "replaced by another"

    class Origin(models.TextChoices):
        HERE = "here", "asked for here"
        STRIPE = "stripe", "made at Stripe"

    AT_STRIPE = (Status.PENDING, Status.SUCCEEDED)
    NOT_SENT = (Status.FAILED, Status.CANCELED, Status.REPLACED)
    STOPPED = (Status.FAILED, Status.CANCELED)  # by Stripe or a bank: the money is still here

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
    credit = models.OneToOneField(
        Payment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="brought_by",
        editable=False,
        help_text="Of a place that was moved: where the money went instead of back. Stripe is never asked for it.",
    )
    amount = models.DecimalField(**MONEY)
    is_surplus = models.BooleanField(
        "surplus", default=False, editable=False, help_text="It came in beyond the price: no sale, and no credit note."
    )
    is_by_bank = models.BooleanField(
        "by bank transfer", default=False, editable=False, help_text="The card did not take it: a person sends it."
    )
    reason = models.CharField(max_length=200)
    origin = models.CharField(max_length=6, choices=Origin.choices, default=Origin.HERE, editable=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.REQUESTED, editable=False)
    refund_id = models.CharField("Stripe refund", max_length=100, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    paid_at = models.DateTimeField(
        null=True, editable=False, help_text="When it was made: by Stripe's clock, or when the desk had sent it."
    )
    recorded_at = models.DateTimeField(null=True, editable=False, help_text="When we heard that it was made.")

    objects = RefundQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["refund_id", "payment"], condition=~Q(refund_id=""), name="refund_id_is_once_for_a_payment"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{money(self.amount, self.payment.currency)} for {self.payment.order}"

    @property
    def audit_label(self) -> str:
        return f"Refund {self.pk} of order {self.payment.order.number}"

    @property
    def is_counting(self) -> bool:
        """As `RefundQuerySet.counting`."""
        return self.status not in self.NOT_SENT

    @property
    def is_requested(self) -> bool:
        return self.status == self.Status.REQUESTED

    @property
    def is_pending(self) -> bool:
        return self.status == self.Status.PENDING

    @property
    def is_succeeded(self) -> bool:
        return self.status == self.Status.SUCCEEDED

    @property
    def has_failed(self) -> bool:
        return self.status == self.Status.FAILED

    @property
    def is_by_hand(self) -> bool:
        """A person sends it from the bank; Stripe knows nothing of it."""
        return self.is_by_bank or (self.payment.through.method == Payment.Method.TRANSFER and not self.credit_id)

    @property
    def idempotency_key(self) -> str:
        return f"refund:{self.payment.order.key}:{self.pk}"
