"""What became of the offer that an attendee got when we cancelled a workshop: whoever decides first decides."""

from collections.abc import Iterable

from django.utils import timezone

from orders.models import OrderLine, RebookingOffer
from orders.states import move


def decide(lines: Iterable[OrderLine], to: str) -> None:
    """For places that were moved or given up; those without an open offer are left alone. The order must be locked."""
    found = RebookingOffer.objects.select_for_update(of=("self",)).filter(line__in=list(lines))
    for offer in found.filter(status=RebookingOffer.Status.OPEN):
        move(offer, to, decided_at=timezone.now())
