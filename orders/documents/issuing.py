"""Receipts, invoices and credit notes: issued after the fact, in number order, without a gap.

A document is made in a transaction of its own, right after the one that it tells of, so that a failure to make it never
stops or undoes a sale or a refund. What a crash or an error left out, the worker makes up for, from the rows alone. The
number is taken with the row of its series locked, the last lock of all: what is not committed uses no number up.

- An invoice, when an organisation books by invoice.
- A receipt, when an order is paid, also one that was invoiced. Nothing to pay, no receipt. If its money never came, a
  credit note cancels it, and what comes after all has a new one.
- A credit note, when a refund has succeeded. It credits money that a receipt was for: what came twice, in the wrong
  amount or too late for a place was never a sale, and goes back without one. A refund that fails after it had
  succeeded keeps its note, because the sale stays undone and the money is owed; the note covers what is sent instead.
- A credit note for a part of an invoice, when the desk was content with less than was asked for.
- A credit note for the whole invoice, when an order by invoice comes to nothing. Money that comes after all is a sale
  with a receipt of its own.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import (
    CharField,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Concat, Least
from django.utils import timezone

from kit.database.questions import Asked, written_once
from kit.local.money import sum_of
from kit.work.checkpoints import checkpoint
from kit.work.rounds import do_for_each
from orders.documents import document_facts
from orders.documents.document_facts import Facts
from orders.models import Document, Order, OrderLine, Payment, Refund, Series, order_status
from orders.models.payments import PaymentQuerySet

log = logging.getLogger(__name__)

Kind = Document.Kind
LATELY = timedelta(days=2)  # what is older was looked at often enough, and is looked at once a day
REPLACED = "credit_note:reissue:"  # of a note for a paper that was issued anew, or a receipt for what never came
REDUCTION = "credit_note:price:"  # how the key begins of a note for a part of an invoice
LETTERS = {Kind.RECEIPT: "R", Kind.INVOICE: "I", Kind.CREDIT_NOTE: "C"}


def issue_after_commit(order: Order) -> None:
    """The order's documents, as soon as the caller's transaction is committed. An error is logged and stops nobody."""
    transaction.on_commit(lambda: _try_to_issue(order.pk))


def issue_receipt_after_commit(order: Order, payment: Payment) -> None:
    """The receipt of an order that this payment alone has paid, and that has no document yet.

    It is made from what the caller's transaction has read; the order must have its lines with it (`load_lines`).
    """
    transaction.on_commit(lambda: _try(order.pk, lambda: [_issue_receipt(order, [payment])]))


def issue_missing() -> int:
    """What a crash or an error has left out. Returns how many documents were made."""
    return do_for_each(orders_without(), _try_to_issue)


def issue_recent() -> int:
    """The same for what was booked, paid or given up lately, and for all that went back. Returns how many."""
    return do_for_each(orders_without(since=timezone.now() - LATELY), _try_to_issue)


@transaction.atomic
def issue_due(order_id: int) -> list[Document]:
    """All documents that this order should have and has not."""
    lines = Prefetch("lines", OrderLine.objects.select_related("ticket"))
    orders = Order.objects.select_for_update(of=("self",)).select_related("workshop__course").prefetch_related(lines)
    order = orders.get(pk=order_id)
    notes = (_note_for_reduced_invoice, _credit_notes, _note_for_dead_invoice)  # last, as everybody takes the series
    return [*_invoice(order), *_receipt(order), *(note for find in notes for note in find(order))]


def issue(order: Order, *, kind: str, key: str, facts: Facts, refund: Refund | None = None) -> Document:
    """Takes the next number in the caller's transaction: a rollback gives it back. The same key finds the first."""
    series = _with_next_number(facts.issuer.name, kind, key)
    if series.has_document:  # type: ignore[attr-defined]  # annotated there
        Series.objects.filter(pk=series.pk).update(last=F("last") - 1)
        return Document.objects.get(key=key)
    checkpoint("number taken")
    return Document.objects.create(
        series=series,
        sequence=series.last,
        number=f"{series.prefix}-{series.last:06d}",
        kind=kind,
        key=key,
        order=order,
        refund=refund,
        total=facts.total,
        currency=facts.currency,
        facts=facts.as_json(),
    )


def is_due(order: Order, kind: str) -> bool:
    """Whether a receipt or an invoice of this order is on its way."""
    if kind == Kind.RECEIPT:
        return without_receipt(_only(order)).exists()
    return kind == Kind.INVOICE and without_invoice(_only(order)).exists()


def orders_without(*, since: datetime | None = None) -> list[int]:
    """Orders that lack a document of any kind: of all, or of those for which it may have fallen due `since`."""

    def recent(moment: str) -> QuerySet[Order]:
        return Order.objects.filter(**{f"{moment}__gte": since} if since else {}).order_by()

    uncredited = Refund.objects.filter(status=Refund.Status.SUCCEEDED, credit_note=None, is_surplus=False)
    payments = Payment.objects.filter(pk__in=uncredited.order_by().values("payment"))
    missing = [
        without_receipt(recent("paid_at")).values_list("pk", flat=True),
        without_invoice(recent("placed_at")).values_list("pk", flat=True),
        with_dead_invoice(recent("held_until")).values_list("pk", flat=True),
        with_reduced_invoice(recent("paid_at")).values_list("pk", flat=True),
        without_credit_note(payments).order_by().values_list("order", flat=True),
    ]
    return sorted({pk for found in missing for pk in found})


def without_receipt(orders: QuerySet[Order]) -> QuerySet[Order]:
    return orders.filter(~_has_receipt(), paid_at__isnull=False, total__gt=0)


def without_invoice(orders: QuerySet[Order]) -> QuerySet[Order]:
    return orders.filter(~_has_invoice(), invoice_due_on__isnull=False)


def with_dead_invoice(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Nothing is sold on it any more, and no credit note says so."""
    dead = orders.filter(status__in=order_status.CAME_TO_NOTHING, paid_at=None)
    notes = Document.objects.filter(order=OuterRef("pk"), kind=Kind.CREDIT_NOTE)
    of_all = notes.exclude(key__startswith=REDUCTION).exclude(key__startswith=REPLACED)
    return dead.filter(_has_invoice(), ~_has_receipt(), ~Exists(of_all))


def not_replaced(documents: QuerySet[Document]) -> QuerySet[Document]:
    """Without those that were credited and issued anew."""
    note = Document.objects.filter(key=Concat(Value(REPLACED), Cast(OuterRef("pk"), CharField())))
    return documents.filter(~Exists(note))


def live_invoices(order: Order) -> list[Document]:
    """What is asked for by an invoice: nothing once it has come to nothing."""
    is_dead = order.documents.filter(key=_key_of_dead_invoice(order)).exists()
    return [] if is_dead else _issued(order, Kind.INVOICE)


def with_reduced_invoice(orders: QuerySet[Order]) -> QuerySet[Order]:
    """More was invoiced than the price is now, and no credit note says so. Annotates `invoiced` and `credited`."""
    of_order = Document.objects.filter(order=OuterRef("pk"))
    notes = of_order.filter(kind=Kind.CREDIT_NOTE).of_no_refund()
    return (
        orders.filter(invoice_due_on__isnull=False)
        .annotate(
            invoiced=sum_of(not_replaced(of_order.filter(kind=Kind.INVOICE)), "order", "total"),
            credited=sum_of(notes.exclude(key__startswith=REPLACED), "order", "total"),
        )
        .filter(invoiced__gt=F("total") + F("credited"))
    )


def without_credit_note(payments: PaymentQuerySet) -> PaymentQuerySet:
    """Of which more has gone back than credit notes say. Annotates `gone` and `credited`.

    Where it looks as if more went back than came in, Stripe's word of a failure is still on its way.
    """
    succeeded = Refund.objects.filter(payment=OuterRef("pk"), status=Refund.Status.SUCCEEDED, is_surplus=False)
    notes = Document.objects.filter(refund__payment=OuterRef("pk"))
    return (
        receipted(payments)
        .annotate(
            gone=Least(sum_of(succeeded, "payment", "amount"), F("received")),
            credited=sum_of(notes, "refund__payment", "total"),
        )
        .filter(gone__gt=F("credited"))
    )


def receipted(payments: PaymentQuerySet) -> PaymentQuerySet:
    """What orders were paid with: a second payment is never a part of the sale, unless both are transfers."""
    is_earlier = Q(recorded_at__lt=OuterRef("recorded_at")) | Q(
        recorded_at=OuterRef("recorded_at"), pk__lt=OuterRef("pk")
    )
    first = Payment.objects.paid().filter(is_earlier, order=OuterRef("order")).exclude(method=Payment.Method.CREDIT)
    is_first = Q(method__in=Payment.ADDING_UP) | ~Exists(first)
    return payments.paid_among().filter(is_first, order__paid_at__isnull=False)


def _try_to_issue(order_id: int) -> int:
    return _try(order_id, lambda: issue_due(order_id))


def _try(order_id: int, work: Callable[[], list[Document]]) -> int:
    checkpoint("documents due")
    try:
        return len(work())
    except Exception:
        log.exception("the documents of order %s could not be made", order_id)
        return 0


def _invoice(order: Order) -> Iterator[Document]:
    if without_invoice(_only(order)).exists():
        facts = document_facts.of_invoice(order)
        yield issue(order, kind=Kind.INVOICE, key=f"invoice:order:{order.pk}", facts=facts)


def _receipt(order: Order) -> Iterator[Document]:
    if without_receipt(_only(order)).exists():
        payments = receipted(order.payments.order_by("attempt"))
        key = f"receipt:order:{order.pk}"
        if earlier := order.documents.filter(key__startswith=key).count():  # for money that never came
            key = f"{key}:{earlier + 1}"
        yield _issue_receipt(order, payments, key=key, invoices=live_invoices(order))


@transaction.atomic(savepoint=False)
def _issue_receipt(
    order: Order, payments: Iterable[Payment], *, key: str = "", invoices: Sequence[Document] = ()
) -> Document:
    facts = document_facts.of_receipt(order, payments, invoices=invoices)
    return issue(order, kind=Kind.RECEIPT, key=key or f"receipt:order:{order.pk}", facts=facts)


def _credit_notes(order: Order) -> Iterator[Document]:
    credited = live_invoices(order) or _issued(order, Kind.RECEIPT)
    for payment in without_credit_note(order.payments.all()):
        owed = payment.gone - payment.credited  # type: ignore[attr-defined]  # annotated there
        done = payment.refunds.filter(status=Refund.Status.SUCCEEDED, credit_note=None, is_surplus=False)
        for refund in done.order_by("pk"):
            amount = min(owed, refund.amount)
            if amount > 0:
                refund.payment.order = order
                facts = document_facts.of_refund(refund, amount, credited=credited)
                key = f"credit_note:refund:{refund.pk}"
                yield issue(order, kind=Kind.CREDIT_NOTE, key=key, facts=facts, refund=refund)
            owed -= amount


def _note_for_reduced_invoice(order: Order) -> Iterator[Document]:
    if reduced := with_reduced_invoice(_only(order)).first():
        by = reduced.invoiced - reduced.credited - order.total  # type: ignore[attr-defined]  # annotated there
        earlier = list(order.documents.filter(key__startswith=REDUCTION))
        facts = document_facts.of_reduction(order, by, credited=_issued(order, Kind.INVOICE), earlier=earlier)
        turn = len(earlier) + 1
        yield issue(order, kind=Kind.CREDIT_NOTE, key=f"{REDUCTION}{order.pk}:{turn}", facts=facts)


def _note_for_dead_invoice(order: Order) -> Iterator[Document]:
    if with_dead_invoice(_only(order)).exists():
        facts = document_facts.of_dead_invoice(order, credited=_issued(order, Kind.INVOICE))
        yield issue(order, kind=Kind.CREDIT_NOTE, key=_key_of_dead_invoice(order), facts=facts)


def _only(order: Order) -> QuerySet[Order]:
    return Order.objects.filter(pk=order.pk)


def _key_of_dead_invoice(order: Order) -> str:
    return f"credit_note:order:{order.pk}"


def _issued(order: Order, kind: str) -> list[Document]:
    """As they stand now."""
    return list(not_replaced(order.documents.filter(kind=kind)).order_by("pk"))


def _has_receipt() -> Exists:
    return Exists(not_replaced(Document.objects.filter(order=OuterRef("pk"), kind=Kind.RECEIPT)))


def _has_invoice() -> Exists:
    return Exists(Document.objects.filter(order=OuterRef("pk"), kind=Kind.INVOICE))


def _with_next_number(issuer: str, kind: str, key: str) -> Series:
    """Its row is locked by the number that is taken from it; only then is it looked for a document with this key.

    Two who open an issuer's series at once wait for each other, and the second finds what the first has made.
    """
    while not Series.objects.filter(issuer=issuer, kind=kind).update(last=F("last") + 1):
        _open_series(issuer)
    return _knowing_of_document(issuer=issuer, kind=kind, key=key)[0]


@written_once
def _knowing_of_document(issuer: Asked, kind: Asked, key: Asked) -> QuerySet[Series]:
    series = Series.objects.filter(issuer=issuer, kind=kind)
    return series.annotate(has_document=Exists(Document.objects.filter(key=key)))


def _open_series(issuer: str) -> None:
    """All kinds at once, so that an issuer's prefixes go together: R, I and C; of the second issuer R2, I2 and C2."""
    issuers = Series.objects.values("issuer").distinct().count()
    suffix = str(issuers + 1) if issuers else ""
    Series.objects.bulk_create(
        [Series(issuer=issuer, kind=kind, prefix=f"{letter}{suffix}") for kind, letter in LETTERS.items()],
        ignore_conflicts=True,
    )
