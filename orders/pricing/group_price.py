"""A group price is for a group: when too few stay, their places cost the full price, and who leaves pays for it."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from courses.models import Ticket
from orders.models import Order, OrderLine
from orders.pricing.prices import spread


def loss(order: Order, going: Sequence[OrderLine]) -> Decimal:
    """What the places that stay would have cost more without the ones that go; nothing while they are enough."""
    return sum(_lacks(order, going).values(), Decimal())


def shift(order: Order, kept: dict[OrderLine, Decimal]) -> None:
    """What was kept of places that go counts for those that stay from now on. The order must be locked."""
    lacks, whole = _lacks(order, list(kept)), sum(kept.values(), Decimal())
    if not whole:
        return
    for line, part in kept.items():
        _add(line, -part)
    for line, part in zip(lacks, spread(whole, list(lacks.values())), strict=True):
        _add(line, part)


def is_our_doing(order: Order, line: OrderLine, *, free_since_change: datetime | None, at: datetime) -> bool:
    """We cancelled or changed what was booked: then nobody who leaves pays for those that stay."""
    has_changed = free_since_change is not None and at < free_since_change
    return order.workshop_of(line.ticket).is_cancelled or line.is_promised_back or has_changed


def _lacks(order: Order, going: Sequence[OrderLine]) -> dict[OrderLine, Decimal]:
    """Of each place that stays, what it lacks to its full price."""
    if not order.group_places:
        return {}
    booked = order.lines.filter(ticket__status=Ticket.Status.CONFIRMED)
    staying = list(booked.exclude(pk__in=[line.pk for line in going]).order_by("pk"))
    if len(staying) >= order.group_places:
        return {}
    return {line: line.discount - line.shifted for line in staying if line.discount > line.shifted}


def _add(line: OrderLine, amount: Decimal) -> None:
    line.shifted += amount
    line.save(update_fields=["shifted"])
