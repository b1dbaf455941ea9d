"""Whether what came by transfer fits what became of its order: a part of `orders/books/books.py`."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from django.db.models import DecimalField, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from kit.local.money import money, to_the_penny
from orders.models import BankLine, Order, Payment, Refund, order_status


def orders_decided_by_another_sum() -> Iterator[tuple[str, str]]:
    """A booked order has all of its price by transfers; one that is paid in part has some, and not all."""
    came = Payment.objects.paid().filter(order=OuterRef("pk")).order_by().values("order")
    sums = Subquery(came.annotate(sum=Sum("received")).values("sum"))
    amount = DecimalField(max_digits=12, decimal_places=2)
    orders = Order.objects.filter(invoice_due_on__isnull=False).annotate(
        came=to_the_penny(Coalesce(sums, Decimal(), output_field=amount))
    )
    too_little = Q(status__in=order_status.OVERPAYABLE, came__lt=F("total"))
    not_a_part = Q(status=Order.Status.PART_PAID) & (Q(came=0) | Q(came__gte=F("total")))
    for order in orders.filter(too_little | not_a_part):
        yield f"order {order}", f"it is {order.status}, and {money(order.came)} of {money(order.total)} came in"


def surpluses_beyond_what_came() -> Iterator[tuple[str, str]]:
    """What goes back as a surplus came in beyond the price."""
    found = Order.objects.filter(pk__in=Refund.objects.filter(is_surplus=True).counting().values("payment__order"))
    for order in found:
        if (back := order.payments.surplus_total()) > max(Decimal(), order.paid_amount() - order.total):
            yield (
                f"order {order}",
                f"{money(back, order.currency)} went back as a surplus, and less came beyond it",
            )


def lines_recorded_otherwise() -> Iterator[tuple[str, str]]:
    """What transfers were written down from a line of a bank's file is the line; of one that waits it is less."""
    paid = Payment.objects.paid().filter(bank_line=OuterRef("pk")).order_by().values("bank_line")
    sums = Subquery(paid.annotate(sum=Sum("received")).values("sum"))
    amount = DecimalField(max_digits=12, decimal_places=2)
    lines = BankLine.objects.annotate(came=to_the_penny(Coalesce(sums, Decimal(), output_field=amount)))
    is_recorded = Q(status=BankLine.Status.RECORDED)
    for line in lines.filter((is_recorded & ~Q(came=F("amount"))) | (~is_recorded & Q(came__gte=F("amount")))):
        yield f"bank line {line.pk}", f"it is {line.status}, and {money(line.came)} of {money(line.amount)} is recorded"


RULES: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "transfers add up to the order": orders_decided_by_another_sum,
    "a surplus is beyond the price": surpluses_beyond_what_came,
    "a bank's line is recorded once": lines_recorded_otherwise,
}
