"""Places and code go back, because no money came."""

from courses.models import Ticket
from courses.seats import places, waiting_offers
from orders.documents import issuing
from orders.mails import invoice_mails, rebooking_mails, transfer_mails
from orders.models import Order, Payment, order_status
from orders.pricing import codes
from orders.states import may_move, move


def mark_expired(payment: Payment) -> None:
    """The session is closed; what becomes of its order is the caller's decision. Order and payment must be locked."""
    if may_move(payment, Payment.Status.EXPIRED):
        move(payment, Payment.Status.EXPIRED)


def release_order(order: Order, status: str) -> None:
    """Gives places and code back, and offers the places to people who wait for them. One whose address nobody confirmed
    is unanswered where another lapses, and its address is sent nothing more.

    Workshop and order must be locked; an order with money is left alone, but that places do not wait for the rest of a
    transfer for ever.
    """
    if order.payments.filter(status=Payment.Status.PAID).exists():
        if order.is_part_paid and status == Order.Status.LAPSED:
            _wait_for_a_person(order)
        return
    if (order.status, status) == (Order.Status.LAPSED, Order.Status.CANCELLED):
        move(order, status)  # the buyer gave it back, and Stripe's word that the page has ended came first
    if order.status not in order_status.HOLDING:
        return
    ticket_status = Ticket.Status.LAPSED if status == Order.Status.LAPSED else Ticket.Status.CANCELLED
    places.release_tickets(tickets=order.tickets(), status=ticket_status)
    was_invoiced, was_unconfirmed = order.status == Order.Status.INVOICED, order.is_unconfirmed
    if was_unconfirmed and status == Order.Status.LAPSED:
        status = Order.Status.UNANSWERED
    move(order, status)
    codes.release(order)
    if order.is_called_off and not was_unconfirmed:
        rebooking_mails.tell_unpaid_ended(order)
    elif was_invoiced:
        invoice_mails.tell_ended(order)
        issuing.issue_after_commit(order)
    offer_places(order)


def offer_places(order: Order) -> None:
    """To people who wait for a place on one of its workshops, which must be locked."""
    for workshop in order.workshops:
        waiting_offers.offer_free_places(workshop)


def _wait_for_a_person(order: Order) -> None:
    """A part of the money is here, and the time of the places is over."""
    places.release_tickets(tickets=order.tickets(), status=Ticket.Status.LAPSED)
    move(order, Order.Status.REVIEW)
    transfer_mails.tell_too_late(order)
    offer_places(order)
