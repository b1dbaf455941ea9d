"""The mails around a booking by invoice, each written in the transaction of what it tells of."""

from typing import Any

from django.conf import settings

from kit.local.times import until_label
from orders.models import Order
from orders.pricing.vat import vat_lines
from outbox.post import once_more, queue_message
from practice.models import Practice, SaleTerms

PLACED = "Somebody booked by invoice. You need do nothing until the money comes."
GIVEN_BACK = "This order ended before it was paid, and its places are free. No transfer is expected any more."
REMINDED = "The last reminder has gone out. If the transfer is in the bank already, record it now."
LAPSED = "The invoice was not paid in time, and its places went back on sale. The buyer has been told."


def tell_invoiced(order: Order) -> None:
    """To the buyer: what to transfer, where to, by when. To the practice: that somebody took places this way."""
    _tell_buyer(order, _key(order, "invoiced"), "orders/invoice_placed")
    _tell_practice(order, "invoiced", PLACED)


def tell_invoiced_again(order: Order) -> None:
    """From the desk, to the buyer alone."""
    key = once_more(_key(order, "invoiced"), to=order.buyer_email)
    _tell_buyer(order, key, "orders/invoice_placed")


def remind(order: Order, step: str, *, days_left: int, is_last: bool) -> None:
    """To the buyer, while the places are held; of the last reminder the practice is told as well."""
    queue_message(
        key=reminder_key(order, step),
        to=order.buyer_email,
        template="orders/invoice_reminder",
        context=_about(order) | {"days_left": days_left},
        reply_to=Practice.current().email,
        useless_after=order.held_until,
    )
    if is_last:
        _tell_practice(order, f"invoice-{step}", REMINDED)


def reminder_key(order: Order, step: str) -> str:
    return f"order:{order.pk}:invoice-{step}"


def tell_ended(order: Order) -> None:
    """Unpaid, its places are on sale again. To the practice; and to the buyer, unless they gave the places back."""
    if order.status == Order.Status.CANCELLED:
        _tell_practice(order, "invoice-given-back", GIVEN_BACK)
        return
    _tell_buyer(order, _key(order, "invoice-lapsed"), "orders/invoice_lapsed")
    _tell_practice(order, "invoice-lapsed", LAPSED)


def _key(order: Order, fact: str) -> str:
    return f"order:{order.pk}:{fact}"


def _tell_buyer(order: Order, key: str, template: str) -> None:
    queue_message(
        key=key,
        to=order.buyer_email,
        template=template,
        context=_about(order),
        reply_to=Practice.current().email,
    )


def _tell_practice(order: Order, fact: str, words: str) -> None:
    if address := Practice.current().email:
        queue_message(
            key=f"order:{order.pk}:{fact}:practice",
            to=address,
            template="orders/invoice_notice",
            context=_about(order) | {"words": words},
        )


def _about(order: Order) -> dict[str, Any]:
    return {
        "order": order,
        "workshop": order.sold,
        "vat": vat_lines(order.lines.all(), order.currency),
        "order_url": settings.SITE_URL + order.get_absolute_url(),
        "account": SaleTerms.current().bank_details,
        "held_until": until_label(order.held_until, Practice.current().time_zone),
    }
