"""After we cancelled a workshop: each attendee moves to another run of the course at no extra cost, or has the money
sent back; after a week of silence the money goes back by itself. Whoever decides first decides."""

from dataclasses import replace
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from courses.seats import places
from kit.work.rounds import do_for_each, in_any_order
from orders import locks
from orders.changes import cancellations, credits, moves, rebooking_offers
from orders.changes.cancellations import Outcome, TooLate
from orders.changes.moves import MoveQuote, MoveWish
from orders.models import Order, RebookingOffer, Refund
from orders.pricing.refund_policy import refund_for

WAIVED = "Moved from a cancelled workshop"


class Decided(Exception):
    """The offer was taken up already, or its money has gone back."""


def choices_for(offer: RebookingOffer) -> list[MoveQuote]:
    """Other runs of the same course with places left; none costs more than was paid."""
    line = offer.line
    course_id = line.workshop.course_id
    found = moves.choices_for(line, waive=WAIVED)
    return [quote for quote in found if quote.ticket_type.workshop.course_id == course_id]


def comes_back(offer: RebookingOffer) -> Decimal:
    return refund_for(offer.line.order, [offer.line], timezone.now()).total


def went_back(offer: RebookingOffer) -> Decimal:
    """To whoever paid, after the choice; nothing of what went back another way before."""
    return Refund.objects.counting().filter(line=offer.line, credit=None).total()


@transaction.atomic
def take(offer: RebookingOffer, wish: MoveWish) -> Order:
    """Moves its place; no difference is charged. Raises Decided, and as `moves.move_place`."""
    locks.lock_orders([offer.line.order_id], workshop_ids=[wish.to.workshop_id])
    if existing := Order.objects.filter(key=wish.key).first():
        return existing
    if not _lock(offer).is_open:
        raise Decided
    return moves.move_place(replace(wish, line=offer.line, waive=WAIVED))


@transaction.atomic
def refund(offer: RebookingOffer, *, shown: Decimal) -> Outcome:
    """Gives the place up and sends everything back; a second time does nothing. Raises AmountChanged, and TooLate
    while a bank asks for the same money back."""
    order = locks.lock_orders([offer.line.order_id])[offer.line.order_id]
    if credits.is_disputed(order):
        raise TooLate
    locked = _lock(offer)
    if not locked.is_open:
        return Outcome()
    line = locked.line
    if cancellations.lines_to_cancel(order, [line.ticket]):
        return cancellations.cancel_places(order, tickets=[line.ticket], shown=shown)
    places.cancel_tickets(order.workshop_of(line.ticket), tickets=[line.ticket])  # its money went back another way
    rebooking_offers.decide([line], RebookingOffer.Status.REFUNDED)
    return Outcome()


def refund_the_silent() -> int:
    """The worker's part. While a bank asks for the same money back, the offer stays open. Returns how many."""
    due = RebookingOffer.objects.filter(status=RebookingOffer.Status.OPEN, refund_at__lte=timezone.now())
    return do_for_each(in_any_order(due.select_related("line__order", "line__ticket")), _refund_silent)


def _refund_silent(offer: RebookingOffer) -> bool:
    """Says whether it did."""
    try:
        with transaction.atomic():
            offer.line.order = locks.lock_orders([offer.line.order_id])[offer.line.order_id]
            refund(offer, shown=comes_back(offer))
    except TooLate:
        return False
    return True


def _lock(offer: RebookingOffer) -> RebookingOffer:
    rows = RebookingOffer.objects.select_for_update(of=("self",)).select_related("line__ticket")
    return rows.get(pk=offer.pk)
