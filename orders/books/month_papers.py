"""What the papers of a month say, and which orders' money did something else in that month."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from orders.documents import document_facts
from orders.documents.journal import SENT_BACK, TRANSFER, Entry
from orders.models import Document, Movement, Order, Payment, Refund

NOTHING = Decimal("0.00")
Kind = Movement.Kind
CAME_IN = {Kind.PAYMENT, TRANSFER}
WENT_BACK = {Kind.REFUND, Kind.REFUND_BACK, SENT_BACK}
Sums = dict[int, Decimal]  # by the order's row


@dataclass(frozen=True)
class Papers:
    """Receipts, and credit notes that take back what a receipt was for, as they were issued."""

    receipts: list[Document]
    credit_notes: list[Document]

    @property
    def received(self) -> Decimal:
        return _total(self.receipts)

    @property
    def credited(self) -> Decimal:
        return _total(self.credit_notes)


@dataclass(frozen=True)
class VatOfMonth:
    """Receipts without what credit notes took back of them, under one treatment and rate."""

    name: str
    rate: Decimal | None
    net: Decimal
    vat: Decimal
    gross: Decimal


@dataclass(frozen=True)
class Difference:
    """An order whose papers of the month are not what its money did in the month."""

    order: Order
    receipts: Decimal
    credit_notes: Decimal
    came_in: Decimal
    went_back: Decimal

    @property
    def amount(self) -> Decimal:
        """So much more stands on paper."""
        return (self.receipts - self.credit_notes) - (self.came_in - self.went_back)

    @property
    def on_the_way(self) -> Decimal:
        """What it changes on the way from the papers to the money."""
        return -self.amount

    @property
    def words(self) -> str:
        why = []
        if self.receipts > self.came_in:
            why.append("a receipt of money that came in another month")
        elif self.came_in > self.receipts:
            why.append("money without a receipt of this month")
        if self.credit_notes > self.went_back:
            why.append("a credit note of money that did not go back this month")
        elif self.went_back > self.credit_notes:
            why.append("money that went back without a credit note of this month")
        return "; ".join(why)


def issued_between(first: datetime, after: datetime) -> QuerySet[Document]:
    return Document.objects.filter(issued_at__gte=first, issued_at__lt=after).order_by("pk")


def papers_between(first: datetime, after: datetime) -> Papers:
    """A credit note of an invoice that nobody paid takes nothing back that money came in for."""
    issued = list(issued_between(first, after).exclude(kind=Document.Kind.INVOICE))
    notes = [document for document in issued if document.kind == Document.Kind.CREDIT_NOTE]
    corrected = {number for note in notes for number in note.facts.get("corrects", [])}
    receipts = Document.objects.filter(kind=Document.Kind.RECEIPT, number__in=corrected)
    of_receipts = set(receipts.values_list("number", flat=True))
    return Papers(
        receipts=[document for document in issued if document.kind == Document.Kind.RECEIPT],
        credit_notes=[note for note in notes if note.refund_id or of_receipts & set(note.facts.get("corrects", []))],
    )


def vat_of(papers: Papers) -> list[VatOfMonth]:
    """As it stands on the papers, rounding and all."""
    sums: dict[tuple[str, Decimal | None], list[Decimal]] = {}
    for sign, documents in ((1, papers.receipts), (-1, papers.credit_notes)):
        for each in (sum for document in documents for sum in document_facts.read(document.facts).vat):
            so_far = sums.setdefault((each.name, each.rate), [NOTHING] * 3)
            parts = zip(so_far, (each.net, each.vat, each.gross), strict=True)
            sums[each.name, each.rate] = [before + sign * part for before, part in parts]
    return [VatOfMonth(name, rate, *sums[name, rate]) for name, rate in sorted(sums, key=str)]


def differences(papers: Papers, entries: Iterable[Entry], first: datetime, after: datetime) -> list[Difference]:
    """Order by order; of orders whose money and papers agree there is no line."""
    entries = list(entries)
    came_in, went_back = _came_in(entries), _went_back(entries)
    for moved in (
        Refund.objects.counting()
        .filter(credit__status=Payment.Status.PAID, credit__paid_at__gte=first, credit__paid_at__lt=after)
        .select_related("payment", "credit")
    ):
        _add(went_back, moved.payment.order_id, moved.amount)
        if moved.credit:
            _add(came_in, moved.credit.order_id, moved.credit.received or NOTHING)
    receipts, credit_notes = _by_order(papers.receipts), _by_order(papers.credit_notes)
    sums = (receipts, credit_notes, came_in, went_back)
    orders = Order.objects.in_bulk({order_id for each in sums for order_id in each})
    found = [
        Difference(order, *(each.get(order.pk, NOTHING) for each in sums))
        for order in sorted(orders.values(), key=lambda order: order.pk)
    ]
    return [each for each in found if each.amount]


def _came_in(entries: Iterable[Entry]) -> Sums:
    sums: Sums = defaultdict(Decimal)
    for entry in entries:
        if entry.order_id and entry.kind in CAME_IN:
            _add(sums, entry.order_id, entry.amount)
    return sums


def _went_back(entries: Iterable[Entry]) -> Sums:
    """Of one refund at Stripe, made for a payment that several orders share, each order has its own part."""
    sums: Sums = defaultdict(Decimal)
    back = [entry for entry in entries if entry.order_id and entry.kind in WENT_BACK]
    rows: dict[str, list[Refund]] = defaultdict(list)
    ids = {entry.source_id for entry in back} - {""}
    for refund in Refund.objects.filter(refund_id__in=ids).select_related("payment"):
        rows[refund.refund_id].append(refund)
    for entry in back:
        parts = [(refund.payment.order_id, refund.amount) for refund in rows[entry.source_id]]
        if sum(amount for _, amount in parts) != abs(entry.amount):
            parts = [(entry.order_id or 0, abs(entry.amount))]
        for order_id, amount in parts:
            _add(sums, order_id, amount if entry.amount < 0 else -amount)
    return sums


def _by_order(documents: Iterable[Document]) -> Sums:
    sums: Sums = defaultdict(Decimal)
    for document in documents:
        _add(sums, document.order_id, document.total)
    return sums


def _add(sums: Sums, order_id: int, amount: Decimal) -> None:
    sums[order_id] += amount


def _total(documents: Iterable[Document]) -> Decimal:
    return sum((document.total for document in documents), NOTHING)
