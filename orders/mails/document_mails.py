"""News of papers that were issued anew."""

from collections.abc import Sequence
from typing import Protocol

from orders.mails.about import about_order
from orders.models import Document, Order
from outbox.post import queue_message
from practice.models import Practice


class Corrected(Protocol):
    @property
    def new(self) -> Document: ...
    @property
    def note(self) -> Document: ...


def tell_corrected(order: Order, papers: Sequence[Corrected]) -> None:
    """To the buyer: what replaces which paper, to be passed on to whoever keeps the books."""
    queue_message(
        key=f"order:{order.pk}:papers-corrected:{papers[0].new.pk}",
        to=order.buyer_email,
        template="orders/papers_corrected",
        context=about_order(order) | {"papers": papers},
        reply_to=Practice.current().email,
    )
