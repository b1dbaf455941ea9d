"""Where the places of an order went, as the desk reads it: also while the difference is still to be paid."""

from collections.abc import Iterator

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from orders.admin.facts import link_to
from orders.models import Order, OrderLine


def moved_to(order: Order) -> SafeString | str:
    """Each place with the order that it went to, or is to go to."""
    facts = [(line.ticket.attendee_name, words, link_to(new)) for line, words, new in _moves(order)]
    return format_html_join(SafeString("<br>"), "{}: {} order {}", facts) or "no place of it"


def what_to_do(order: Order) -> str:
    """For an order that places are moving from or have left; empty where no move says more than its state."""
    moves = list(_moves(order))
    waiting = [str(new) for _, words, new in moves if words == WAITS]
    moved = [str(new) for _, words, new in moves if words == MOVED]
    if waiting:
        return (
            f"A place is to move to order {', '.join(waiting)}, once the buyer has paid the difference there. Until "
            "then it stays here."
        )
    if moved and not any(line.ticket.is_confirmed for line in order.lines.select_related("ticket")):
        return f"Nothing. It has moved to order {', '.join(moved)}: look there for the place and the money."
    return ""


WAITS, MOVED = "waits for the difference of", "moved to"


def _moves(order: Order) -> Iterator[tuple[OrderLine, str, Order]]:
    for line in order.lines.select_related("ticket").prefetch_related("moves").order_by("pk"):
        if line.moved_to:
            yield line, MOVED, line.moved_to
        elif line.moving_to:
            yield line, WAITS, line.moving_to
