"""Which orders a line of a bank's file pays, and what recording it will do."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from kit.forms.seen import Facts, check_seen
from kit.local.money import money
from kit.work.checkpoints import checkpoint
from orders import locks
from orders.models import BankLine, Document, Order, Payment
from orders.settling import settle, transfers
from orders.states import move

NUMBERS = (7, 8, 9)  # letters and digits of an order's number, and of an invoice's
NONE_NAMED = "No number of an order or an invoice stands in it."
NOT_TOGETHER = "It names several orders, and is not the sum of what they lack."
TOO_EARLY = "It came before the order was placed."
NOTHING_DUE = "No transfer is expected for it."
NOT_THE_DIFFERENCE = "It is not the difference that it waits for. Assign it to the order that the place comes from."


class NotAssignable(Exception):
    """With the reason, in words for the desk."""


@dataclass(frozen=True)
class Share:
    """What of the line one order gets, and what that does to it."""

    order: Order
    amount: Decimal
    due: Decimal  # before it

    @property
    def missing(self) -> Decimal:
        return max(Decimal(), self.due - self.amount)

    @property
    def surplus(self) -> Decimal:
        return max(Decimal(), self.amount - self.due)

    @property
    def is_booked(self) -> bool:
        """It is paid already, or over: all of this goes back."""
        return self.order.takes_nothing_more

    @property
    def is_plain(self) -> bool:
        """The sum that is asked for, while the places are held."""
        return self.order.is_holding and self.amount == self.due


@dataclass(frozen=True)
class Proposal:
    """`problem` says why a person must find out whose money it is."""

    line: BankLine
    shares: tuple[Share, ...] = ()
    problem: str = ""

    @property
    def is_plain(self) -> bool:
        return bool(self.shares) and all(share.is_plain for share in self.shares)

    @property
    def seen(self) -> Facts:
        return facts_of(self.line, self.shares)


def proposals(lines: Sequence[BankLine]) -> list[Proposal]:
    known = _numbers()
    named = {line.pk: _named(line.text, known) for line in lines}
    orders = _orders({pk for found in named.values() for pk in found})
    return [_propose(line, [orders[pk] for pk in named[line.pk] if pk in orders]) for line in lines]


def orders_named(text: str) -> list[Order]:
    """Whatever stands around and within the numbers: spaces, dashes, lower case."""
    found = _named(text, _numbers())
    orders = _orders(found)
    return [orders[pk] for pk in found]


def shares_of(line: BankLine, orders: Sequence[Order]) -> tuple[Share, ...]:
    """The whole line for one order; several get what each lacks. Raises NotAssignable."""
    if any(not order.takes_transfers for order in orders):
        raise NotAssignable(NOTHING_DUE)
    if any(line.booked_on < timezone.localdate(order.placed_at) for order in orders):
        raise NotAssignable(TOO_EARLY)
    whole, due = line.left(), [order.missing() for order in orders]
    if len(orders) == 1 and not transfers.is_sum_taken(orders[0], whole):
        raise NotAssignable(NOT_THE_DIFFERENCE)
    if len(orders) == 1:
        return (Share(orders[0], whole, due[0]),)
    if sum(due) != whole or not all(due):
        raise NotAssignable(NOT_TOGETHER)
    return tuple(Share(order, each, each) for order, each in zip(orders, due, strict=True))


def facts_of(line: BankLine, shares: Iterable[Share]) -> Facts:
    """What the desk decides on."""
    facts = {"line": [str(line), f"{line.get_status_display()}, {money(line.left(), line.currency)}"]}
    for share in shares:
        order = share.order
        stands = f"{order.get_status_display()}, {money(share.due, order.currency)} is missing"
        facts[f"order-{order.pk}"] = [f"Order {order}", stands]
    return facts


def record_line(line: BankLine, *, orders: Sequence[Order], seen: str) -> list[Order]:
    """Writes a transfer down for each order, all at once, then decides their places one by one.

    Raises NotAssignable, transfers.NotAwaited and kit.forms.seen.ChangedMeanwhile; then nothing was written.
    """
    payments = _write_down(line, orders, seen)
    checkpoint("bank line recorded")
    return [settle.decide_place(payment) for payment in payments]


@transaction.atomic
def _write_down(line: BankLine, orders: Sequence[Order], seen: str) -> list[Payment]:
    """The line is locked before any workshop or order: so two who record it at once wait for each other."""
    locked_line = BankLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    if not locked_line.is_waiting:
        raise transfers.NotAwaited
    locked = locks.lock_orders([order.pk for order in orders])
    shares = shares_of(locked_line, [locked[order.pk] for order in orders])
    check_seen(seen, facts_of(locked_line, shares))
    payments = [
        transfers.write_down(
            share.order,
            amount=share.amount,
            received_on=locked_line.booked_on,
            attempt=transfers.next_attempt(share.order),
            line=locked_line,
        )
        for share in shares
    ]
    move(locked_line, BankLine.Status.RECORDED)
    return payments


def _propose(line: BankLine, orders: list[Order]) -> Proposal:
    if not orders:
        return Proposal(line, problem=NONE_NAMED)
    try:
        return Proposal(line, shares_of(line, orders))
    except NotAssignable as error:
        names = ", ".join(order.number for order in orders)
        return Proposal(line, problem=f"{names}: {error}")


def _numbers() -> dict[str, int]:
    """Of all orders by invoice, of their invoices, and of differences, in bare letters and digits: the order's row."""
    orders = Order.objects.payable_by_transfer().values_list("number", "pk")
    invoices = Document.objects.filter(kind=Document.Kind.INVOICE).values_list("number", "order")
    return {_bare(number): pk for number, pk in [*orders.order_by(), *invoices.order_by()]}


def _named(text: str, known: dict[str, int]) -> list[int]:
    bare = _bare(text)
    pieces = (bare[at : at + length] for at in range(len(bare)) for length in NUMBERS)
    return list(dict.fromkeys(known[piece] for piece in pieces if piece in known))


def _bare(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def _orders(keys: Iterable[int]) -> dict[int, Order]:
    orders = Order.objects.select_related("workshop__course").prefetch_related("payments")
    return orders.in_bulk(keys)
