"""What somebody who has signed in finds under Bookings: what she comes to, what she ordered, and what she waits for."""

from collections.abc import Collection
from dataclasses import dataclass

from courses.models import SeriesWaitingEntry, Ticket, WaitingListEntry
from orders.models import Order
from orders.pages.order_page import OrderPage, read_orders

MOST = 100  # of each


@dataclass(frozen=True)
class Bookings:
    """Of addresses that were proved to be hers, whoever booked."""

    coming: list[Ticket]
    past: list[Ticket]
    orders: list[OrderPage]
    waiting: list[WaitingListEntry | SeriesWaitingEntry]

    @property
    def has_some(self) -> bool:
        return any((self.coming, self.past, self.orders, self.waiting))


def bookings_of(keys: Collection[str]) -> Bookings:
    places = _places(keys)
    return Bookings(
        coming=[each for each in places if not each.workshop.is_over],
        past=[each for each in reversed(places) if each.workshop.is_over],
        orders=[OrderPage(each) for each in read_orders(Order.objects.of_addresses(list(keys))[:MOST])],
        waiting=_waiting(keys),
    )


def _places(keys: Collection[str]) -> list[Ticket]:
    """The soonest first; what lies furthest back is left out first."""
    found = Ticket.objects.confirmed().of_addresses(keys).select_related("workshop__course", "ticket_type")
    found = found.defer("workshop__course__cover", "workshop__course__body").prefetch_related("workshop__sessions")
    return list(found.order_by("-workshop__starts_at", "-pk")[:MOST])[::-1]


def _waiting(keys: Collection[str]) -> list[WaitingListEntry | SeriesWaitingEntry]:
    alone = WaitingListEntry.objects.unfinished().filter(email_key__in=keys).select_related("workshop__course")
    whole = SeriesWaitingEntry.objects.unfinished().filter(email_key__in=keys).select_related("series")
    return [*whole.order_by("pk")[:MOST], *alone.order_by("workshop__starts_at", "pk")[:MOST]]
