"""Money by bank transfer, as a person at the desk writes it down: each transfer is a payment, and all of them count.

What is less than the price waits for the rest while the places are held; what is more books them, and is a surplus.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import audit
from kit.local.money import money
from kit.work.checkpoints import checkpoint
from orders import locks, stripe_api
from orders.checkout import releasing
from orders.mails import transfer_mails
from orders.models import BankLine, Order, Payment, order_status
from orders.pricing import reductions
from orders.settling import settle, unbooking
from orders.states import move
from practice.models import Practice

UNDOABLE_FOR = timedelta(days=1)
MORE = "Another transfer was written down."


class NotAwaited(Exception):
    """This transfer was written down already, or none is expected."""


class NotAcceptable(Exception):
    """What came is not what was shown, or somebody has decided otherwise."""


class NotUndoable(Exception):
    """Something was built on it, or money went back. Or it was written down long ago."""


def record_transfer(order: Order, *, amount: Decimal, received_on: date, attempt: int) -> Order:
    """Writes the money down, then decides the place, in two transactions. `received_on` is in the practice's zone.

    `attempt` is the number that the desk was shown, so that a second click finds it used. Raises NotAwaited.
    """
    payment = write_down(order, amount=amount, received_on=received_on, attempt=attempt)
    checkpoint("transfer recorded")
    return settle.decide_place(payment)


@transaction.atomic
def write_down(
    order: Order, *, amount: Decimal, received_on: date, attempt: int, line: BankLine | None = None
) -> Payment:
    """The money alone; its caller has the place decided next. Raises NotAwaited."""
    locked = locks.locked_order(order.pk)
    if not locked.takes_transfers or next_attempt(locked) != attempt or not is_sum_taken(locked, amount):
        raise NotAwaited
    payment = Payment.objects.create(
        order=locked,
        attempt=attempt,
        method=Payment.Method.TRANSFER,
        bank_line=line,
        amount=locked.missing(),
        currency=locked.currency,
        expires_at=locked.held_until,
        is_live=stripe_api.is_live(),
    )
    audit.record(payment, after=payment.status)
    moments: dict[str, Any] = {"paid_at": _moment(locked, received_on), "recorded_at": timezone.now()}
    move(payment, Payment.Status.PAID, received=amount, **moments)
    if locked.status in order_status.ACCEPTABLE:
        move(locked, Order.Status.INVOICED, why=MORE)
    return payment


def is_sum_taken(order: Order, amount: Decimal) -> bool:
    """A difference is written down whole: what is more or less than it is money of the order that the place is of."""
    return not order.awaits_difference or amount == order.missing()


def next_attempt(order: Order) -> int:
    return order.payments.count() + 1


def accept_difference(order: Order, *, shown: Decimal, why: str) -> Order:
    """What has come will do: the price is reduced by the rest (`shown`), and the places are booked.

    Raises NotAcceptable.
    """
    payment = _accept(order, shown=shown, why=why)
    checkpoint("difference accepted")
    return settle.decide_place(payment)


@transaction.atomic
def undo_transfer(payment: Payment, *, why: str) -> Order:
    """It was a slip of the finger: this money never came. The buyer, who was told of it, is told.

    Places that are booked stay so if the rest of the money is enough; otherwise they are not booked any more.
    Raises NotUndoable.
    """
    line = BankLine.objects.select_for_update(of=("self",)).filter(payments=payment).first()
    order, payments = locks.locked_payments(payment.order)
    locked = next(each for each in payments if each.pk == payment.pk)
    if not is_undoable(order, locked):
        raise NotUndoable
    move(locked, Payment.Status.UNDONE, why=why)
    if line and line.status == BankLine.Status.RECORDED:
        move(line, BankLine.Status.WAITING, why=why)
    if order.status in order_status.ACCEPTABLE:
        order.payments.update(is_late=False)  # what is left is decided on anew
        _stand_as_before(order)
        transfer_mails.tell_undone(order, locked)
    elif order.is_paid and order.paid_amount() < order.total:
        unbooking.unbook(order, locked, why=why)
    checkpoint("transfer undone")
    return order


def is_undoable(order: Order, payment: Payment) -> bool:
    """For a day; where it booked the places, for an hour."""
    is_fresh = payment.created_at > timezone.now() - UNDOABLE_FOR
    is_paid = payment.method == Payment.Method.TRANSFER and payment.status == Payment.Status.PAID
    if not is_paid or not is_fresh or order.is_going_back:
        return False
    if order.status in order_status.OVERPAYABLE:
        is_surplus = order.surplus() >= (payment.received or Decimal())
        return is_surplus or unbooking.may_be_unbooked(order, payment)
    return order.status in order_status.ACCEPTABLE


@transaction.atomic
def _accept(order: Order, *, shown: Decimal, why: str) -> Payment:
    locked = locks.locked_order(order.pk)
    missing, payment = locked.missing(), locked.payments.paid().order_by("attempt").last()
    if not locked.is_acceptable or missing != shown or payment is None:
        raise NotAcceptable
    if missing:
        reductions.reduce_price(locked, by=missing)
    less = f"Accepted, {money(missing, locked.currency)} less: {why}"
    move(locked, Order.Status.INVOICED, why=less)
    return payment


def _stand_as_before(order: Order) -> None:
    """By the transfers that are left; without any it is as if none had come."""
    if order.payments.paid().exists():
        return
    move(order, Order.Status.INVOICED)
    if not order.is_holding:
        releasing.release_order(order, Order.Status.LAPSED)


def _moment(order: Order, received_on: date) -> datetime:
    """Noon of that day, as far as it lies between the booking and now."""
    noon = datetime.combine(received_on, time(12), Practice.current().zone)
    return max(order.placed_at, min(noon, timezone.now()))
