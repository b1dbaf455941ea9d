"""The one mail to an address that anybody may have typed: it has no word of theirs in it."""

from django.conf import settings
from django.urls import reverse

from kit.local.times import until_label
from orders.models import Order
from outbox import limits
from outbox.models import Message
from outbox.post import queue_message
from practice.models import Practice

ASKED = "orders/order_unconfirmed"


def has_had_enough(order: Order) -> bool:
    """Of mails that anybody can cause, this kind or others. Nobody is left to wait for one that is held back."""
    return not limits.may_write(ASKED, to=order.buyer_email)


def ask(order: Order, proof: str, *, key: str, by_desk: bool = False) -> None:
    """To the buyer: what is held until when, and the link behind which it is confirmed."""
    link = settings.SITE_URL + reverse("orders:confirm_address", args=[order.secret, proof])
    queue_message(
        key=key,
        to=order.buyer_email,
        template=ASKED,
        context={
            "workshop": order.sold,
            "places": order.lines.count(),
            "by_invoice": order.total > 0,
            "held_until": until_label(order.held_until, order.time_zone),
            "confirm_url": link,
        },
        reply_to=Practice.current().email,
        useless_after=order.held_until,
        priority=Message.Priority.AWAITED,
        by_desk=by_desk,
    )
