"""News of money that goes back, or should have gone."""

from collections.abc import Sequence

from orders.mails.about import about_order, staying_lines, sum_of
from orders.models import Order, Refund
from outbox.post import queue_message
from practice.models import Practice


def tell_refunded(order: Order) -> None:
    """Once, and once more for each refund that had to be sent again."""
    failed = Refund.objects.filter(payment__order=order, status__in=Refund.NOT_SENT).count()
    queue_message(
        key=f"order:{order.pk}:refunded{f':{failed}' if failed else ''}",
        to=order.buyer_email,
        template="orders/order_refunded",
        context=about_order(order) | {"amount": order.refunded_amount()},
        reply_to=Practice.current().email,
    )


def tell_part_refunded(order: Order, refunds: Sequence[Refund]) -> None:
    """Money back that the desk decided on; the places are as they were."""
    queue_message(
        key=f"refund:{refunds[0].pk}:told",
        to=order.buyer_email,
        template="orders/order_part_refunded",
        context=about_order(order)
        | {"total": sum_of(refunds), "reason": refunds[0].reason, "staying": staying_lines(order)},
        reply_to=Practice.current().email,
    )


def tell_sent_by_bank(order: Order, refund: Refund) -> None:
    """To the buyer: what the card did not take was sent from the bank."""
    queue_message(
        key=f"refund:{refund.pk}:sent-by-bank",
        to=order.buyer_email,
        template="orders/refund_by_bank",
        context=about_order(order) | {"refund": refund},
        reply_to=Practice.current().email,
    )


def tell_refund_failed(order: Order, refund: Refund) -> None:
    """To the practice: money that should have gone back is still here."""
    practice = Practice.current()
    if practice.email:
        queue_message(
            key=f"refund:{refund.pk}:failed",
            to=practice.email,
            template="orders/refund_failed",
            context=about_order(order) | {"refund": refund},
        )
