"""Whether general codes and discounts add up: rules of `orders.books.books`."""

import re
from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Count, F, Q

from kit.local.money import money
from orders.models import GeneralCode, Order, order_status
from orders.pricing.prices import percent_of

PERCENT = re.compile(r"(\d+)% off")
AMOUNT = re.compile(r"([\d,.]+) off the booking")
KEPT_PLACE = re.compile(r"A kept place for [^\d]*([\d,.]+) with")
REDUCED = re.compile(r"([\d,.]+) less, as agreed")  # orders.pricing.reductions


def general_codes_above_their_limit() -> Iterator[tuple[str, str]]:
    codes = GeneralCode.objects.annotate(uses=Count("orders", filter=Q(orders__status__in=order_status.USES_CODE)))
    for code in codes.filter(uses__gt=F("most_uses")):
        yield f"general code {code}", f"it is used {code.uses} times and may be {code.most_uses}"


def general_codes_used_again() -> Iterator[tuple[str, str]]:
    """By one person in two orders; the database refuses it, so only somebody at the database can bring it about."""
    uses = Order.objects.filter(status__in=order_status.USES_CODE).exclude(general_code=None).order_by()
    again = uses.values("general_code__code", "benefit_key").annotate(times=Count("pk")).filter(times__gt=1)
    for each in again:
        yield f"general code {each['general_code__code']}", f"one person uses it {each['times']} times"


def discounts_unlike_their_words() -> Iterator[tuple[str, str]]:
    told = ~Q(discount_words="") | Q(lines__discount__gt=0) | ~Q(discount_code=None) | ~Q(general_code=None)
    orders = Order.objects.filter(told).distinct().select_related("discount_code", "general_code")
    for order in orders.prefetch_related("lines"):
        if words := _difference(order):
            yield f"order {order}", words


RULES = {
    "a general code stays within its limit": general_codes_above_their_limit,
    "a general code is used once by a person": general_codes_used_again,
    "a discount is as its words tell": discounts_unlike_their_words,
}


def _difference(order: Order) -> str:
    words, off = order.discount_words, sum((line.discount for line in order.lines.all()), Decimal())
    unlike = f"{money(off, order.currency)} is taken off, and its words are “{words}”"
    if bool(words) != bool(off):
        return unlike
    code = order.discount_code or order.general_code
    if code and code.code not in words:
        return f"its words do not name {code}"
    return "" if _is_as_told(order, off) else unlike


def _is_as_told(order: Order, off: Decimal) -> bool:
    """A rest that no card can be charged is waived, so an order of nothing may have more taken off. What was reduced
    after the sale is spread over all places."""
    if not order.total:
        return True
    reduced_by = sum(map(_amount, REDUCED.findall(order.discount_words)), Decimal())
    if found := PERCENT.search(order.discount_words):
        if reduced_by:
            return off >= reduced_by
        reduced = [line for line in order.lines.all() if line.discount]
        return all(line.discount == percent_of(line.price, int(found[1])) for line in reduced)
    if found := KEPT_PLACE.search(order.discount_words):
        return order.total == _amount(found[1]) - reduced_by
    if found := AMOUNT.search(order.discount_words):
        return off <= _amount(found[1]) + reduced_by
    return True


def _amount(words: str) -> Decimal:
    return Decimal(words.replace(",", ""))
