"""Money that came by transfer goes back by hand: all of it, or what came beyond the price; and what no card took."""

from decimal import Decimal

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet
from django.utils import timezone

from accounts import audit
from courses.models import Ticket
from courses.seats import places
from kit.local.money import sum_of, to_the_penny
from kit.work.checkpoints import checkpoint
from orders import locks
from orders.changes import refunds
from orders.checkout.releasing import offer_places
from orders.mails import transfer_mails
from orders.models import Order, Payment, Refund, order_status
from orders.settling import settle
from orders.states import move

SURPLUS = "More came in than the order comes to."


class NotByHand(Exception):
    """The desk sends only what came by transfer or what a card did not take, and only once."""


@transaction.atomic
def send_back_by_hand(order: Order) -> list[Refund]:
    """Money that came in the wrong amount is to go back: the places are free again, the desk sends it and says so.

    Raises NotByHand.
    """
    locked = locks.locked_order(order.pk)
    payments = [payment for payment in _transfers(locked) if payment.left() > 0]
    if locked.status not in order_status.ACCEPTABLE or locked.came_late or not payments:
        raise NotByHand
    if locked.is_part_paid:
        move(locked, Order.Status.REVIEW)
    places.release_tickets(tickets=locked.tickets(), status=Ticket.Status.CANCELLED)
    offer_places(locked)
    return [refunds.send_back(payment, reason=settle.WRONG_AMOUNT) for payment in payments]


@transaction.atomic
def send_back_surplus(order: Order, *, shown: Decimal) -> list[Refund]:
    """What came beyond the price, out of the latest transfers, if it is still what the desk was shown.

    The buyer is told. Raises NotByHand.
    """
    locked = locks.locked_order(order.pk)
    surplus = rest = locked.surplus()
    if not surplus or surplus != shown:
        raise NotByHand
    made = []
    for payment in reversed(_transfers(locked)):
        if (share := min(rest, payment.left())) > 0:
            made.append(_write_surplus(payment, share))
            rest -= share
    if made:
        transfer_mails.tell_surplus(locked, surplus - rest, key=made[0].pk)
    checkpoint("surplus written")
    return made


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


def orders_with_surplus() -> QuerySet[Order]:
    """As `Order.surplus` says of each."""
    came = Payment.objects.paid().filter(order=OuterRef("pk"))
    back = Refund.objects.filter(payment__order=OuterRef("pk"), is_surplus=True).counting()
    orders = Order.objects.filter(status__in=order_status.OVERPAYABLE).filter(invoice_due_on__isnull=False)
    # The first condition leaves few, of whom alone the second is asked.
    beyond = orders.annotate(came=sum_of(came, "order", "received")).filter(came__gt=F("total"))
    return beyond.annotate(surplus_back=sum_of(back, "payment__order", "amount")).filter(
        came__gt=to_the_penny(F("total") + F("surplus_back"))
    )


def _transfers(order: Order) -> list[Payment]:
    """Locked, the first of them first."""
    paid = order.payments.select_for_update(of=("self",)).paid().order_by("attempt")
    return [payment for payment in paid if payment.came_by_transfer]


def _write_surplus(payment: Payment, amount: Decimal) -> Refund:
    refund = Refund.objects.create(payment=payment, amount=amount, reason=SURPLUS, is_surplus=True)
    audit.record(refund, after=refund.status, reason=SURPLUS)
    return refund
