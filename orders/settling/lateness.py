"""Whether money came too late for what it was to pay: the workshop has begun, or is over.

When it was paid is what counts, by the clock of who took it. When we heard of it decides only what is left to give.
"""

from datetime import datetime, time

from courses.models import Ticket, TicketType, Workshop
from kit.pages.kept import has_come
from orders.models import Order, Payment, order_status
from practice.models import Practice

WORKSHOP_OVER = "The workshop was over when the payment came."
HEARD_WHEN_OVER = "We heard of the payment when the workshop was over."
WORKSHOP_BEGUN = "The workshop had begun when the payment came."


def is_over(order: Order) -> bool:
    """Whether there is nothing left of what one of its places was sold for. Asks for places only after the end."""
    if not any(workshop.is_over for workshop in order.workshops):
        return False
    return any(_has_ended(ticket, order.workshop_of(ticket)) for ticket in order.tickets())


def is_late(order: Order, payment: Payment) -> bool:
    """Whether it was paid when live places were not sold any more since it had begun. What was paid within a hold that
    was promised, and while places were still sold, is in time. Asks for places only after the start."""
    workshop = order.first_workshop
    if not (workshop.has_started and workshop.has_closed) or workshop.starts_at is None:
        return False
    paid_at = _paid_by(payment)
    is_promised = order.status in order_status.PAYABLE_BY_CARD and paid_at < order.held_until
    if is_promised or paid_at < max(workshop.starts_at, workshop.closes_at or workshop.starts_at):
        return False
    return any(_is_live(ticket) for ticket in order.tickets())


def _paid_by(payment: Payment) -> datetime:
    """The moment by which it had come. Of a transfer only the day is known: the last moment of it."""
    assert payment.paid_at is not None
    assert payment.recorded_at is not None
    if payment.method != Payment.Method.TRANSFER:
        return payment.paid_at
    day = payment.paid_at.astimezone(Practice.current().zone)
    return min(payment.recorded_at, datetime.combine(day, time.max, day.tzinfo))


def _has_ended(ticket: Ticket, workshop: Workshop) -> bool:
    """A recording can be seen for some days after the workshop, and is sold as long."""
    closes_at = workshop.catch_up_closes_at
    return workshop.is_over and (_is_live(ticket) or (closes_at is not None and has_come(closes_at)))


def _is_live(ticket: Ticket) -> bool:
    return ticket.access == TicketType.Access.LIVE
