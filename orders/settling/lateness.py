"""Whether money came too late for what it was to pay: the workshop has begun, or is over."""

from courses.models import Ticket, TicketType
from kit.kept import has_come
from orders.models import Order

WORKSHOP_OVER = "The workshop was over when the payment came."
WORKSHOP_BEGUN = "The workshop had begun when the payment came."


def is_over(order: Order) -> bool:
    """Whether there is nothing left of what one of its places was sold for. Asks for places only after the end."""
    return order.workshop.is_over and any(_has_ended(ticket, order) for ticket in order.tickets())


def has_begun(order: Order) -> bool:
    """Whether live places are not sold any more since it began. What is paid within a hold that was promised, and
    what is sold while it goes on, is in time. Asks for places only after the start."""
    workshop = order.workshop
    if not (workshop.has_started and workshop.has_closed):
        return False
    is_promised = order.status == Order.Status.PENDING and order.is_holding
    return not is_promised and any(_is_live(ticket) for ticket in order.tickets())


def _has_ended(ticket: Ticket, order: Order) -> bool:
    """A recording can be seen for some days after the workshop, and is sold as long."""
    closes_at = order.workshop.catch_up_closes_at
    return _is_live(ticket) or (closes_at is not None and has_come(closes_at))


def _is_live(ticket: Ticket) -> bool:
    return ticket.access == TicketType.Access.LIVE
