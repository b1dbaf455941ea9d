"""The sale of a series: a place on each of its workshops, or none. The workshops are locked in order of key."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts import audit
from courses.models import Ticket, Workshop, WorkshopSeries
from courses.seats import places, series_offers
from courses.series import Offered
from kit.work.checkpoints import checkpoint
from orders import consents
from orders.checkout import placing
from orders.checkout.attempts import HOLD
from orders.checkout.holding import check_bounds
from orders.checkout.placing import OrderName, Placed, PriceChanged, SaleClosed, Wish
from orders.models import Order
from orders.pricing.prices import quote_series


class PartSoldOut(places.SoldOut):
    """One of its workshops is full, so nothing is held on the others either."""

    def __init__(self, workshop: Workshop) -> None:
        super().__init__(0)
        self.workshop = workshop


def place_series(series: WorkshopSeries, wish: Wish) -> Placed:
    """Hold a place on each workshop, freeze the price, and write the first attempt to pay. The same key finds the first
    order again. Raises PartSoldOut, SaleClosed, TooManyHeld, PriceChanged when the total is not the one shown, and
    OfferEnded or OfferInUse where it is booked with an offer."""
    with transaction.atomic(), audit.in_one_insert():
        keys = {ticket.ticket_type.workshop_id for ticket in wish.tickets}
        locked = [places.lock_workshop(pk) for pk in sorted(keys)]
        found = placing.find_order_or_name(wish.key)
        if isinstance(found, Order):
            return Placed(found)
        placed = _hold(series, locked, wish, name=found)
        placed = placing.begin_to_pay(placed, is_known=False)
    checkpoint("order placed")
    return placed


def _hold(series: WorkshopSeries, locked: Sequence[Workshop], wish: Wish, *, name: OrderName) -> Placed:
    offer = _as_it_stands(series, locked, wish)
    quoted = quote_series(offer.ticket_types, offer.price)
    if wish.shown_total != quoted.total:
        raise PriceChanged
    until = timezone.now() + HOLD
    order = placing.draft_order(offer.workshops[0], wish.buyer, quoted, name=name, until=until)
    order.series, order.workshops = offer.series, list(locked)
    if wish.visitor:
        order.from_network, order.from_browser = wish.visitor.network, wish.visitor.browser
    check_bounds(order, places=len(wish.tickets))
    held = _hold_places(offer.series, locked, wish, until=until)
    placing.store_order(order)
    lines = placing.write_lines(order, [held[each.workshop_id] for each in offer.ticket_types], quoted)
    consents.record(order, lines, wish.agreed)
    return Placed(order, lines)


def _as_it_stands(series: WorkshopSeries, locked: Sequence[Workshop], wish: Wish) -> Offered:
    """Raises SaleClosed unless the series is these workshops, sold with these tickets, at this moment."""
    now = get_object_or_404(WorkshopSeries, pk=series.pk)
    parts = set(now.parts.values_list("workshop", flat=True))
    offer = Offered(now, locked)
    wanted = {ticket.ticket_type.pk for ticket in wish.tickets}
    if not offer.is_on_sale or parts != {each.pk for each in locked}:
        raise SaleClosed
    if wanted != {each.pk for each in offer.ticket_types} or len(wish.tickets) != len(wanted):
        raise SaleClosed
    return offer


def _hold_places(
    series: WorkshopSeries, locked: Sequence[Workshop], wish: Wish, *, until: datetime
) -> dict[int, Ticket]:
    """By workshop, in order of key."""
    if wish.waiting_offer:
        tickets = series_offers.hold_places(
            locked, series=series, wanted=wish.tickets, until=until, offer=wish.waiting_offer
        )
        return {ticket.workshop_id: ticket for ticket in tickets}
    wanted = {ticket.ticket_type.workshop_id: ticket for ticket in wish.tickets}
    held = {}
    for workshop in locked:
        try:
            [held[workshop.pk]] = places.hold_places(workshop, wanted=[wanted[workshop.pk]], until=until)
        except places.SoldOut as error:
            raise PartSoldOut(workshop) from error
    return held
