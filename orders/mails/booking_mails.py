"""The mails around an order, each written in the transaction of what it tells of, each with a key of its own."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from courses.calendar_requests import further_places, requests_for
from courses.models import Ticket
from orders import consents
from orders.coming import Coming
from orders.mails.about import (
    about_order,
    back_until,
    how_to_attend,
    kind_of,
    old_place,
    sessions_with_times,
    to_each_in_turn,
)
from orders.mails.agreed import has_model_form, papers_of
from orders.models import Order, OrderLine, Payment
from orders.pricing.vat import vat_lines
from outbox.post import once_more, queue_message
from practice.models import Practice

HEARD_LATE = (
    "paid in time, but we heard of it only when the workshop had begun. The places are booked. Ask whether they could "
    "join, and send the money back if not"
)
NOBODY_TOLD = "Whoever ordered it was erased, so nobody else is told"
LATE = "paid when the workshop had begun: give the place, or send the money back"


def tell_confirmed(order: Order, tickets: Sequence[Ticket]) -> None:
    """To the buyer: receipt and link to the order; to each attendee: how to join. One mail if she is both."""
    own = _send_confirmation(order, tickets, key=f"order:{order.pk}:confirmation{_turn(tickets)}", is_booked_now=True)
    others = to_each_in_turn(ticket for ticket in tickets if ticket not in own)
    for its in [others] if order.series_id and others else [[ticket] for ticket in others]:
        tell_attendee(order, its)


def tell_confirmed_again(order: Order) -> None:
    """From the desk, to the buyer alone: because the first mail got lost, or went to a wrong address."""
    tickets = [ticket for ticket in order.load_lines() if ticket.is_confirmed]
    key = once_more(f"order:{order.pk}:confirmation", to=order.buyer_email)
    _send_confirmation(order, tickets, key=key, is_booked_now=False)


def _send_confirmation(order: Order, tickets: Sequence[Ticket], *, key: str, is_booked_now: bool) -> list[Ticket]:
    """Returns the places of the buyer's own, which it is also the joining page of."""
    coming = Coming(order, tickets)
    sessions = sessions_with_times(order.sold, order.time_zone)
    further = further_places(coming.own)
    queue_message(
        key=key,
        to=order.buyer_email,
        template="orders/order_confirmation",
        context=about_order(order)
        | {"coming": coming, "sessions": sessions, "vat": vat_lines(order.lines.all(), order.currency)}
        | {"old": old_place(order), "consents": consents.in_words(order)}
        | {"has_another_place": _has_another_place(order, coming.own, further)}
        | {"back_until": back_until(order, is_booked_now=is_booked_now)}
        | {"has_form": has_model_form()}
        | how_to_attend(order.sold, tickets),
        attachments=[*requests_for(coming.own, further=further), *papers_of(order)],
        reply_to=Practice.current().email,
    )
    return coming.own


def _turn(tickets: Sequence[Ticket]) -> str:
    """Of places that had been booked before, for money that never came: they are told of anew."""
    turn = max((ticket.revision for ticket in tickets), default=0)
    return f":{turn}" if turn else ""


def _has_another_place(order: Order, own: Sequence[Ticket], further: Sequence[Ticket]) -> bool:
    """Whether the reader of the mail has one of an earlier booking. Of what others have it says nothing."""
    kinds, ordered = {ticket.access for ticket in own}, {line.ticket_id for line in order.lines.all()}
    return any(ticket.access in kinds and ticket.pk not in ordered for ticket in further)


def tell_attendee(order: Order, tickets: Sequence[Ticket]) -> None:
    """Of a place, or of one person's places of a series."""
    key = f"ticket:{tickets[0].pk}:joining{_turn(tickets)}"
    send_joining_pages(tickets, booked_by=order, key=key, old=old_place(order))


def tell_attendee_again(ticket: Ticket) -> None:
    """From the desk: for a free place, to a new address, or because the first mail got lost."""
    line = OrderLine.objects.filter(ticket=ticket).select_related("order").first()
    send_joining_pages(
        [ticket],
        booked_by=line.order.buyer_name if line else Practice.current().name,
        key=once_more(f"ticket:{ticket.pk}:joining", to=ticket.attendee_email),
    )


def tell_unseated(order: Order) -> None:
    """Paid too late for the place: the money goes back by itself. To the buyer and to the practice."""
    _tell_both(order, "unseated", "orders/order_unseated")


def tell_workshop_gone(order: Order) -> None:
    """Paid after we had cancelled the workshop: the money goes back by itself. To the buyer and to the practice."""
    _tell_both(order, "unseated", "orders/order_workshop_gone")


def tell_review(order: Order) -> None:
    """What came in is not what was asked for: a person decides. To the buyer and to the practice."""
    _tell_both(order, "review", "orders/order_review")


def tell_too_late(order: Order) -> None:
    """Paid when the workshop had begun or was over: all of it goes back. To the buyer and to the practice."""
    _tell_both(order, "unseated", "orders/order_too_late")


def tell_late_review(order: Order) -> None:
    """Paid when the workshop had begun: a person decides. To the buyer and to the practice."""
    _tell_both(order, "review", "orders/order_late", needs=LATE)


def tell_heard_late(order: Order) -> None:
    """Seated when the workshop had begun, because nobody told us earlier: the buyer reads so in the confirmation."""
    _tell_practice(order, "heard-late", needs=HEARD_LATE)


def tell_not_kept(order: Order) -> None:
    """A delayed method: the time of the places ended before the bank had said whether it pays."""
    for payment in order.payments.filter(status=Payment.Status.PROCESSING):
        queue_message(
            key=f"payment:{payment.pk}:not-kept",
            to=order.buyer_email,
            template="orders/order_not_kept",
            context=about_order(order),
            reply_to=Practice.current().email,
        )


def tell_bank_refused(order: Order, payment: Payment) -> None:
    """A delayed method brought no money after all, days after the buyer was told to wait."""
    queue_message(
        key=f"payment:{payment.pk}:refused",
        to=order.buyer_email,
        template="orders/order_bank_refused",
        context=about_order(order) | {"workshop_url": settings.SITE_URL + order.sold.get_absolute_url()},
        reply_to=Practice.current().email,
    )


def _tell_both(order: Order, fact: str, template: str, *, needs: str = "") -> None:
    queue_message(
        key=f"order:{order.pk}:{fact}",
        to=order.buyer_email,
        template=template,
        context=about_order(order),
        reply_to=Practice.current().email,
    )
    _tell_practice(order, fact, needs=needs)


def _tell_practice(order: Order, fact: str, *, needs: str) -> None:
    words = needs or order.get_status_display()
    if address := Practice.current().email:
        queue_message(
            key=f"order:{order.pk}:{fact}:practice",
            to=address,
            template="orders/order_needs_attention",
            context=about_order(order) | {"fact": words if order.buyer_email else f"{words}. {NOBODY_TOLD}"},
        )


def send_joining_pages(
    tickets: Sequence[Ticket],
    *,
    booked_by: Order | str,
    key: str,
    old: dict[str, Any] | None = None,
    is_given: bool = False,
) -> None:
    """Of one person's places: one, or those of a series. `booked_by` is the order that brought them; a name where the
    desk sends it. `is_given` says that somebody else had them before."""
    ticket, order = tickets[0], booked_by if isinstance(booked_by, Order) else None
    workshop = order.sold_with(tickets) if order else ticket.workshop
    template = "orders/ticket_joining"
    queue_message(
        key=key,
        to=ticket.attendee_email,
        template=template,
        context={
            "ticket": ticket,
            "tickets": tickets,
            "workshop": workshop,
            "booked_by": order.buyer_name if order else booked_by,
            "old": old,
            "sessions": sessions_with_times(workshop, ticket.attendee_time_zone),
            **how_to_attend(workshop, tickets),
        },
        attachments=requests_for(tickets),
        reply_to=Practice.current().email,
        kind=kind_of(template, order, is_given=is_given) if order else template,
    )
