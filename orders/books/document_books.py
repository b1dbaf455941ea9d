"""Whether numbers and sums of receipts, invoices and credit notes add up: a part of `orders/books/books.py`."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Round
from django.utils import timezone

from accounts.models import AuditEntry
from kit.local.money import to_the_penny
from orders.documents import document_facts, issuing
from orders.models import Document, Order, Payment, Refund, Series

Kind = Document.Kind
AT_ONCE = 500
LATE = timedelta(minutes=10)  # the worker looks every minute


def series_with_gaps() -> Iterator[tuple[str, str]]:
    """Numbers run from one to the last that was taken."""
    counted = Series.objects.annotate(count=Count("documents"), top=Coalesce(Max("documents__sequence"), 0))
    for series in counted.exclude(count=F("last"), top=F("last")):
        yield f"series {series}", f"it counts to {series.last}, has {series.count} documents and ends at {series.top}"


def sales_without_document() -> Iterator[tuple[str, str]]:
    before = timezone.now() - LATE
    for order in issuing.without_receipt(Order.objects.filter(paid_at__lt=before)):
        yield f"order {order}", "it is paid and has no receipt"
    for order in issuing.without_invoice(Order.objects.filter(placed_at__lt=before)):
        yield f"order {order}", "it was booked by invoice and has none"
    for order in issuing.with_reduced_invoice(Order.objects.filter(paid_at__lt=before)):
        yield f"order {order}", f"{order.invoiced} was invoiced of {order.total}, and the rest is not credited"
    for order in issuing.with_dead_invoice(Order.objects.filter(held_until__lt=before)):
        yield f"order {order}", "its invoice came to nothing and is not credited"


def refunds_without_credit_note() -> Iterator[tuple[str, str]]:
    """A refund is credited when it is done, which may be long after it was asked for: the grace counts from then."""
    before, done = timezone.now() - LATE, Refund.Status.SUCCEEDED
    entries = AuditEntry.objects.filter(model=Refund._meta.label_lower, object_id=OuterRef("pk"), after=done)
    succeeded = Refund.objects.filter(payment=OuterRef("pk"), status=done)
    is_fresh = Q(created_at__gte=before) | Exists(entries.filter(at__gte=before))
    settled = Payment.objects.filter(Exists(succeeded), ~Exists(succeeded.filter(is_fresh)))
    payments = issuing.without_credit_note(settled).select_related("order")
    for payment in payments:
        yield f"payment {payment}", f"{payment.gone} went back, {payment.credited} is credited"


def orders_credited_beyond_their_sale() -> Iterator[tuple[str, str]]:
    """Credit notes of refunds stay within what was sold; one without a refund is for an invoice that was not paid."""
    orders = Order.objects.annotate(
        for_refunds=_documents(kind=Kind.CREDIT_NOTE, refund__isnull=False),
        without_refund=_documents(Q(documents__key__startswith=issuing.REPLACED), kind=Kind.CREDIT_NOTE, refund=None),
        invoiced=_documents(kind=Kind.INVOICE),
    )
    for order in orders.filter(Q(for_refunds__gt=F("total")) | Q(without_refund__gt=F("invoiced"))):
        yield f"order {order}", f"{order.for_refunds + order.without_refund} is credited of {order.total}"


def papers_replaced_by_another_sum() -> Iterator[tuple[str, str]]:
    """A paper that was issued anew, its note and the new one are for the same sum; as the note for what never came."""
    for note in Document.objects.filter(key__startswith=issuing.REPLACED).order_by("pk"):
        old = Document.objects.get(pk=note.key.removeprefix(issuing.REPLACED))
        new = Document.objects.filter(key=f"{old.kind}:reissue:{old.pk}").first()
        if (
            new is None
            and old.kind == Kind.RECEIPT
            and old.order.payments.filter(status=Payment.Status.UNDONE).exists()
        ):
            new = old  # nothing takes its place
        if new is None or not old.total == note.total == new.total or old.facts["vat"] != note.facts["vat"]:
            yield f"document {old}", "it was issued anew, and not for the same sum"


def _documents(unless: Q | None = None, **conditions: object) -> Round:
    filters = Q(**{f"documents__{name}": value for name, value in conditions.items()})
    chosen = filters & ~unless if unless else filters
    return to_the_penny(Coalesce(Sum("documents__total", filter=chosen), Decimal()))


def documents_that_do_not_add_up() -> Iterator[tuple[str, str]]:
    """What stands on a document is its total; a receipt and an invoice are for all of the order. Reads every one."""
    for some in _some_of(Document.objects.all()):
        yield from (_as_finding(document) for document in some if not _adds_up(document))


def unproved_documents_that_do_not_add_up() -> Iterator[tuple[str, str]]:
    """Reads those alone that were not proved before, and marks what adds up, for nothing on a document ever changes.

    Of those with a mark the sums in columns are compared again. Whoever writes at the database itself can still change
    what stands on one; only reading every document finds that.
    """
    marked = Document.objects.exclude(proved_at=None).exclude(kind=Kind.CREDIT_NOTE)
    for document in _with_order(marked.exclude(total=F("order__total"))):
        if document.total == _asked_for(document):
            continue
        yield _as_finding(document)
    for some in _some_of(Document.objects.filter(proved_at=None)):
        proved = {document.pk for document in some if _adds_up(document)}
        Document.objects.filter(pk__in=proved).update(proved_at=timezone.now())
        yield from (_as_finding(document) for document in some if document.pk not in proved)


RULES = {
    "numbers of documents have no gap": series_with_gaps,
    "a sale has its document": sales_without_document,
    "what went back is credited": refunds_without_credit_note,
    "credit notes stay within the sale": orders_credited_beyond_their_sale,
    "a corrected paper is for the same sum": papers_replaced_by_another_sum,
    "a document adds up": documents_that_do_not_add_up,
}


def _some_of(found: QuerySet[Document]) -> Iterator[list[Document]]:
    """In the order that they were made in, so many at once."""
    last = 0
    while some := list(_with_order(found.filter(pk__gt=last).order_by("pk"))[:AT_ONCE]):
        yield some
        last = some[-1].pk


def _adds_up(document: Document) -> bool:
    facts = document_facts.read(document.facts)
    sums = {facts.total, _sum(item.total for item in facts.items), _sum(vat.gross for vat in facts.vat)}
    if document.kind != Kind.CREDIT_NOTE:
        sums.add(_asked_for(document))
    return sums == {document.total}


def _asked_for(document: Document) -> Decimal:
    """The price; on an invoice also what was taken off it later, by credit notes. What came to nothing asks for no
    other price, whatever its places were sold for after all; a receipt that was cancelled neither."""
    price = document.order.total
    if document.total == price:
        return price
    if document.kind == Kind.RECEIPT:
        is_void = not issuing.not_replaced(Document.objects.filter(pk=document.pk)).exists()
        return document.total if is_void else price
    notes = Document.objects.filter(order=document.order_id, kind=Kind.CREDIT_NOTE).of_no_refund()
    found = list(notes.exclude(key__startswith=issuing.REPLACED).only("key", "total"))
    is_dead = any(not note.key.startswith(issuing.REDUCTION) for note in found)
    return _sum(note.total for note in found) + (Decimal() if is_dead else price)


def _as_finding(document: Document) -> tuple[str, str]:
    return f"document {document}", f"its total is {document.total}, and what stands on it differs"


def _with_order(found: QuerySet[Document]) -> QuerySet[Document]:
    return found.select_related("order").only("number", "kind", "total", "facts", "order__total")


def _sum(amounts: Iterator[Decimal]) -> Decimal:
    return sum(amounts, Decimal())
