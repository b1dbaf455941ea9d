"""A price that is reduced after the sale was agreed on, because somebody is content with less."""

from decimal import Decimal

from kit.local.money import money
from orders.models import Order
from orders.pricing.prices import spread
from orders.pricing.vat import share_vat


def reduce_price(order: Order, *, by: Decimal) -> None:
    """Takes so much off the places, in proportion to what each cost: what is left to pay is what is sold and receipted.

    The order must be locked, and not paid yet. `by` is within its total.
    """
    lines = list(order.lines.order_by("pk"))
    for line, share in zip(lines, spread(by, [line.total for line in lines]), strict=True):
        line.discount += share
    for line, vat in zip(lines, share_vat(lines), strict=True):
        line.vat = vat
        line.save(update_fields=["discount", "vat"])
    words = f"{money(by, order.currency)} less, as agreed"
    order.total -= by
    order.discount_words = "; ".join([*filter(None, [order.discount_words]), words])[:120]
    order.group_places = None  # a price that somebody agreed to stays, whoever comes
    order.save(update_fields=["total", "discount_words", "group_places"])
