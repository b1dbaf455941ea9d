"""Places given up after they were booked, and the money for them. The order of locks: workshop, order, payments."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from courses.models import Ticket
from courses.seats import places, waiting_offers
from orders import locks
from orders.changes import rebooking_offers, refunds
from orders.mails import change_mails, refund_mails
from orders.models import Dispute, Order, OrderLine, RebookingOffer, Refund
from orders.pricing import group_price
from orders.pricing.refund_policy import ALL, LineRefund, RefundQuote, free_after_change, refund_for
from orders.states import move


class TooLate(Exception):
    """It has begun and nothing comes back, or the order's terms are for a person to read: only the desk can cancel."""


class Disputed(TooLate):
    """The buyer's bank has asked for the money back: a refund beside it would pay twice."""


class AmountChanged(Exception):
    """Something else would come back than the buyer, or the desk, was shown."""


@dataclass(frozen=True)
class Decision:
    """What somebody at the desk decided instead of the policy: one amount for all the places, and why."""

    amount: Decimal
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What was done; empty when there was nothing left to do."""

    shares: tuple[LineRefund, ...] = ()
    refunds: list[Refund] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum((refund.amount for refund in self.refunds), Decimal())


@transaction.atomic
def cancel_places(order: Order, *, tickets: Sequence[Ticket], shown: Decimal) -> Outcome:
    """The buyer cancels: what the policy gives goes back to where it came from. Done once, however often it is asked.

    Raises TooLate, Disputed, and AmountChanged unless `shown` is what comes back at this moment.
    """
    locked = locks.locked_order(order.pk)
    lines = going_together(locked, tickets)
    if not lines:
        return Outcome()
    if locked.is_disputed:
        raise Disputed
    quote = refund_for(locked, lines, timezone.now())
    if not may_cancel(locked, quote):
        raise TooLate
    if quote.total != shown:
        raise AmountChanged
    return _cancel(locked, quote.lines)


@transaction.atomic
def cancel_at_desk(
    order: Order, *, tickets: Sequence[Ticket], shown: Decimal, decision: Decision | None = None
) -> Outcome:
    """The desk cancels, by the policy or by its own decision. Raises Disputed, AmountChanged and refunds.TooMuch."""
    locked = locks.locked_order(order.pk)
    check_undisputed(locked)
    lines = lines_to_cancel(locked, tickets)
    if not lines:
        return Outcome()
    shares = desk_shares(locked, lines, decision)
    if sum(share.amount for share in shares) != shown:
        raise AmountChanged
    return _cancel(locked, shares)


@transaction.atomic
def refund_at_desk(order: Order, *, tickets: Sequence[Ticket], decision: Decision, shown_left: Decimal) -> Outcome:
    """Money back while the places stay as they are. Raises AmountChanged when less or more is left than was shown,
    so that a second click sends nothing, Disputed and refunds.TooMuch."""
    locked = locks.locked_order(order.pk)
    check_undisputed(locked)
    if locked.balance() != shown_left:
        raise AmountChanged
    shares = desk_shares(locked, lines_of(locked, tickets), decision)
    sent = _send_back(locked, shares)
    if sent:
        refund_mails.tell_part_refunded(locked, sent)
    return Outcome(shares, sent)


def may_cancel(order: Order, quote: RefundQuote) -> bool:
    """Whether the buyer can do it without us."""
    held = [share for share in quote.lines if not share.line.workshop.is_cancelled]
    is_too_late = any(share.line.has_begun and not share.amount for share in held)
    return not is_too_late and not quote.is_for_a_person and not order.is_disputed


def dispute_over_money(order: Order) -> Dispute | None:
    """The open dispute in which a bank holds the order's money; an early warning holds none, and a refund ends it."""
    return next((each for each in order.open_disputes if each.has_taken_money), None)


def lines_to_cancel(order: Order, tickets: Sequence[Ticket]) -> list[OrderLine]:
    """Those whose places are still booked."""
    return [line for line in lines_of(order, tickets) if line.ticket.is_confirmed] if order.is_paid else []


def going_together(order: Order, tickets: Sequence[Ticket]) -> list[OrderLine]:
    """What the buyer gives up with these places. A series is given up whole: with one place goes all of it that has not
    begun, or brings something back; what is over stays. A place whose workshop we cancelled or changed is decided on
    alone."""
    lines = lines_to_cancel(order, tickets)
    if not order.series_id or all(is_decided_alone(line) for line in lines):
        return lines
    every = lines_to_cancel(order, order.tickets())
    worth = {share.line.pk for share in refund_for(order, every, timezone.now()).lines if share.amount}
    return [line for line in every if line.pk in worth or not line.has_begun] or lines


def is_decided_alone(line: OrderLine) -> bool:
    """Whether it can be given up while the rest of its series stays: it is not what was booked any more."""
    free_until = free_after_change(line.workshop, line.order.placed_at)
    return line.workshop.is_cancelled or (free_until is not None and timezone.now() < free_until)


def lines_of(order: Order, tickets: Sequence[Ticket]) -> list[OrderLine]:
    lines = list(order.lines.filter(ticket__in=tickets).select_related("ticket__ticket_type"))
    for line in lines:
        line.order = order
    return lines


def desk_shares(order: Order, lines: Sequence[OrderLine], decision: Decision | None) -> tuple[LineRefund, ...]:
    """What goes back for each place; a decided amount fills the places in their order. Raises refunds.TooMuch."""
    if decision is None:
        return refund_for(order, lines, timezone.now()).lines
    rest = min(decision.amount, order.balance())
    shares = []
    for line in lines:
        amount = min(rest, line.left())
        rest -= amount
        shares.append(LineRefund(line, amount, decision.reason))
    if sum(share.amount for share in shares) != decision.amount:
        raise refunds.TooMuch
    return tuple(shares)


def check_undisputed(order: Order) -> None:
    """Raises Disputed while a bank has the order's money."""
    if dispute_over_money(order):
        raise Disputed


def close_when_nobody_comes(order: Order, *, is_everything_due: bool = False) -> None:
    """After its last place was cancelled or moved. The order must be locked.

    Of a place that a code made free no money says whether it was cancelled in time: then, `is_everything_due`, its code
    goes back as any other's.
    """
    if not order.lines.filter(ticket__status=Ticket.Status.CONFIRMED).exists():
        move(order, Order.Status.CLOSED)
        if order.total or (is_everything_due and order.discount_words):
            refunds.close_when_all_is_back(order)


def _cancel(order: Order, shares: tuple[LineRefund, ...]) -> Outcome:
    tickets = [share.line.ticket for share in shares]
    for workshop, its in order.by_workshop(tickets):
        places.cancel_tickets(workshop, tickets=its)
    group_price.shift(order, {share.line: share.kept for share in shares})
    sent = _send_back(order, shares)
    rebooking_offers.decide([share.line for share in shares], RebookingOffer.Status.REFUNDED)
    close_when_nobody_comes(order, is_everything_due=all(share.part == ALL for share in shares))
    change_mails.tell_cancelled(order, shares)
    for workshop, _ in order.by_workshop(tickets):
        waiting_offers.offer_free_places(workshop)
    return Outcome(shares, sent)


def _send_back(order: Order, shares: Sequence[LineRefund]) -> list[Refund]:
    return [
        refund
        for share in shares
        if share.amount
        for refund in refunds.send_back_from(order, amount=share.amount, reason=share.reason, line=share.line)
    ]
