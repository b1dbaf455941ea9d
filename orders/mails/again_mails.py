"""What the desk sends once more: because the first mail got lost, or went to an address that was wrong."""

from orders.mails import booking_mails, invoice_mails
from orders.mails.about import about_order
from orders.models import Order, order_status
from outbox.post import once_more, queue_message
from practice.models import Practice


def tell_buyer_again(order: Order) -> None:
    """The confirmation or the invoice as things stand now; otherwise the links to the order and its documents."""
    if order.is_paid and not order.is_called_off and any(each.is_confirmed for each in order.tickets()):
        booking_mails.tell_confirmed_again(order)
    elif order.status in order_status.AWAITS_TRANSFER:
        invoice_mails.tell_invoiced_again(order)
    else:
        _send_links(order)


def _send_links(order: Order) -> None:
    queue_message(
        key=once_more(f"order:{order.pk}:links", to=order.buyer_email),
        to=order.buyer_email,
        template="orders/order_links",
        context=about_order(order) | {"documents": list(order.documents.order_by("pk"))},
        reply_to=Practice.current().email,
    )
