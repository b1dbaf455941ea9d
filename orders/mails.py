"""The mails around an order, each written in the transaction of what it tells of, each with a key of its own."""

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from courses import calendars
from courses.models import Session, Ticket, TicketType, Workshop
from kit.addresses import email_key
from kit.times import LocalSpan, moment_label, until_label
from orders import consents
from orders.changes.refund_policy import LineRefund
from orders.models import Dispute, Order, OrderLine, Refund
from orders.pricing.vat import vat_lines
from outbox.post import Attachment, queue_message
from practice.models import City, Practice


def tell_confirmed(order: Order, tickets: Sequence[Ticket]) -> None:
    """To the buyer: receipt and link to the order; to each attendee: how to join. One mail if she is both."""
    own = [ticket for ticket in tickets if email_key(ticket.attendee_email) == order.email_key]
    meetings = _meetings(order.workshop, order.time_zone)
    queue_message(
        key=f"order:{order.pk}:confirmation",
        to=order.buyer_email,
        template="order_confirmation",
        context=_about(order)
        | {"tickets": tickets, "own": own, "meetings": meetings, "vat": vat_lines(order.lines.all(), order.currency)}
        | {"old": _old_place(order), "consents": consents.in_words(order)}
        | _how(tickets),
        attachments=calendars_of(own),
        reply_to=Practice.current().email,
    )
    for ticket in tickets:
        if ticket not in own:
            tell_attendee(order, ticket)


def tell_attendee(order: Order, ticket: Ticket) -> None:
    key = f"ticket:{ticket.pk}:joining"
    _send_joining_page(ticket, booked_by=order.buyer_name, key=key, old=_old_place(order))


def tell_attendee_again(ticket: Ticket) -> None:
    """From the desk: for a free place, to a new address, or because the first mail got lost."""
    line = OrderLine.objects.filter(ticket=ticket).select_related("order").first()
    _send_joining_page(
        ticket,
        booked_by=line.order.buyer_name if line else Practice.current().name,
        key=f"ticket:{ticket.pk}:joining:{timezone.now():%Y%m%dT%H%M%S}",  # a double click sends one
    )


def tell_unseated(order: Order) -> None:
    """Paid too late for the place: the money goes back by itself. To the buyer and to the practice."""
    _tell_both(order, "unseated", "order_unseated")


def tell_workshop_gone(order: Order) -> None:
    """Paid after we had cancelled the workshop: the money goes back by itself. To the buyer and to the practice."""
    _tell_both(order, "unseated", "order_workshop_gone")


def tell_refunded(order: Order) -> None:
    """Once, and once more for each refund that had to be sent again."""
    failed = Refund.objects.filter(payment__order=order, status__in=Refund.NOT_SENT).count()
    queue_message(
        key=f"order:{order.pk}:refunded{f':{failed}' if failed else ''}",
        to=order.buyer_email,
        template="order_refunded",
        context=_about(order) | {"amount": order.refunded_amount()},
        reply_to=Practice.current().email,
    )


def tell_cancelled(order: Order, shares: Sequence[LineRefund]) -> None:
    """To the buyer: what was cancelled and what comes back; to an attendee with an address of their own: the place."""
    tickets = [share.line.ticket for share in shares]
    queue_message(
        key=f"order:{order.pk}:cancelled:{'-'.join(str(ticket.pk) for ticket in tickets)}",
        to=order.buyer_email,
        template="order_cancelled",
        context=_about(order) | {"shares": shares, "total": _sum(shares), "staying": _staying(order)},
        reply_to=Practice.current().email,
    )
    for ticket in tickets:
        if email_key(ticket.attendee_email) != order.email_key:
            _tell_attendee_of_end(order, ticket)


def tell_handed_over(order: Order, *, before: Ticket, after: Ticket) -> None:
    """To the new attendee: how to join; to who had the place and to the buyer: that it changed hands."""
    turn = hashlib.sha256(after.secret.encode()).hexdigest()[:16]  # each new link is told of once
    _send_joining_page(after, booked_by=order.buyer_name, key=f"ticket:{after.pk}:joining:{turn}")
    context = _about(order) | {"before": before, "after": after}
    told = {email_key(after.attendee_email)}
    for address in (order.buyer_email, before.attendee_email):
        if email_key(address) not in told:
            is_buyer = address == order.buyer_email
            queue_message(
                key=f"ticket:{after.pk}:handed-over:{turn}:{'buyer' if is_buyer else 'attendee'}",
                to=address,
                template="ticket_handed_over",
                context=context | {"is_buyer": is_buyer},
                reply_to=Practice.current().email,
            )
        told.add(email_key(address))


def tell_part_refunded(order: Order, refunds: Sequence[Refund]) -> None:
    """Money back that the desk decided on; the places are as they were."""
    queue_message(
        key=f"refund:{refunds[0].pk}:told",
        to=order.buyer_email,
        template="order_part_refunded",
        context=_about(order) | {"total": _sum(refunds), "reason": refunds[0].reason, "staying": _staying(order)},
        reply_to=Practice.current().email,
    )


def tell_difference(order: Order) -> None:
    """The desk moves a place to a dearer workshop: the buyer may pay the difference."""
    held_until = until_label(order.pay_until, order.workshop.time_zone)
    queue_message(
        key=f"order:{order.pk}:difference",
        to=order.buyer_email,
        template="order_difference",
        context=_about(order) | {"old": _old_place(order), "held_until": held_until},
        reply_to=Practice.current().email,
    )


def tell_review(order: Order) -> None:
    """What came in is not what was asked for: a person decides. To the buyer and to the practice."""
    _tell_both(order, "review", "order_review")


def tell_refund_failed(order: Order, refund: Refund) -> None:
    """To the practice: money that should have gone back is still here."""
    practice = Practice.current()
    if practice.email:
        queue_message(
            key=f"refund:{refund.pk}:failed",
            to=practice.email,
            template="refund_failed",
            context=_about(order) | {"refund": refund},
        )


def calendars_of(tickets: Sequence[Ticket]) -> list[Attachment]:
    """A file for each live place; a recording has no date."""
    live = [ticket for ticket in tickets if ticket.access == TicketType.Access.LIVE]
    return [Attachment("workshop.ics", calendars.CONTENT_TYPE, calendars.ticket_calendar(each)) for each in live]


def _old_place(order: Order) -> dict[str, Any] | None:
    """Of a place that was moved: where it comes from, and what came back because the new one costs less."""
    line = order.moved_from
    if line is None:
        return None
    back = line.refunds.counting().filter(credit=None, created_at__gte=order.placed_at).total()
    return {"line": line, "order": line.order, "workshop": line.order.workshop, "back": back}


def tell_dispute_opened(order: Order, dispute: Dispute) -> None:
    """To the practice, once for an early warning and once for a dispute proper."""
    practice = Practice.current()
    due = dispute.evidence_due_at
    _tell_practice_of_dispute(
        order,
        dispute,
        fact="warning" if dispute.is_warning else "opened",
        due=moment_label(due, practice.time_zone) if due else "",
    )


def tell_dispute_closed(order: Order, dispute: Dispute) -> None:
    _tell_practice_of_dispute(order, dispute, fact=dispute.status)


def _tell_practice_of_dispute(order: Order, dispute: Dispute, *, fact: str, due: str = "") -> None:
    practice = Practice.current()
    if practice.email:
        queue_message(
            key=f"dispute:{dispute.pk}:{fact}",
            to=practice.email,
            template="dispute_opened" if dispute.is_open else "dispute_closed",
            context=_about(order) | {"dispute": dispute, "due": due},
        )


def _tell_both(order: Order, fact: str, template: str) -> None:
    practice = Practice.current()
    queue_message(
        key=f"order:{order.pk}:{fact}",
        to=order.buyer_email,
        template=template,
        context=_about(order),
        reply_to=practice.email,
    )
    if practice.email:
        queue_message(
            key=f"order:{order.pk}:{fact}:practice",
            to=practice.email,
            template="order_needs_attention",
            context=_about(order) | {"fact": order.get_status_display()},
        )


def _tell_attendee_of_end(order: Order, ticket: Ticket) -> None:
    queue_message(
        key=f"ticket:{ticket.pk}:cancelled",
        to=ticket.attendee_email,
        template="ticket_cancelled",
        context={"ticket": ticket, "workshop": order.workshop, "booked_by": order.buyer_name},
        reply_to=Practice.current().email,
    )


def _staying(order: Order) -> list[OrderLine]:
    return list(order.lines.filter(ticket__status=Ticket.Status.CONFIRMED).select_related("ticket"))


def _sum(amounts: Sequence[LineRefund | Refund]) -> Decimal:
    return sum((each.amount for each in amounts), Decimal())


def _send_joining_page(ticket: Ticket, *, booked_by: str, key: str, old: dict[str, Any] | None = None) -> None:
    workshop = ticket.workshop
    queue_message(
        key=key,
        to=ticket.attendee_email,
        template="ticket_joining",
        context={
            "ticket": ticket,
            "workshop": workshop,
            "booked_by": booked_by,
            "old": old,
            "meetings": _meetings(workshop, ticket.attendee_time_zone),
            **_how([ticket]),
        },
        attachments=calendars_of([ticket]),
        reply_to=Practice.current().email,
    )


def _about(order: Order) -> dict[str, Any]:
    return {
        "order": order,
        "workshop": order.workshop,
        "order_url": settings.SITE_URL + order.get_absolute_url(),
        "refund_lines": order.refund_lines,
    }


def _meetings(workshop: Workshop, zone: str) -> list[tuple[Session, list[LocalSpan]]]:
    """Each session with its times in the organiser's zone and the reader's."""
    places = City.objects.in_zones(workshop.time_zone, zone)
    return [(session, session.local_spans(places)) for session in workshop.meetings]


def _how(tickets: Sequence[Ticket]) -> dict[str, Any]:
    """Who has bought the recording alone is not told of a live session."""
    is_live = any(ticket.access == TicketType.Access.LIVE for ticket in tickets)
    return {"is_live": is_live, "how": "Live on Zoom" if is_live else "On catch-up"}
