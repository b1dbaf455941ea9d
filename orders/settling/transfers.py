"""Money by bank transfer, as a person at the desk writes it down: what came in, and what was sent back."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from accounts import audit
from courses.models import Ticket
from courses.seats import places, waiting_offers
from kit.checkpoints import checkpoint
from orders import locks, stripe_api
from orders.changes import refunds
from orders.models import Order, Payment, Refund
from orders.settling import settle
from orders.states import move
from practice.models import Practice


class NotAwaited(Exception):
    """A transfer for this order was written down already, or none is expected."""


class NotByHand(Exception):
    """The desk sends back only what came by transfer, and only once."""


def record_transfer(order: Order, *, amount: Decimal, received_on: date, attempt: int) -> Order:
    """Writes the money down, then decides the place, in two transactions. `received_on` is in the practice's zone.

    `attempt` is the number that the desk was shown, so that a second click finds it used. Raises NotAwaited.
    """
    payment = _write_down(order, amount=amount, received_on=received_on, attempt=attempt)
    checkpoint("transfer recorded")
    return settle.decide_place(payment)


def next_attempt(order: Order) -> int:
    return order.payments.count() + 1


@transaction.atomic
def send_back_by_hand(order: Order) -> list[Refund]:
    """Money that came in the wrong amount is to go back: the places are free again, the desk sends it and says so.

    Raises NotByHand.
    """
    locked = locks.locked_order(order.pk)
    payments = [
        payment
        for payment in locked.payments.select_for_update(of=("self",)).paid()
        if payment.came_by_transfer and payment.left() > 0
    ]
    if locked.status != Order.Status.REVIEW or locked.came_late or not payments:
        raise NotByHand
    places.release_tickets(tickets=locked.tickets(), status=Ticket.Status.CANCELLED)
    waiting_offers.offer_free_places(locked.workshop)
    return [refunds.send_back(payment, reason=settle.WRONG_AMOUNT) for payment in payments]


@transaction.atomic
def mark_sent(refund: Refund) -> Refund:
    """The desk has sent this money from the bank. Raises NotByHand."""
    order, locked = refunds.locked(refund.pk)
    if locked.status != Refund.Status.REQUESTED or not locked.is_by_hand:
        raise NotByHand
    now = timezone.now()
    move(locked, Refund.Status.SUCCEEDED, why="Sent from the bank.", paid_at=now, recorded_at=now)
    refunds.conclude(order, locked)
    return locked


@transaction.atomic
def _write_down(order: Order, *, amount: Decimal, received_on: date, attempt: int) -> Payment:
    locked = locks.locked_order(order.pk)
    if not locked.awaits_transfer or next_attempt(locked) != attempt:
        raise NotAwaited
    payment = Payment.objects.create(
        order=locked,
        attempt=attempt,
        method=Payment.Method.TRANSFER,
        amount=locked.amount_to_pay,
        currency=locked.currency,
        expires_at=locked.held_until,
        is_live=stripe_api.is_live(),
    )
    audit.record(payment, after=payment.status)
    facts = settle.amount_facts(is_right=amount == payment.amount)
    moments: dict[str, Any] = {"paid_at": _moment(locked, received_on), "recorded_at": timezone.now()}
    move(payment, Payment.Status.PAID, received=amount, **moments, **facts)
    return payment


def _moment(order: Order, received_on: date) -> datetime:
    """Noon of that day, as far as it lies between the booking and now."""
    noon = datetime.combine(received_on, time(12), ZoneInfo(Practice.current().time_zone))
    return max(order.placed_at, min(noon, timezone.now()))
