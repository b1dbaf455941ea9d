"""Sales as a table for the bookkeeper: a line for each order, with what came in, went back and was kept by Stripe."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, QuerySet
from django.utils.text import capfirst

from kit.local import locales
from kit.texts.csv_cells import csv_lines, csv_rows
from orders.models import Order, Payment, Refund
from orders.pricing.vat import vat_lines

TAX = "tax"  # in the head as the practice calls it
COLUMNS = [
    *("Order", "Placed on", "Paid on", "State", "Buyer", "Email", "Organisation", "Purchase order"),
    *("Workshop", "First day", "Places", "What", "List price", "Discount", "Discount rule", TAX, "Total"),
    *("Paid", "Refunded", "Stripe's fee", "Net", "Paid by", "Currency", "Documents"),
]
AT_ONCE = 500


def sales_csv(orders: QuerySet[Order], *, zone: str) -> Iterator[str]:
    """Line by line, in a number of queries that grows with thousands of orders only. Days are those of the zone.

    The last line says how many they are: a file without it was cut off.
    """
    yield heading()
    count = 0
    for order in with_all(orders).iterator(AT_ONCE):
        count += 1
        yield from lines([order], zone=zone)
    yield ending(count)


def heading() -> str:
    tax = capfirst(locales.tax())
    return "".join(csv_lines([tax if column == TAX else column for column in COLUMNS], []))


def lines(orders: Iterable[Order], *, zone: str) -> Iterator[str]:
    """Of orders `with_all`."""
    return csv_rows(_cells(order, ZoneInfo(zone)) for order in orders)


def ending(count: int) -> str:
    return "".join(csv_rows([[f"End: {count} order{'' if count == 1 else 's'}"]]))


def with_all(orders: QuerySet[Order]) -> QuerySet[Order]:
    refunds = Prefetch("refunds", Refund.objects.counting())
    return (
        orders.select_related("workshop__course", "series", "discount_code__discount", "general_code")
        .defer("workshop__course__cover", "workshop__course__body", "series__body")
        .prefetch_related(
            "workshop__sessions",
            "lines",
            Prefetch("payments", Payment.objects.paid().prefetch_related(refunds)),
            "documents",
        )
    )


def _cells(order: Order, zone: ZoneInfo) -> list[object]:
    lines, payments = list(order.lines.all()), list(order.payments.all())
    sessions = order.workshop.session_list  # of a series the first workshop, as it was sold
    return [
        order.number,
        _day(order.placed_at, zone),
        _day(order.paid_at, zone),
        order.get_status_display(),
        order.buyer_name,
        order.buyer_email,
        order.organisation,
        order.po_number,
        (order.series or order.workshop).title,
        sessions[0].day if sessions else "",
        len(lines),
        "; ".join(line.description for line in lines),
        order.list_total,
        order.discount_amount,
        _discount_rule(order),
        _sum(each.vat for each in vat_lines(lines)),
        order.total,
        *_money(payments),
        ", ".join(dict.fromkeys(payment.get_method_display() for payment in payments)),
        order.currency,
        ", ".join(document.number for document in sorted(order.documents.all(), key=lambda each: each.pk)),
    ]


def _money(payments: list[Payment]) -> list[object]:
    """Paid, refunded, fee and net; the last two are empty until Stripe has told the fee."""
    paid = _sum(payment.received or Decimal() for payment in payments)
    refunded = _sum(refund.amount for payment in payments for refund in payment.refunds.all())
    at_stripe = [payment for payment in payments if payment.method == Payment.Method.STRIPE]
    fees = [payment.fee for payment in at_stripe if payment.fee is not None]
    if len(fees) < len(at_stripe):
        return [paid, refunded, "", ""]
    return [paid, refunded, _sum(fees), paid - refunded - _sum(fees)]


def _discount_rule(order: Order) -> str:
    """The rule's name: a personal code is nobody else's business."""
    if order.general_code:
        return order.general_code.name
    return order.discount_code.discount.name if order.discount_code else ""


def _day(moment: datetime | None, zone: ZoneInfo) -> object:
    return moment.astimezone(zone).date() if moment else ""


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal("0.00"))
