"""The mails around transfers that are not the sum of the invoice, each written in the transaction of what it tells."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings

from kit.local.times import until_label
from orders.models import Document, Order, Payment
from outbox.post import Attachment, queue_message
from practice.models import Practice, SaleTerms


def tell_part_paid(order: Order, payment: Payment) -> None:
    """To the buyer: what has come, what is missing, and how long the places wait for it."""
    _tell_buyer(order, f"part-paid:{payment.attempt}", "orders/transfer_part", payment=payment)


def tell_too_late(order: Order) -> None:
    """A part came, and the places no longer wait for the rest. To the buyer, and to the practice, which decides."""
    fact = f"part-paid-late:{order.payments.count()}"
    _tell_buyer(order, fact, "orders/transfer_late")
    if address := Practice.current().email:
        queue_message(
            key=f"order:{order.pk}:{fact}:practice",
            to=address,
            template="orders/order_needs_attention",
            context=_about(order) | {"fact": "paid in part, and its time is over"},
        )


def tell_undone(
    order: Order,
    payment: Payment,
    *,
    notes: Sequence[Document] | None = None,
    attachments: Sequence[Attachment] = (),
) -> None:
    """To the buyer, who had been told that this money came; with the `notes` that cancel its receipts, if it had booked
    the places."""
    was_booked, fact = notes is not None, f"transfer-undone:{payment.attempt}"
    more = {"payment": payment, "was_booked": was_booked, "notes": notes or ()}
    _tell_buyer(order, fact, "orders/transfer_undone", attachments=attachments, **more)


def tell_surplus(order: Order, amount: Decimal, *, key: int | str) -> None:
    """To the buyer: what came beyond the price goes back."""
    _tell_buyer(order, f"surplus:{key}", "orders/transfer_surplus", surplus=amount)


def _tell_buyer(order: Order, fact: str, template: str, *, attachments: Sequence[Attachment] = (), **more: Any) -> None:
    queue_message(
        key=f"order:{order.pk}:{fact}",
        to=order.buyer_email,
        template=template,
        context=_about(order) | more,
        attachments=attachments,
        reply_to=Practice.current().email,
    )


def _about(order: Order) -> dict[str, Any]:
    return {
        "order": order,
        "workshop": order.sold,
        "order_url": settings.SITE_URL + order.get_absolute_url(),
        "account": SaleTerms.current().bank_details,
        "came": order.balance(),
        "missing": order.missing(),
        "held_until": until_label(order.held_until, Practice.current().time_zone),
    }
