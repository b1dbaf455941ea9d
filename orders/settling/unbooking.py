"""A transfer that was written down for the wrong order had booked its places: for an hour all of that is taken back."""

from datetime import timedelta

from django.utils import timezone

from courses.calendar_requests import cancels_for
from courses.seats import places
from kit.guard.addresses import email_key
from orders.changes import reissuing
from orders.checkout import releasing
from orders.documents import issuing
from orders.mails import change_mails, transfer_mails
from orders.models import Order, Payment, order_status
from orders.pricing import codes
from orders.states import move

UNBOOKABLE_FOR = timedelta(hours=1)


def may_be_unbooked(order: Order, payment: Payment) -> bool:
    """Written down within the hour, and nothing was built on it: no place was given up or is moving, nobody was content
    with less, and the workshop is still to come."""
    is_fresh = payment.created_at > timezone.now() - UNBOOKABLE_FOR
    if not (is_fresh and order.is_paid and order.moved_from_id is None and order.workshop.may_change_places):
        return False
    is_moving = Order.objects.filter(moved_from__order=order, status__in=order_status.HOLDING).exists()
    is_whole = all(ticket.is_confirmed for ticket in order.tickets())
    return is_whole and not is_moving and all(each.total == order.total for each in issuing.live_invoices(order))


def unbook(order: Order, undone: Payment, *, why: str) -> None:
    """The order stands as before: its places are held again while their time lasts, otherwise free. The receipt is
    credited, as a wrong paper is; buyer and attendees are told. Workshop, order and payments must be locked.
    """
    tickets = order.tickets()
    for workshop, its in order.by_workshop(tickets):
        for ticket in its:
            ticket.workshop = workshop
    own = [ticket for ticket in tickets if email_key(ticket.attendee_email) == order.email_key]
    strike_outs = cancels_for(own)
    change_mails.tell_unbooked(order, [ticket for ticket in tickets if ticket not in own], key=f"unbooked:{undone.pk}")
    places.hold_again(tickets, until=order.held_until)
    codes.reserve_again(order)
    move(order, Order.Status.INVOICED, why=why, paid_at=None)
    if order.payments.paid().exists():
        move(order, Order.Status.PART_PAID)
    if not order.is_holding:
        releasing.release_order(order, Order.Status.LAPSED)
    notes = reissuing.void_receipts(order)
    transfer_mails.tell_undone(order, undone, notes=notes, attachments=strike_outs)
