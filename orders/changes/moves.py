"""A booked place moves to another workshop, and its money goes along.

An order is for one workshop, so a move makes a new order there, `moved_from` the old line, with today's prices, terms
and refund policy and the same buyer and attendee. At the same price or a lower one all is done in one transaction, and
the difference goes back. A dearer workshop waits for the difference: the new place is held, the old one stays as it is,
and the transaction that confirms the new place is the one that ends the old one (`complete`). If that cannot be any
more, the difference goes back and nothing has changed. A discount code does not move: the new place has its list price,
and what was really paid for the old one counts towards it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from courses.models import Cohort, TicketType, Workshop
from courses.seats import places, waiting_offers
from courses.seats.places import Attendee, NewTicket
from kit.local.money import SMALLEST_CHARGE
from orders import consents
from orders.changes import cancellations, credits, rebooking_offers, refunds
from orders.changes.cancellations import AmountChanged
from orders.changes.credits import NotCovered
from orders.checkout import confirming, placing
from orders.checkout.placing import HOLD, Buyer, OrderName
from orders.consents import Ask
from orders.documents import issuing
from orders.locks import lock_orders
from orders.mails import change_mails
from orders.models import Order, OrderLine, RebookingOffer
from orders.pricing.prices import Quote, QuotedLine
from orders.pricing.refund_policy import refund_for

HOLD_AT_DESK = timedelta(hours=24)  # nobody is waiting at the screen; a page of Stripe lives no longer
CHEAPER = "The workshop that the place was moved to costs less."
MORE_LEFT = "When the move was paid, the old place had more to bring along than before."
SMALL_DIFFERENCE = "A difference this small is not charged"
TOO_LATE = "A place can be moved here for as long as cancelling it would bring all the money back. That time is over."
HOLD_FOR_TRANSFER = timedelta(days=14)  # an accounts department is slower than a card
STARTED = "The workshop has started, so its places can no longer be moved."
DISPUTED = "Your bank is asking us for this payment back, so the place cannot be moved until that is settled."
OF_A_SERIES = "A place of a series is moved by us. Write to us, and we look for another date with you."
SAME = "The place is on this workshop already."
CANCELLED = "This workshop is cancelled. Whoever has the place chooses another, or the money back."
UNDER_WAY = "A move of this place is waiting for its payment already."


class MayNotMove(Exception):
    """With the reason, in words for the buyer."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class MoveQuote:
    """What moving a place to a ticket type costs, or brings, at this moment."""

    line: OrderLine
    ticket_type: TicketType
    available: Decimal  # what the old place can bring along
    waive: str = ""  # why no difference is charged, in words for the receipt
    kept: Decimal = Decimal()  # for places that stay, and lose the group price by it

    @property
    def list_price(self) -> Decimal:
        """As of today; of a place that only gets an order of its own, as it was sold."""
        is_same = self.ticket_type.pk == self.line.ticket.ticket_type_id
        return self.line.price if is_same else self.ticket_type.price

    @property
    def waived(self) -> Decimal:
        """What is given away; Stripe charges no less than a smallest amount."""
        more = self.list_price - self.available
        is_waived = self.waive or more < SMALLEST_CHARGE
        return more if more > 0 and is_waived else Decimal()

    @property
    def waived_words(self) -> str:
        return (self.waive or SMALL_DIFFERENCE) if self.waived else ""

    @property
    def passes_seat(self) -> bool:
        """Within a workshop, and without waiting, its seat is the new place's: no other need be free."""
        ticket, to = self.line.ticket, self.ticket_type
        return not self.to_pay and (ticket.workshop_id, ticket.access) == (to.workshop_id, to.access)

    @property
    def price(self) -> Decimal:
        return self.list_price - self.waived

    @property
    def credit(self) -> Decimal:
        return min(self.available, self.price)

    @property
    def to_pay(self) -> Decimal:
        return self.price - self.credit

    @property
    def comes_back(self) -> Decimal:
        return self.available - self.credit

    @property
    def difference(self) -> Decimal:
        """Above nothing: to pay. Below: comes back."""
        return self.to_pay - self.comes_back

    @property
    def asks(self) -> list[Ask]:
        """What the buyer must or may ask for, as at a booking: the days to change one's mind begin anew."""
        places = [(self.ticket_type, self.price)]
        return consents.asks_for(self.ticket_type.workshop, places, paid_by=timezone.now())


@dataclass(frozen=True)
class MoveWish:
    """A place that is to move. The key comes with the page: the same one is the same move."""

    line: OrderLine
    to: TicketType
    shown: Decimal  # the difference that the page showed
    key: UUID
    agreed: Collection[str] = ()  # the kinds of consent that the buyer gave
    waive: str = ""  # why no difference is charged, in words for the receipt


@transaction.atomic
def move_place(wish: MoveWish, *, at_desk: bool = False) -> Order:
    """The new order: booked, or waiting for the difference. The same key finds the first one again.

    Raises MayNotMove, SoldOut, SaleClosed, and AmountChanged unless the difference at this moment is the one shown.
    """
    order_id = wish.line.order_id
    old = lock_orders([order_id], workshop_ids=[wish.to.workshop_id])[order_id]
    name = placing.find_order_or_name(wish.key)
    if isinstance(name, Order):
        return name
    line, to = _line_of(old, wish.line.pk), _as_it_stands(wish.to)
    is_here = to.workshop_id == line.ticket.workshop_id and not at_desk  # the desk may: another ticket, its own order
    reason = SAME if is_here else why_not(old, line, at_desk=at_desk)
    is_split = to.pk == line.ticket.ticket_type_id
    if not reason and is_split and to.workshop.is_cancelled:  # in an order of its own nobody would be asked
        reason = CANCELLED
    if reason:
        raise MayNotMove(reason)
    if not is_split:
        placing.check_on_sale(to.workshop, [_same_attendee(line, to)])
    quote = quote_move(line, to, waive=wish.waive)
    if quote.difference != wish.shown:
        raise AmountChanged
    until = _hold_until(line, to.workshop, at_desk=at_desk)
    if quote.passes_seat:
        places.cancel_tickets(line.workshop, tickets=[line.ticket])
    new = _place_order(old, quote, name, until=until, agreed=wish.agreed)
    if not quote.to_pay:
        _complete(new, line)
    return new


@transaction.atomic
def move_at_desk(wish: MoveWish) -> Order:
    """The same until the start, whatever the policy says; the buyer is sent the link to pay a difference."""
    new = move_place(wish, at_desk=True)
    if not new.is_paid:
        change_mails.tell_difference(new)
    return new


def complete(order: Order, *, paid_at: datetime | None = None) -> None:
    """The new place is theirs, the old one ends, its money comes along or back. Both orders with their workshops must
    be locked. `paid_at` is when a difference was paid. Raises SoldOut, and NotCovered when the old place cannot pay for
    its part any more."""
    assert order.moved_from_id
    line = _line_of(_old_order(order), order.moved_from_id)
    if not _is_booked(line.order, line) or credits.is_disputed(line.order):
        raise NotCovered
    _complete(order, line, paid_at=paid_at)


def why_not(order: Order, line: OrderLine, *, at_desk: bool = False) -> str:
    """Why this place cannot be moved now, in words for the buyer; empty when it can. The desk is bound by less."""
    if not _is_booked(order, line):
        return "This place is not booked any more."
    if line.workshop.has_started and not line.workshop.is_cancelled:
        return STARTED
    if credits.is_disputed(order):
        return DISPUTED
    if order.series_id and not at_desk and not line.is_promised_back:
        return OF_A_SERIES
    if move_under_way(line):
        return UNDER_WAY
    return "" if at_desk or refund_for(order, [line], timezone.now()).is_everything else TOO_LATE


def move_under_way(line: OrderLine) -> Order | None:
    """The order that waits for the difference of a dearer workshop."""
    waiting = Order.objects.awaiting_payment().filter(moved_from=line, held_until__gt=timezone.now())
    return waiting.first()


def choices_for(line: OrderLine, *, waive: str = "") -> list[MoveQuote]:
    """What of the same kind can be booked elsewhere now: the same course first, by date, the same name first."""
    ticket, now_at = line.ticket, line.workshop
    workshops = Workshop.objects.published().upcoming().for_lists().exclude(pk=now_at.pk)
    found = [each for workshop in workshops for each in _open_types(workshop, ticket.access)]
    found.sort(
        key=lambda each: (
            each.workshop.course_id != now_at.course_id,
            each.workshop.starts_at,
            each.workshop_id,
            each.name != ticket.ticket_type.name,
        )
    )
    available, kept = credits.available(line), credits.lost_with(line)
    return [MoveQuote(line, each, available, waive, kept) for each in found]


def quote_move(line: OrderLine, to: TicketType, *, waive: str = "") -> MoveQuote:
    kept = Decimal() if credits.is_split(line, to) else credits.lost_with(line)
    return MoveQuote(line, to, max(Decimal(), credits.held_for(line) - kept), waive, kept)


def _complete(order: Order, line: OrderLine, *, paid_at: datetime | None = None) -> None:
    credits.bring(order, line=line)
    places.cancel_tickets(line.workshop, tickets=[line.ticket])
    line.ticket.workshop = line.workshop
    change_mails.tell_moved_away(line.ticket, to=order.workshop)
    if rest := credits.available(line):
        reason = MORE_LEFT if order.total > order.credit else CHEAPER
        refunds.send_back_from(line.order, amount=rest, reason=reason, line=line)
    rebooking_offers.decide([line], RebookingOffer.Status.MOVED)
    cancellations.close_when_nobody_comes(line.order)
    issuing.issue_after_commit(line.order)
    waiting_offers.offer_free_places(line.workshop)
    [ticket] = order.load_lines()
    ticket.cohort = _cohort_of(line, order.workshop)
    if line.ticket.workshop_id == order.workshop_id:
        ticket.needs_answered_at, ticket.needs_answered_by = (
            line.ticket.needs_answered_at,
            line.ticket.needs_answered_by,
        )
    places.set_attendee(ticket, to=Attendee.of(line.ticket))  # the old place may have changed hands meanwhile
    confirming.confirm_order(order, [ticket], paid_at=paid_at)


def _open_types(workshop: Workshop, access: str) -> list[TicketType]:
    if access == TicketType.Access.LIVE and not workshop.places_left():
        return []
    return [each for each in workshop.ticket_types.all() if each.access == access and each.is_on_sale]


def _line_of(order: Order, line_id: int) -> OrderLine:
    line = OrderLine.objects.select_related("ticket__ticket_type").get(pk=line_id)
    line.order = order
    return line


def _old_order(order: Order) -> Order:
    """Where the place comes from; locked with it by whoever locked the order, so this waits for nobody."""
    assert order.moved_from
    return lock_orders([order.pk])[order.moved_from.order_id]


def _as_it_stands(ticket_type: TicketType) -> TicketType:
    workshop = places.lock_workshop(ticket_type.workshop_id)
    found = workshop.ticket_types.filter(pk=ticket_type.pk).first()
    if found is None:
        raise placing.SaleClosed
    found.workshop = workshop
    return found


def _is_booked(order: Order, line: OrderLine) -> bool:
    return order.is_paid and line.ticket.is_confirmed


def _same_attendee(line: OrderLine, to: TicketType) -> NewTicket:
    ticket = line.ticket
    return NewTicket(to, ticket.attendee_name, ticket.attendee_email, ticket.attendee_time_zone, ticket.access_needs)


def _cohort_of(line: OrderLine, to: Workshop) -> Cohort | None:
    """One of the places that are kept for a cohort stays one within its workshop; elsewhere nothing is kept for it."""
    return line.ticket.cohort if line.ticket.workshop_id == to.pk else None


def _hold_until(line: OrderLine, new: Workshop, *, at_desk: bool) -> datetime:
    """A place waits for its difference until it, or the one given for it, is used."""
    now, hold = timezone.now(), HOLD_FOR_TRANSFER if line.order.organisation else HOLD_AT_DESK
    starts = filter(None, (line.workshop.starts_at, new.starts_at))
    longest = min(now + hold, *starts) if at_desk else now
    return max(longest, now + HOLD)


def _place_order(old: Order, quote: MoveQuote, name: OrderName, *, until: datetime, agreed: Collection[str]) -> Order:
    quoted = Quote((QuotedLine(quote.ticket_type, quote.waived, quote.list_price),))
    cohort = _cohort_of(quote.line, quote.ticket_type.workshop) if quote.passes_seat else None
    held = places.hold_places(
        quote.ticket_type.workshop,
        wanted=[_same_attendee(quote.line, quote.ticket_type)],
        until=until,
        ahead=None if quote.passes_seat else 0,
        cohort=cohort if cohort and cohort.is_running else None,
    )
    buyer = Buyer(old.buyer_name, old.buyer_email, old.time_zone)
    new = placing.draft_order(quote.ticket_type.workshop, buyer, quoted, name=name, until=until)
    new.moved_from, new.credit, new.discount_words = quote.line, quote.credit, quote.waived_words
    new.organisation, new.organisation_address = old.organisation, old.organisation_address
    new.po_number = old.po_number
    placing.store_order(new)
    consents.record(new, placing.write_lines(new, held, quoted), agreed)
    return new
