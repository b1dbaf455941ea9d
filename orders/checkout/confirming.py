"""The one place where an order becomes booked."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from courses.models import Ticket
from courses.seats import places, series_offers, waiting_offers
from orders.documents import issuing
from orders.mails import booking_mails
from orders.models import Order, Payment
from orders.pricing import codes
from orders.states import move


def confirm_order(
    order: Order, tickets: Sequence[Ticket], *, paid_by: Payment | None = None, paid_at: datetime | None = None
) -> None:
    """The places are theirs; the mails tell it. Raises SoldOut.

    Workshop and order must be locked, the tickets read since. `paid_by` is the order's one payment, where it has one.
    `paid_at` is when its money came; now, where none did.
    """
    for workshop, its in order.by_workshop(tickets):
        places.confirm_tickets(workshop, tickets=its)
    waiting_offers.mark_booked(tickets)
    if order.series_id:
        series_offers.mark_booked(tickets)
    codes.redeem(order)
    move(order, Order.Status.PAID, paid_at=paid_at or timezone.now())
    booking_mails.tell_confirmed(order, tickets)
    if paid_by and not order.is_by_invoice:
        issuing.issue_receipt_after_commit(order, paid_by)
    else:
        issuing.issue_after_commit(order)
