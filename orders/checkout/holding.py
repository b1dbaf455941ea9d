"""How much one person, or one network, may hold without having paid for it, over all workshops.

It is counted in the rows of the orders themselves. Two orders of one person, or from one network, wait for each other,
so that none of them counts before the other is written. A browser is of all the networks that it comes by.
"""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from accounts.tries import wait_in_line
from courses.models import Ticket, Workshop
from kit.database.moments import ThisMoment
from kit.database.questions import Asked, written_once
from orders.models import Order, order_status


@dataclass(frozen=True)
class Bound:
    orders: int
    places: int


PERSON, NETWORK = Bound(orders=2, places=6), Bound(orders=12, places=12)  # a network may be that of an institute
PERSON_INVOICED, NETWORK_INVOICED = Bound(orders=12, places=12), Bound(orders=24, places=24)  # they wait for weeks


Row = tuple[str, str, str, int, str]  # benefit key, network, status, places, browser


class TooManyHeld(Exception):
    """As many places as may be held without payment are held already."""


class HeldByOnePerson(TooManyHeld):
    """By this address alone."""


class TooManyInvoiced(Exception):
    """Invoices that nobody has paid yet hold as many of this workshop's places as they may."""


def check_bounds(order: Order, *, places: int) -> None:
    """Before this order's places are held, or held anew. Raises TooManyHeld.

    Where nobody is known by a network, an editor holds them: there is no bound.
    """
    if not order.from_network:
        return
    names = [f"person:{order.benefit_key}", f"network:{order.from_network}"]
    if order.from_browser:  # it may come by one network after the other
        names.append(f"browser:{order.from_browser}")
    wait_in_line(names)
    whose = {"person": order.benefit_key, "network": order.from_network, "browser": order.from_browser}
    rows = _held_by(**whose, but=order.pk or 0)
    own = [row for row in rows if row[0] == order.benefit_key]
    near = [row for row in rows if row[1] == order.from_network or row[4] == order.from_browser != ""]
    if _is_too_much(near, NETWORK, NETWORK_INVOICED, places):
        raise TooManyHeld
    if _is_too_much(own, PERSON, PERSON_INVOICED, places):
        raise HeldByOnePerson


def check_share(workshop: Workshop, *, places: int) -> None:
    """Invoices hold at most half of a workshop's places. The workshop must be locked. Raises TooManyInvoiced."""
    unpaid = Order.objects.filter(workshop=workshop, status__in=order_status.HOLDING).exclude(organisation="")
    held = Ticket.objects.occupying().filter(workshop=workshop, pk__in=unpaid.order_by().values("lines__ticket"))
    if held.exclude(place_number=None).count() + places > max(1, workshop.capacity // 2):
        raise TooManyInvoiced


@written_once
def _held_by(person: Asked, network: Asked, browser: Asked, but: Asked) -> QuerySet[Order, Row]:
    """Beside the order with this key; of no browser where it is empty."""
    of_browser = Q(from_browser=browser) & ~Q(from_browser="")
    whose = Q(benefit_key=person) | Q(from_network=network) | of_browser
    held = Order.objects.filter(whose, status__in=order_status.HOLDING, held_until__gt=ThisMoment())
    found = held.exclude(pk=but).order_by().annotate(places=Count("lines"))
    return found.values_list("benefit_key", "from_network", "status", "places", "from_browser")


def _is_too_much(rows: list[Row], short: Bound, invoiced: Bound, places: int) -> bool:
    brief = [row[3] for row in rows if row[2] not in order_status.AWAITS_TRANSFER]
    return _exceeds(brief, short, places) or _exceeds([row[3] for row in rows], invoiced, places)


def _exceeds(held: list[int], bound: Bound, places: int) -> bool:
    return len(held) + 1 > bound.orders or sum(held) + places > bound.places
