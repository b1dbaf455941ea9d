"""Whether each held place is somebody's: rules on orders' holds and on offers to the waiting list."""

from collections.abc import Callable, Iterator

from django.db.models import Exists, OuterRef
from django.utils import timezone

from courses.models import Ticket, WaitingListEntry
from orders.models import OrderLine


def held_places_of_nobody() -> Iterator[tuple[str, str]]:
    """A place is held for an order, or on offer to somebody on the waiting list."""
    line, offer = OrderLine.objects.filter(ticket=OuterRef("pk")), WaitingListEntry.objects.offered()
    held = Ticket.objects.occupying().filter(status=Ticket.Status.HELD)
    for ticket in held.filter(~Exists(line), ~Exists(offer.filter(ticket=OuterRef("pk")))).select_related("workshop"):
        yield f"workshop {ticket.workshop.slug}", f"place {ticket.place_number} is held for no order and no offer"


def offers_without_place() -> Iterator[tuple[str, str]]:
    """While an offer runs its place is held; one that was booked is no offer any more."""
    running = WaitingListEntry.objects.offered().filter(offer_ends_at__gt=timezone.now())
    for entry in running.exclude(ticket__status=Ticket.Status.HELD).select_related("workshop", "ticket"):
        yield f"waiting list of {entry.workshop.slug}", f"an open offer's place is {entry.ticket.status}"


RULES: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "a held place has an order or an offer": held_places_of_nobody,
    "an offer holds its place": offers_without_place,
}
