from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from courses.models import Ticket, Workshop, WorkshopSeries
from courses.row_parts import give_sessions
from kit.database.questions import give
from kit.database.word_index import WordIndex, Words
from kit.forms.fields import EmailField
from kit.guard.tokens import new_secret
from kit.local.locales import said
from kit.local.times import validate_zone
from kit.pages.paths import path_by_secret
from orders.models import order_status
from orders.models.by_transfer import ByTransfer
from orders.models.discounts import DiscountCode, GeneralCode
from orders.models.line_rows import lines_of
from orders.models.money import MONEY
from orders.models.order_status import OrderStatus
from orders.models.sold_series import OfWorkshops, OnAWorkshop
from orders.models.vat_treatment import VatTreatment
from practice import refund_policy
from practice.models import Page, Practice

if TYPE_CHECKING:
    from orders.models.consents import Consent
    from orders.models.disputes import Dispute


class OrderQuerySet(models.QuerySet["Order"]):
    def of_addresses(self, keys: list[str]) -> "OrderQuerySet":
        return self.filter(email_key__in=keys)

    def overdue(self) -> "OrderQuerySet":
        """Invoices that should have been paid by now."""
        return self.awaiting_transfer().filter(invoice_due_on__lt=Practice.current().today())

    def awaiting_transfer(self) -> "OrderQuerySet":
        return self.filter(status__in=order_status.AWAITS_TRANSFER)

    def payable_by_transfer(self) -> "OrderQuerySet":
        """By an invoice, or as the difference of a dearer place that an organisation has."""
        is_difference = Q(moved_from__isnull=False, status__in=order_status.PAYABLE_BY_CARD) & ~Q(organisation="")
        return self.filter(Q(invoice_due_on__isnull=False) | is_difference)

    def on(self, workshops: "models.QuerySet[Workshop] | Iterable[Workshop]") -> "OrderQuerySet":
        """With a place on one of these workshops, whatever became of it."""
        return self.filter(pk__in=OrderLine.objects.filter(ticket__workshop__in=workshops).values("order"))

    def awaiting_payment(self) -> "OrderQuerySet":
        return self.filter(status__in=order_status.HOLDING)


class Order(ByTransfer, OfWorkshops, models.Model):
    """One purchase by one buyer: places on one workshop, or one person's on each workshop of a series. Prices and rules
    are those that stood when it was placed."""

    Status = OrderStatus

    number = models.CharField(max_length=12, unique=True, editable=False)
    secret = models.CharField(max_length=40, unique=True, default=new_secret, editable=False)
    key = models.UUIDField(
        unique=True, default=uuid4, editable=False, help_text="From the form: a second submit finds the first order."
    )
    workshop = models.ForeignKey(
        Workshop, on_delete=models.PROTECT, related_name="orders", help_text="Of a series, the first of its workshops."
    )
    series = models.ForeignKey(
        WorkshopSeries, on_delete=models.PROTECT, null=True, blank=True, related_name="orders", editable=False
    )
    buyer_name = models.CharField(max_length=120)
    buyer_email = EmailField()
    email_key = models.CharField(max_length=254, editable=False, db_index=True)
    benefit_key = models.CharField(max_length=254, editable=False, db_index=True)
    from_network = models.CharField(
        max_length=64, blank=True, editable=False, help_text="A hash, by which unpaid places are counted."
    )
    from_browser = models.CharField(max_length=64, blank=True, editable=False, help_text="A hash of whoever placed it.")
    links_since = models.DateTimeField(
        null=True, editable=False, help_text="When the address was corrected: the links of earlier mails have ended."
    )
    time_zone = models.CharField(max_length=64, default="Europe/London", validators=[validate_zone])
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PENDING, editable=False)
    currency = models.CharField(max_length=3, editable=False)
    total = models.DecimalField(**MONEY, editable=False)
    discount_code = models.ForeignKey(
        DiscountCode, on_delete=models.PROTECT, null=True, blank=True, related_name="orders", editable=False
    )
    general_code = models.ForeignKey(
        GeneralCode, on_delete=models.PROTECT, null=True, blank=True, related_name="orders", editable=False
    )
    discount_words = models.CharField(max_length=120, blank=True, editable=False)
    group_places = models.PositiveSmallIntegerField(
        "places that the group price is for", null=True, editable=False, help_text="Empty: it has no group price."
    )
    terms = models.ForeignKey(Page, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    terms_words = models.TextField(
        "terms in these words", blank=True, editable=False, help_text="As they stood beside the box that was ticked."
    )
    refund_terms = models.JSONField(default=dict, blank=True, editable=False)  # practice.refund_policy.snapshot()
    agreed_at = models.DateTimeField(editable=False)
    news_words = models.CharField(
        "asked for the newsletter",
        max_length=200,
        blank=True,
        editable=False,
        help_text="In the words that were ticked.",
    )
    news_asked_at = models.DateTimeField("asked to confirm it", null=True, editable=False)
    held_until = models.DateTimeField(editable=False)
    placed_at = models.DateTimeField(default=timezone.now, editable=False)
    paid_at = models.DateTimeField(null=True, editable=False)
    # An organisation that pays by transfer
    organisation = models.CharField(max_length=200, blank=True)
    organisation_address = models.TextField(blank=True, max_length=500)
    po_number = models.CharField("purchase order number", max_length=60, blank=True, db_index=True)
    invoice_due_on = models.DateField(null=True, blank=True, help_text="In the practice's time zone.")
    # A place that was moved here from another workshop, and what it brings along
    moved_from = models.ForeignKey(
        "OrderLine", on_delete=models.PROTECT, null=True, blank=True, related_name="moves", editable=False
    )
    credit = models.DecimalField(**MONEY, default=Decimal(), editable=False)
    added_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="additions", editable=False
    )

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_at", "-pk"]
        indexes = [
            models.Index(fields=["placed_at", "id"], name="order_by_day"),
            models.Index(fields=["status", "placed_at", "id"], name="order_by_status"),
            models.Index(fields=["paid_at"], name="order_by_payment_day"),
            models.Index(fields=["status"], condition=Q(invoice_due_on__isnull=False), name="order_by_invoice"),
            models.Index(
                fields=["from_network"], condition=Q(status__in=order_status.HOLDING), name="order_unpaid_by_network"
            ),
            WordIndex(Words("buyer_name"), Words("buyer_email"), Words("organisation"), name="order_by_buyer"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(total__gte=0), name="order_total_is_not_negative"),
            models.UniqueConstraint(
                fields=["discount_code"],
                condition=Q(status__in=order_status.USES_CODE),
                name="order_uses_a_code_alone",
            ),
            models.UniqueConstraint(
                fields=["general_code", "benefit_key"],
                condition=Q(status__in=order_status.USES_CODE),
                name="order_uses_a_general_code_once_per_person",
            ),
            models.CheckConstraint(
                condition=Q(credit__gte=0, credit__lte=F("total")), name="order_credit_is_within_the_total"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return path_by_secret("orders:order", self.secret)

    @property
    def audit_label(self) -> str:
        return f"Order {self.number}"

    @property
    def is_unconfirmed(self) -> bool:
        """Nobody has pressed the button behind the link in its mail yet."""
        return self.status == self.Status.UNCONFIRMED

    @property
    def is_paid(self) -> bool:
        return self.status == self.Status.PAID

    @property
    def is_refundable(self) -> bool:
        """Whether the desk may send money of it back."""
        return self.status in order_status.REFUNDABLE

    @property
    def is_freeable(self) -> bool:
        """Its places are held, and no money of it has come or is on its way."""
        return self.status in order_status.FREEABLE

    @property
    def is_unseated(self) -> bool:
        return self.status == self.Status.UNSEATED

    @property
    def is_in_review(self) -> bool:
        return self.status == self.Status.REVIEW

    @property
    def came_late(self) -> bool:
        """Its money came when the workshop had begun or was over; uses what was prefetched."""
        return any(payment.is_late for payment in self.payments.all())

    @property
    def was_heard_late(self) -> bool:
        """It was paid in time, and we heard of it when the workshop had begun; uses what was prefetched."""
        return self.first_workshop.has_started and any(payment.was_heard_late for payment in self.payments.all())

    @property
    def may_be_seated_late(self) -> bool:
        """A person at the desk says whether it gets its places all the same, or its money back."""
        return self.is_in_review and self.came_late

    @property
    def is_given_back(self) -> bool:
        return self.status == self.Status.CANCELLED

    @property
    def booked_at(self) -> datetime:
        """When the contract was made: with the money. The days to change one's mind count from then."""
        return self.paid_at or self.placed_at

    def tickets(self) -> list[Ticket]:
        """Those of all its lines, with their ticket types; asks for them anew each time."""
        return [line.ticket for line in self.lines.select_related("ticket__ticket_type")]

    def load_lines(self) -> list[Ticket]:
        """The same, with the lines and their consents, which this object knows from now on.

        Each ticket knows whether somebody on the waiting list was offered it, and the hours of its workshop.
        """
        found = lines_of(order=self.pk)
        give(self, "lines", found)
        for line in found:
            workshop = self.workshop_of(line.ticket)
            line.order, line.ticket.workshop, line.ticket.was_offered = self, workshop, line.was_offered
            give_sessions(workshop, line.its_sessions)
            if not line.has_consents:
                give(line, "consents", [])
        models.prefetch_related_objects(found, "consents")
        return [line.ticket for line in found]

    @property
    def booked_lines(self) -> list["OrderLine"]:
        """The places that somebody will take; uses what was prefetched."""
        return [line for line in self.lines.all() if line.ticket.is_confirmed]

    @property
    def moved_to(self) -> "Order | None":
        """Where a place of it went, when nobody is left here; uses what was prefetched."""
        moved = (line.moved_to for line in self.lines.all() if line.moved_to)
        return None if self.booked_lines else next(moved, None)

    @property
    def is_holding(self) -> bool:
        """Waiting for money or for a press, with time left."""
        return self.status in order_status.HOLDING and self.held_until > timezone.now()

    @property
    def pay_until(self) -> datetime:
        """When the open payment page closes; the places are held a little longer, for payments at the last moment."""
        attempts = [payment for payment in self.payments.all() if payment.is_unfinished]
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
    def open_disputes(self) -> list["Dispute"]:
        """Also of money that a moved place brought along. Uses what was prefetched."""
        return [each for payment in self.payments.all() for each in payment.through.disputes.all() if each.is_open]

    @property
    def is_disputed(self) -> bool:
        return bool(self.open_disputes)

    @property
    def refund_lines(self) -> list[str]:
        """The refund policy in the words that the buyer saw."""
        of_group = [refund_policy.group_sentence(self.group_places)] if self.group_places else []
        return [*refund_policy.words_of(self.refund_terms), *of_group]

    @property
    def consents(self) -> list["Consent"]:
        """Each once, however many places it is for; uses what was prefetched."""
        given = [consent for line in self.lines.all() for consent in line.consents.all()]
        return list({consent.words: consent for consent in given}.values())

    @property
    def has_receipt(self) -> bool:
        """It was paid, so its receipt is here or made in a moment."""
        return self.paid_at is not None and self.total > 0

    def paid_amount(self) -> Decimal:
        return self.payments.received_total()

    def refunded_amount(self) -> Decimal:
        return self.payments.refunded_total()

    def balance(self) -> Decimal:
        """What the practice holds for this order: paid less refunded, and less what a bank took in a dispute."""
        return sum((payment.left() for payment in self.payments.paid().select_related("source")), Decimal())


class OrderLine(OnAWorkshop, models.Model):
    """One place as it was sold."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="+")
    description = models.CharField(max_length=200)
    price = models.DecimalField(**MONEY, help_text="List price of the ticket type.")
    discount = models.DecimalField(**MONEY, default=Decimal())
    vat_treatment = models.CharField(
        said("VAT"), max_length=16, choices=VatTreatment.choices, default=VatTreatment.NOT_REGISTERED, editable=False
    )
    vat_rate = models.DecimalField(
        max_digits=4, decimal_places=1, null=True, editable=False, help_text="Per cent; empty where none is charged."
    )
    shifted = models.DecimalField(
        **MONEY,
        default=Decimal(),
        editable=False,
        help_text="When a group became too small for its price: kept for this place, or of it for others.",
    )
    vat = models.DecimalField(
        "VAT in it", **MONEY, default=Decimal(), editable=False, help_text="As sold: the lines add up to the order's."
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(price__gte=0, discount__gte=0, discount__lte=F("price")), name="order_line_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(vat__gte=0, vat__lte=F("price") - F("discount")), name="order_line_vat_is_within_it"
            ),
            models.CheckConstraint(
                condition=Q(shifted__gte=F("discount") - F("price"), shifted__lte=F("discount")),
                name="order_line_worth_is_within_its_price",
            ),
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def total(self) -> Decimal:
        return self.price - self.discount

    @property
    def worth(self) -> Decimal:
        """What counts as paid for it: all lines' together is what was paid for the order."""
        return self.total + self.shifted

    @property
    def is_promised_back(self) -> bool:
        """Whether somebody decides on our word that all of it comes back, whatever becomes of the workshop."""
        offer = getattr(self, "rebooking_offer", None)
        return offer is not None and offer.is_open

    @property
    def moved_to(self) -> Order | None:
        """The order that this place went to; uses what was prefetched."""
        return next((order for order in self.moves.all() if order.paid_at), None)

    @property
    def moving_to(self) -> Order | None:
        """The order that waits for the difference of a dearer workshop."""
        return next((order for order in self.moves.all() if order.is_holding), None)

    def has_consent(self, kind: str, *, before: datetime | None = None) -> bool:
        """Whether the buyer asked for it, and in time; uses what was prefetched."""
        given = [consent for consent in self.consents.all() if consent.kind == kind]
        return any(before is None or consent.given_at <= before for consent in given)

    def left(self) -> Decimal:
        """What was paid for this place and has not been sent back for it; uses what was prefetched."""
        gone = sum((refund.amount for refund in self.refunds.all() if refund.is_counting), Decimal())
        return max(Decimal(), self.worth - gone)
