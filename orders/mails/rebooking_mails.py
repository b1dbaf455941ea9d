"""The mails after we cancelled a workshop, each written in the transaction of what it tells of."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from courses.calendar_requests import requests_for
from courses.models import Ticket
from kit.guard.addresses import email_key
from kit.local.times import moment_label
from orders.models import Order, RebookingOffer
from outbox.post import queue_message
from practice.models import Practice


def tell_workshop_cancelled(order: Order, offers: Sequence[RebookingOffer]) -> None:
    """To each attendee: the link to choose. To a buyer who books for others: who has been asked."""
    for offer in offers:
        _send_offer(order, offer, offers, key=f"rebooking:{offer.pk}:offer")
    if any(email_key(offer.line.ticket.attendee_email) != order.email_key for offer in offers):
        queue_message(
            key=f"order:{order.pk}:workshop-cancelled:{offers[0].pk}",
            to=order.buyer_email,
            template="orders/workshop_cancelled_buyer",
            context=_about(order, offers),
            reply_to=Practice.current().email,
        )


def tell_of_offer_again(order: Order, offer: RebookingOffer) -> None:
    """With a new link, to the new address of whoever is asked."""
    _send_offer(order, offer, [offer], key=f"rebooking:{offer.pk}:offer:{offer.secret[:16]}")


def tell_unpaid_ended(order: Order) -> None:
    cancelled = next((each for each in order.workshops if each.is_cancelled), order.workshop)
    queue_message(
        key=f"order:{order.pk}:workshop-cancelled",
        to=order.buyer_email,
        template="orders/workshop_cancelled_unpaid",
        context=_about(order, []) | {"workshop": cancelled},
        reply_to=Practice.current().email,
    )


def tell_free_place_ended(ticket: Ticket) -> None:
    queue_message(
        key=f"ticket:{ticket.pk}:workshop-cancelled",
        to=ticket.attendee_email,
        template="orders/workshop_cancelled_free",
        context={"ticket": ticket, "workshop": ticket.workshop},
        attachments=requests_for([ticket]),
        reply_to=Practice.current().email,
    )


def _send_offer(order: Order, offer: RebookingOffer, offers: Sequence[RebookingOffer], *, key: str) -> None:
    ticket = offer.line.ticket
    ticket.workshop = order.workshop_of(ticket)
    queue_message(
        key=key,
        to=ticket.attendee_email,
        template="orders/workshop_cancelled",
        context=_about(order, offers) | {"offer": offer, "line": offer.line, "ticket": ticket},
        attachments=requests_for([ticket]),
        reply_to=Practice.current().email,
    )


def _about(order: Order, offers: Sequence[RebookingOffer]) -> dict[str, Any]:
    workshop = order.workshop_of(offers[0].line.ticket) if offers else order.sold
    return {
        "order": order,
        "workshop": workshop,
        "order_url": settings.SITE_URL + order.get_absolute_url(),
        "offers": offers,
        "refund_at": moment_label(offers[0].refund_at, workshop.time_zone) if offers else "",
    }
