"""A price that is reduced after the sale was agreed on, because somebody is content with less."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from kit.money import money
from orders.models import Order, OrderLine
from orders.pricing.prices import PENNY


def reduce_price(order: Order, *, by: Decimal) -> None:
    """Takes so much off the places, in proportion to what each cost: what is left to pay is what is sold and receipted.

    The order must be locked, and not paid yet. `by` is within its total.
    """
    lines = list(order.lines.order_by("pk"))
    for line, share in zip(lines, _shares(lines, by), strict=True):
        line.discount += share
        line.save(update_fields=["discount"])
    words = f"{money(by, order.currency)} less, as agreed"
    order.total -= by
    order.discount_words = "; ".join([*filter(None, [order.discount_words]), words])[:120]
    order.save(update_fields=["total", "discount_words"])


def _shares(lines: list[OrderLine], by: Decimal) -> Iterator[Decimal]:
    """They add up to it, to the penny."""
    whole = sum((line.total for line in lines), Decimal())
    before = so_far = Decimal()
    for line in lines:
        so_far += line.total
        until = (by * so_far / whole).quantize(PENNY, ROUND_HALF_UP)
        yield until - before
        before = until
