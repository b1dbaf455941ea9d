"""News of places after their sale: cancelled, handed over, moved to a dearer workshop."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from courses.calendar_requests import cancels_for, requests_for
from courses.models import Ticket, Workshop
from kit.guard.addresses import email_key
from kit.local.times import until_label
from orders.mails.about import about_order, kind_of, old_place, staying_lines, sum_of, to_each_in_turn
from orders.mails.booking_mails import send_joining_pages
from orders.models import Order, OrderLine
from orders.pricing.refund_policy import LineRefund
from outbox.post import queue_message
from practice.models import Practice, SaleTerms


def tell_cancelled(order: Order, shares: Sequence[LineRefund]) -> None:
    """To the buyer: what was cancelled and what comes back; to an attendee with an address of their own: the place."""
    tickets = [share.line.ticket for share in shares]
    for ticket in tickets:
        ticket.workshop = order.workshop_of(ticket)
    own = [ticket for ticket in tickets if email_key(ticket.attendee_email) == order.email_key]
    queue_message(
        key=f"order:{order.pk}:cancelled:{'-'.join(str(ticket.pk) for ticket in tickets)}",
        to=order.buyer_email,
        template="orders/order_cancelled",
        context=about_order(order)
        | {
            "shares": shares,
            "total": sum_of(shares),
            "staying": staying_lines(order),
            "gone": order.sold_with(tickets),
        },
        attachments=requests_for(own),
        reply_to=Practice.current().email,
    )
    for ticket in to_each_in_turn(ticket for ticket in tickets if ticket not in own):
        kind = kind_of("orders/ticket_cancelled", order)
        _tell_attendee_of_end(ticket, booked_by=order.buyer_name, kind=kind)


@dataclass(frozen=True)
class Given:
    """A place as it was before it changed hands, and as it is now."""

    before: Ticket
    after: Ticket


def tell_handed_over(order: Order, given: Sequence[Given]) -> None:
    """Of one place, or of all those of a series that one person gives to another. To the new attendee: how to join; to
    who had them and to the buyer: that they changed hands. One mail for each reader."""
    before, after = given[0].before, given[0].after
    now, gone = [each.after for each in given], [each.before for each in given]
    turn = hashlib.sha256(after.secret.encode()).hexdigest()[:16]  # each new link is told of once
    sold = order.sold_with(now)
    key = f"ticket:{after.pk}:joining:{turn}"
    send_joining_pages(now, booked_by=order, key=key, is_given=True)
    context = about_order(order) | {"workshop": sold, "before": before, "after": after, "count": len(given)}
    template, told = "orders/ticket_handed_over", {email_key(after.attendee_email)}
    for address in (order.buyer_email, before.attendee_email):
        if email_key(address) not in told:
            is_buyer = address == order.buyer_email
            queue_message(
                key=f"ticket:{after.pk}:handed-over:{turn}:{'buyer' if is_buyer else 'attendee'}",
                to=address,
                template=template,
                context=context | {"is_buyer": is_buyer},
                attachments=cancels_for(gone) if email_key(address) == email_key(before.attendee_email) else [],
                reply_to=Practice.current().email,
                kind=template if is_buyer else kind_of(template, order, is_given=True),
            )
        told.add(email_key(address))


def tell_moved_away(old: Ticket, *, to: Workshop) -> None:
    """To the attendee, whose calendar has the old sessions; that of the new ones comes with its own mail.

    Nothing where they are over, or were struck out when we cancelled them.
    """
    if not old.workshop.is_cancelled:
        _strike_out(old, key=f"ticket:{old.pk}:moved", moved_to=to)


def tell_address_changed(before: Ticket) -> None:
    """From the desk: the place has another address now. To the one that it had."""
    _strike_out(before, key=f"ticket:{before.pk}:address-changed:{before.revision}", by_desk=True)


def _strike_out(ticket: Ticket, *, key: str, moved_to: Workshop | None = None, by_desk: bool = False) -> None:
    if cancels := cancels_for([ticket]):
        queue_message(
            key=key,
            to=ticket.attendee_email,
            template="orders/ticket_struck_out",
            context={"ticket": ticket, "workshop": ticket.workshop, "moved_to": moved_to},
            attachments=cancels,
            reply_to=Practice.current().email,
            by_desk=by_desk,
        )


def tell_difference(order: Order) -> None:
    """The desk moves a place to a dearer workshop: the buyer may pay the difference."""
    held_until = until_label(order.pay_until, order.sold.time_zone)
    account = SaleTerms.current().bank_details if order.awaits_difference else ""
    queue_message(
        key=f"order:{order.pk}:difference",
        to=order.buyer_email,
        template="orders/order_difference",
        context=about_order(order) | {"old": old_place(order), "held_until": held_until, "account": account},
        reply_to=Practice.current().email,
    )


def tell_added(order: Order) -> None:
    """The desk adds a place to what somebody has booked: it is theirs once the buyer has paid for it."""
    queue_message(
        key=f"order:{order.pk}:added",
        to=order.buyer_email,
        template="orders/order_added",
        context=about_order(order)
        | {
            "coming": [ticket.attendee_name for ticket in order.load_lines()],
            "held_until": until_label(order.pay_until, order.sold.time_zone),
        },
        reply_to=Practice.current().email,
    )


def tell_freed(order: Order) -> None:
    """The desk has given the places of an unpaid order back, as the buyer asked."""
    queue_message(
        key=f"order:{order.pk}:freed",
        to=order.buyer_email,
        template="orders/order_freed",
        context=about_order(order),
        reply_to=Practice.current().email,
    )


def tell_unbooked(order: Order, tickets: Sequence[Ticket], *, key: str) -> None:
    """To attendees who were told of a place, and no money had come for it: it is not booked yet."""
    for ticket in to_each_in_turn(tickets):
        queue_message(
            key=f"ticket:{ticket.pk}:{key}",
            to=ticket.attendee_email,
            template="orders/ticket_unbooked",
            context={"ticket": ticket, "workshop": ticket.workshop, "booked_by": order.buyer_name},
            attachments=cancels_for([ticket]),
            reply_to=Practice.current().email,
        )


def tell_taken_back(ticket: Ticket, *, note: str = "") -> None:
    """The desk takes a place back that was free, or whose money has gone back. To the attendee."""
    line = OrderLine.objects.filter(ticket=ticket).select_related("order").first()
    _tell_attendee_of_end(ticket, booked_by=line.order.buyer_name if line else Practice.current().name, note=note)


def _tell_attendee_of_end(
    ticket: Ticket, *, booked_by: str, note: str = "", kind: str = "orders/ticket_cancelled"
) -> None:
    queue_message(
        key=f"ticket:{ticket.pk}:cancelled",
        to=ticket.attendee_email,
        template="orders/ticket_cancelled",
        context={"ticket": ticket, "workshop": ticket.workshop, "booked_by": booked_by, "note": note},
        attachments=requests_for([ticket]),
        reply_to=Practice.current().email,
        kind=kind,
    )
