"""What a person at the desk decides about money that came when the workshop had begun."""

from django.db import transaction

from courses.seats.places import WorkshopCancelled
from kit.work.checkpoints import checkpoint
from orders.locks import locked_payments
from orders.mails import booking_mails
from orders.models import Order, Payment
from orders.settling import settle
from orders.settling.lateness import WORKSHOP_BEGUN
from orders.states import move


class NotLate(Exception):
    """It is decided already, or there is nothing of that kind to decide."""


@transaction.atomic
def seat_late(order: Order) -> Order:
    """The places are theirs all the same. Raises NotLate, WorkshopCancelled, SoldOut and moves.NotCovered."""
    locked, payments = _locked(order)
    if locked.is_called_off:
        raise WorkshopCancelled
    settle.confirm(locked, payments)
    checkpoint("place given late")
    return locked


@transaction.atomic
def send_late_back(order: Order) -> Order:
    """Nobody is seated, and all the money goes back by itself; by hand what came by transfer. Raises NotLate."""
    locked, payments = _locked(order)
    move(locked, Order.Status.UNSEATED, why=WORKSHOP_BEGUN)
    settle.free_places(locked)
    booking_mails.tell_too_late(locked)
    for payment in payments:
        if payment.is_late and payment.status == Payment.Status.PAID:
            settle.send_all_back(locked, payment, reason=WORKSHOP_BEGUN)
    settle.send_second_payments_back(locked, of_parts=WORKSHOP_BEGUN)
    checkpoint("late money given up")
    return locked


def _locked(order: Order) -> tuple[Order, list[Payment]]:
    locked, payments = locked_payments(order)
    if not locked.may_be_seated_late:
        raise NotLate
    return locked, payments
