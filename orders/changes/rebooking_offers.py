"""What became of the offer that an attendee got when we cancelled a workshop: whoever decides first decides."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils import timezone

from courses.models import Ticket
from orders.models import Order, OrderLine, RebookingOffer
from orders.states import move


def decide(lines: Iterable[OrderLine], to: str) -> None:
    """For places that were moved or given up; those without an open offer are left alone. The order must be locked."""
    found = RebookingOffer.objects.select_for_update(of=("self",)).filter(line__in=list(lines))
    for offer in found.filter(status=RebookingOffer.Status.OPEN):
        move(offer, to, decided_at=timezone.now())


def open_offers(order: Order, tickets: Iterable[Ticket]) -> QuerySet[RebookingOffer]:
    """Of these places of the order, locked, with what a mail tells of them."""
    offers = RebookingOffer.objects.select_for_update(of=("self",)).select_related("line__ticket__ticket_type")
    return offers.filter(line__order=order, line__ticket__in=list(tickets), status=RebookingOffer.Status.OPEN)
