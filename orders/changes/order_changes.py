"""Several changes of one order at once, by the operations that there are: all of them or none, and as they were shown.

What they come to is not computed apart: it is done, looked at, and taken back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID, uuid5

from django.db import transaction

from courses.models import TicketType
from courses.seats.places import Attendee
from kit.forms.seen import Facts, check_seen
from kit.local.money import money
from kit.local.times import long_day
from orders import locks
from orders.changes import additions, attendees, cancellations, moves
from orders.changes.additions import Added
from orders.changes.cancellations import Decision
from orders.changes.moves import MoveQuote, MoveWish
from orders.models import Order, OrderLine
from outbox import limits

HAS_ONE = " They have a place there already."
NO_PLACE = "no place in this order"
SPLIT = "The price stays, in an order of its own"


@dataclass(frozen=True)
class Change:
    """Of one place: who comes instead, or what it becomes, or that it is cancelled."""

    line: OrderLine
    attendee: Attendee | None = None
    to: TicketType | None = None

    @property
    def is_split(self) -> bool:
        """It stays as it is, and becomes an order of its own."""
        return self.to is not None and self.to.pk == self.line.ticket.ticket_type_id

    @property
    def is_cancelled(self) -> bool:
        return self.attendee is None and self.to is None


@dataclass(frozen=True)
class Wanted:
    """`key` comes with the page: the same one is the same changes. `waive` says why no difference is charged."""

    changes: Sequence[Change]
    key: UUID
    decision: Decision | None = None
    waive: str = ""
    added: Added | None = None


@dataclass(frozen=True)
class Done:
    """In words, old and new. Above nothing `difference` is to pay, below it comes back."""

    who: str
    old: str
    new: str
    difference: Decimal = Decimal()

    @property
    def back(self) -> Decimal:
        return -self.difference


@dataclass
class Outcome:
    done: list[Done] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)  # that places went to

    @property
    def comes_back(self) -> Decimal:
        return sum((-each.difference for each in self.done if each.difference < 0), Decimal())

    @property
    def to_pay(self) -> Decimal:
        return sum((each.difference for each in self.done if each.difference > 0), Decimal())

    @property
    def facts(self) -> Facts:
        return {
            f"change-{number}": [each.who, f"{each.old} → {each.new}, {each.difference}"]
            for number, each in enumerate(self.done)
        }


def outlook(order: Order, wanted: Wanted) -> Outcome:
    """What the changes would do at this moment; nothing is done. Raises as `make_changes`."""
    with transaction.atomic():
        outcome = _make(order, wanted)
        transaction.set_rollback(True)
    return outcome


@transaction.atomic
def make_changes(order: Order, wanted: Wanted, *, seen: str) -> Outcome:
    """Whoever's place changes is told by the operation that changes it.

    Raises places.NotHandedOver, attendees.HasOneAlready, cancellations.Disputed, cancellations.AmountChanged,
    refunds.TooMuch, moves.MayNotMove, places.SoldOut, placing.SaleClosed, and kit.forms.seen.ChangedMeanwhile unless it
    comes to what was shown.
    """
    outcome = _make(order, wanted)
    check_seen(seen, outcome.facts)
    return outcome


def _make(order: Order, wanted: Wanted) -> Outcome:
    """All workshops are locked before the order, as everywhere."""
    workshops = {change.to.workshop_id for change in wanted.changes if change.to}
    locked, outcome = locks.lock_orders([order.pk], workshop_ids=workshops)[order.pk], Outcome()
    given = [(change.line.ticket.attendee_email, change.attendee.email) for change in wanted.changes if change.attendee]
    limits.line_up(address for both in given for address in both)
    for change in wanted.changes:
        change.line.order = locked
        if change.attendee:
            outcome.done.append(_hand_over(locked, change.line, change.attendee))
    outcome.done += _cancel(locked, [each.line for each in wanted.changes if each.is_cancelled], wanted.decision)
    for change in wanted.changes:
        if change.to:
            new, done = _move(change, change.to, wanted)
            outcome.orders.append(new)
            outcome.done.append(done)
    if wanted.added:
        new = additions.add_place(locked, wanted.added)
        outcome.orders.append(new)
        outcome.done.append(_done_by_adding(new, wanted.added))
    return outcome


def _hand_over(order: Order, line: OrderLine, to: Attendee) -> Done:
    before = line.ticket
    attendees.hand_over(order, ticket=before, to=to)
    return Done(before.attendee_name, _person(before.attendee_name, before.attendee_email), _person(to.name, to.email))


def _cancel(order: Order, lines: Sequence[OrderLine], decision: Decision | None) -> Iterable[Done]:
    if not lines:
        return []
    shown = sum((share.amount for share in cancellations.desk_shares(order, lines, decision)), Decimal())
    tickets = [line.ticket for line in lines]
    outcome = cancellations.cancel_at_desk(order, tickets=tickets, shown=shown, decision=decision)
    return [
        Done(share.line.ticket.attendee_name, _place(share.line), f"cancelled. {share.reason}", -share.amount)
        for share in outcome.shares
    ]


def _move(change: Change, to: TicketType, wanted: Wanted) -> tuple[Order, Done]:
    line, waive = change.line, SPLIT if change.is_split else wanted.waive
    line.refresh_from_db(fields=["shifted"])  # another change may have ended the group price
    quote = moves.quote_move(line, to, waive=waive)
    new = moves.move_at_desk(MoveWish(line, to, quote.difference, uuid5(wanted.key, str(line.pk)), waive=waive))
    return new, Done(line.ticket.attendee_name, _place(line), _becomes(quote), quote.difference)


def _done_by_adding(new: Order, added: Added) -> Done:
    who, to = added.attendee, added.ticket_type
    what = f"{_person(who.name, who.email)}: {to.name}, {money(new.total, new.currency)}, a new order"
    twice = len(attendees.places_of(new.workshop, email=who.email)) > 1
    reduced = f" ({new.discount_words})" if new.discount_words else ""
    return Done(who.name, NO_PLACE, f"{what}{reduced}. {_way_to_pay(new)}{HAS_ONE if twice else ''}".strip(), new.total)


def _way_to_pay(new: Order) -> str:
    if new.invoice_due_on:
        return f"By invoice, due on {long_day(new.invoice_due_on)}."
    return "" if new.is_paid else "Held until it is paid, for 24 hours at most."


def _becomes(quote: MoveQuote) -> str:
    to, currency = quote.ticket_type, quote.line.order.currency
    kept = f" {money(quote.kept, currency)} stays for those who lose the group price." if quote.kept else ""
    return (
        f"{to.workshop.title}, {to.workshop.starts_on}: {to.name}, {money(quote.price, currency)}, a new order.{kept}"
    )


def _place(line: OrderLine) -> str:
    workshop = line.workshop
    paid = money(line.worth, line.order.currency)
    return f"{workshop.title}, {workshop.starts_on}: {line.ticket.ticket_type.name}, {paid}"


def _person(name: str, email: str) -> str:
    return f"{name}, {email}"
