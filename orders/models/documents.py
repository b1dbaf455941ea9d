from django.db import models
from django.db.models import Q
from django.utils import timezone

from kit.database.plans import of_no_index
from kit.guard.tokens import new_secret
from kit.pages.paths import path_by_secret
from orders.models.money import MONEY
from orders.models.orders import Order
from orders.models.payments import Refund


class Series(models.Model):
    """One run of numbers without a gap: of one issuer, for one kind of document. Its row is locked to take the next."""

    issuer = models.CharField(max_length=120)
    kind = models.CharField(max_length=12)
    prefix = models.CharField(max_length=12)
    last = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["issuer", "kind"]
        verbose_name = "series of numbers"
        verbose_name_plural = "series of numbers"
        constraints = [
            models.UniqueConstraint(fields=["issuer", "kind"], name="series_is_one_for_issuer_and_kind"),
            models.UniqueConstraint(fields=["prefix"], name="series_prefix_is_unique"),
        ]

    def __str__(self) -> str:
        return self.prefix


class DocumentQuerySet(models.QuerySet["Document"]):
    def of_no_refund(self) -> "DocumentQuerySet":
        """Nearly all, and of its index SQLite expects one row: it would read all of them for each order."""
        return self.alias(its_refund=of_no_index("refund")).filter(its_refund=None)


class Document(models.Model):
    """A receipt, an invoice or a credit note as it was issued. Nothing on it ever changes."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", "receipt"
        INVOICE = "invoice", "invoice"
        CREDIT_NOTE = "credit_note", "credit note"

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="documents")
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    key = models.CharField(max_length=80, unique=True, help_text="What it is for: asking twice finds the first.")
    secret = models.CharField(max_length=40, unique=True, default=new_secret, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="documents")
    refund = models.OneToOneField(
        Refund,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="credit_note",
        help_text="Of a credit note.",
    )
    total = models.DecimalField(**MONEY)
    currency = models.CharField(max_length=3)
    issued_at = models.DateTimeField(default=timezone.now)
    facts = models.JSONField(help_text="Everything that stands on it, as it was.")
    proved_at = models.DateTimeField(null=True, editable=False, help_text="When the books found that it adds up.")

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-pk"]
        indexes = [
            models.Index(fields=["issued_at", "id"], name="document_by_day"),
            models.Index(fields=["id"], name="document_not_proved", condition=Q(proved_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["series", "sequence"], name="document_sequence_is_unique"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="document_sequence_starts_at_one"),
            models.CheckConstraint(condition=Q(total__gte=0), name="document_total_is_not_negative"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return path_by_secret("orders:document", self.secret)


class DocumentFile(models.Model):
    """A document as the PDF that its first reader got: made once, and the same for everybody since."""

    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="file")
    content = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.document_id} as PDF"
