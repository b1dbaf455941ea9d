"""The links of somebody who has lost the mail with them: sent to the address itself, whoever asked for it."""

from collections.abc import Collection
from datetime import UTC
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from courses.models import Ticket, Workshop
from courses.when import when
from kit.guard.addresses import email_key
from kit.guard.tokens import new_secret
from learning.recordings import watchable_for
from orders.models import Order, order_status
from outbox.models import Message
from outbox.post import queue_message
from practice.models import Practice

KIND, NOTHING = "learning/links_again", "learning/no_links"  # of the same mail, for its limits
MOST = 30  # of each; who has more has an account


@transaction.atomic
def send_links(*, email: str) -> None:
    """One mail at most, to an address without bookings too: the page says the same of both."""
    keys = [email_key(email)]
    places, orders = _places(keys), _orders(keys)
    is_known = bool(places or orders)
    queue_message(
        key=f"links-again:{timezone.now().astimezone(UTC):%Y%m%d}:{new_secret()}",
        to=email,
        template=KIND,
        kind=KIND if is_known else NOTHING,
        context={"places": places, "orders": orders, "login_page": f"{settings.SITE_URL}/accounts/login/"},
        reply_to=Practice.current().email,
        priority=Message.Priority.AWAITED if is_known else Message.Priority.STRANGER,
    )


def _places(keys: Collection[str]) -> list[dict[str, Any]]:
    """What is to come, the soonest first, then what may still be watched, the latest first."""
    found = Ticket.objects.confirmed().of_addresses(keys).filter(workshop__status=Workshop.Status.PUBLISHED)
    found = found.select_related("workshop__course", "ticket_type").prefetch_related("workshop__sessions")
    is_over = Q(workshop__ends_at__lte=timezone.now())
    coming = found.exclude(is_over).order_by("workshop__starts_at", "pk")[:MOST]
    past = found.filter(is_over).order_by("-workshop__starts_at", "-pk")[:MOST]
    return [
        {
            "ticket": ticket,
            "when": when(ticket.workshop, ticket.attendee_time_zone) if ticket.is_live else [],
            "page": settings.SITE_URL + ticket.get_absolute_url(),
        }
        for ticket in [*coming, *filter(_may_be_watched, past)]
    ]


def _may_be_watched(ticket: Ticket) -> bool:
    return any(each.is_open for each in watchable_for(ticket))


def _orders(keys: list[str]) -> list[dict[str, Any]]:
    found: QuerySet[Order] = Order.objects.of_addresses(keys).exclude(status__in=order_status.UNPAID)
    newest = found.select_related("workshop__course", "series").order_by("-placed_at", "-pk")[:MOST]
    return [
        {"order": order, "page": settings.SITE_URL + order.get_absolute_url()}
        for order in newest
        if not order.sold.is_over
    ]
