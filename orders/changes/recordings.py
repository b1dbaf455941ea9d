"""When a recording that was bought alone may be opened, and what opening it ends.

Once it is opened within the days to change one's mind, the right to cancel is gone; so it opens then only to those who
have asked for it and know that. Whoever has a live place has it with what has taken place, at any time.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from courses.models import Ticket, TicketType
from kit.local.times import day_month
from orders import locks
from orders.models import Consent, Order, OrderLine
from practice.refund_policy import LEAST_FREE_DAYS, OPEN_NOW, RefundPolicy, from_snapshot

LEAST = RefundPolicy(LEAST_FREE_DAYS, ())


class NotToBeAskedFor(Exception):
    """There is nothing to ask: it was opened or asked for, need not be asked for, or is not there yet."""


@transaction.atomic
def ask_for_recording(order: Order, *, line: OrderLine) -> None:
    """The buyer wants it now, and knows that she then cannot cancel any more. Raises NotToBeAskedFor."""
    order = locks.locked_order(order.pk)
    line = order.lines.select_related("ticket").get(pk=line.pk)
    if not may_be_asked_for(order, line):
        raise NotToBeAskedFor
    Consent.objects.create(line=line, kind=Consent.Kind.RECORDING, words=OPEN_NOW)


def may_be_asked_for(order: Order, line: OrderLine) -> bool:
    """Once the workshop is over, while the buyer could still change her mind; uses what was prefetched."""
    ticket, workshop = line.ticket, order.workshop_of(line.ticket)
    return (
        order.is_paid
        and ticket.is_confirmed
        and ticket.access == TicketType.Access.CATCH_UP
        and ticket.recording_opened_at is None
        and workshop.is_over
        and not workshop.is_cancelled
        and workshop.catch_up_days > 0
        and line.total > 0
        and not line.has_consent(Consent.Kind.RECORDING)
        and timezone.now() < _free_until(order.refund_terms, order.booked_at, workshop.time_zone)
    )


def with_sale(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """With what `kept_until` asks of the sale, and so without a query for each."""
    line = OrderLine.objects.filter(ticket=OuterRef("pk")).annotate(
        paid=F("price") - F("discount"), booked_at=Coalesce("order__paid_at", "order__placed_at")
    )
    consents = Consent.objects.filter(line__ticket=OuterRef("pk"), kind=Consent.Kind.RECORDING)
    return tickets.annotate(
        paid=Subquery(line.values("paid")),
        booked_at=Subquery(line.values("booked_at")),
        refund_terms=Subquery(line.values("order__refund_terms")),
        is_asked_for=Exists(consents),
    )


def kept_until(ticket: Any) -> datetime | None:
    """Until when opening it would end a right to cancel unasked; None where it may be opened.

    The ticket comes from `with_sale`.
    """
    if ticket.access == TicketType.Access.LIVE or not ticket.paid or ticket.is_asked_for:
        return None
    until = _free_until(ticket.refund_terms, ticket.booked_at, ticket.workshop.time_zone)
    return until if timezone.now() < until else None


def standing(ticket: Ticket) -> str:
    """For the list of attendees."""
    workshop = ticket.workshop
    if not ticket.is_confirmed:
        return ""
    if not workshop.catch_up_days:
        return "not recorded"
    if ticket.recording_opened_at:
        return "opened"
    until = kept_until(ticket)
    if until is None:
        return "may be opened"
    first = until.astimezone(ZoneInfo(workshop.time_zone))
    return f"not before {day_month(first)} {first.year}"


def note_opened(ticket: Ticket) -> None:
    """That its recording is opened, which ends a right to cancel. Only the first time counts.

    The workshop must be locked, as by everybody who gives money back for a place.
    """
    Ticket.objects.filter(pk=ticket.pk, recording_opened_at=None).update(recording_opened_at=timezone.now())


def _free_until(refund_terms: dict, booked_at: datetime, zone: str) -> datetime:
    return (from_snapshot(refund_terms) or LEAST).free_until(booked_at, zone)
