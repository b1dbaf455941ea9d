"""What happened to the money. One idempotent way in for the webhook, the return page and the reconciler.

The money is recorded first, the place decided second, in two transactions: a payment is never lost with its seat.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import audit
from courses.models import Ticket
from courses.seats import places, series_offers
from kit.database.questions import Asked, compiled_once
from kit.work.checkpoints import checkpoint
from orders.changes import moves, refunds
from orders.checkout import confirming
from orders.checkout.releasing import offer_places, release_order
from orders.locks import locked_payment, locked_payments
from orders.mails import booking_mails, refund_mails, transfer_mails
from orders.models import Order, Payment, order_status
from orders.pricing import codes, discounts
from orders.settling.lateness import HEARD_WHEN_OVER, WORKSHOP_BEGUN, WORKSHOP_OVER, is_late, is_over
from orders.states import may_move, move, move_as_read
from orders.stripe_api import CheckoutSession

log = logging.getLogger(__name__)

DELAYED_METHOD = timedelta(days=7)  # how long a place waits for a bank
NO_PLACE = "The place had gone back on sale and was taken."
NOT_COVERED = "The place that was to be moved was given up meanwhile, or brings less along."
NO_WORKSHOP = "The workshop had been cancelled."
NOBODY = "Who ordered it was erased before the money came."
PAID_TWICE = "This order was paid already."
WRONG_AMOUNT = "The amount that came in is not the amount of the order."


class UnknownPayment(Exception):
    """A session that belongs to no attempt of ours, or whose attempt is not committed yet."""


def settle(session: CheckoutSession) -> Order:
    """Brings the order into line with what Stripe says of a session, however often and in whatever order it says it.

    Raises UnknownPayment.
    """
    payment = find_payment(session)
    if session.is_paid:
        record_money(payment, session)
        checkpoint("money recorded")
        order = decide_place(payment)
        checkpoint("place decided")
        return order
    if session.status == "complete":
        return wait_for_bank(payment, session)
    if session.status == "expired":
        return end_attempt(payment, Payment.Status.EXPIRED)
    return payment.order


@transaction.atomic
def record_money(payment: Payment, session: CheckoutSession) -> None:
    """The first transaction: money came in, whatever becomes of the place."""
    now = timezone.now()
    facts = {
        "session_id": session.id,
        "intent_id": session.intent_id,
        "received": session.amount,
        "paid_at": min(session.paid_at or now, now),
        "recorded_at": now,
        **amount_facts(is_right=_is_amount_right(payment, session)),
    }
    while payment.status != Payment.Status.PAID:
        if move_as_read(payment, Payment.Status.PAID, **facts):
            checkpoint("money written")
        else:
            payment.refresh_from_db(fields=["status"])


def decide_place(payment: Payment) -> Order:
    """The second transaction: a place for the money, or a person to decide. If there is no place, all of it is taken
    back, and a third sends the money back."""
    try:
        return _give_place(payment)
    except (places.SoldOut, codes.CodeNotUsable):
        return _send_back_for_want_of_a_place(payment, reason=NO_PLACE)
    except moves.NotCovered:
        return _send_back_for_want_of_a_place(payment, reason=NOT_COVERED)


@transaction.atomic
def wait_for_bank(payment: Payment, session: CheckoutSession) -> Order:
    """A delayed method: the buyer has done her part, the money is on its way."""
    order, payment = locked_payment(payment)
    if not may_move(payment, Payment.Status.PROCESSING):
        return order
    move(payment, Payment.Status.PROCESSING, session_id=session.id, intent_id=session.intent_id)
    if order.status in order_status.HOLDING or order.status == Order.Status.LAPSED:
        until = timezone.now() + DELAYED_METHOD
        try:
            with transaction.atomic():
                _take_code_again(order)
                for workshop, tickets in order.by_workshop(order.tickets()):
                    places.renew_holds(workshop, tickets=tickets, until=until)
                if order.series_id:
                    series_offers.mark_renewed(order.tickets())
                if may_move(order, Order.Status.PROCESSING):
                    move(order, Order.Status.PROCESSING, held_until=until)
        except (places.SoldOut, codes.CodeNotUsable):
            log.warning("order %s waits for its bank without a place", order.number)
            if order.status == Order.Status.PENDING:  # its time is over, or it would have them still
                release_order(order, Order.Status.LAPSED)
            if not order.is_called_off:
                booking_mails.tell_not_kept(order)
    return order


@transaction.atomic
def end_attempt(payment: Payment, status: str) -> Order:
    """An attempt that will bring no money. Its places go back when no other attempt is under way; a bank's refusal is
    told then, once, whatever Stripe told first."""
    order, payment = locked_payment(payment)
    if may_move(payment, status):
        move(payment, status)
    others = order.payments.exclude(pk=payment.pk).filter(status__in=[*Payment.UNFINISHED, Payment.Status.PAID])
    waits_for_transfer = order.awaits_difference and order.is_holding
    if payment.status == status and not others.exists() and not waits_for_transfer:
        release_order(order, Order.Status.LAPSED)
        if order.status == Order.Status.LAPSED:
            for refused in order.payments.filter(status=Payment.Status.FAILED).exclude(session_id=""):
                booking_mails.tell_bank_refused(order, refused)
    return order


def find_payment(session: CheckoutSession) -> Payment:
    """By the session, or by what this site wrote on it: the webhook may come before we have stored the session's id."""
    found = _of_session(session=session.id)
    if not found and session.is_ours:
        found = _of_attempt(order=session.order_number, attempt=session.attempt)
    if not found:
        raise UnknownPayment
    return found[0]


def amount_facts(*, is_right: bool) -> dict[str, Any]:
    """What a payment keeps of how its amount compares with what was asked for."""
    return {"is_wrong_amount": not is_right, "note": "" if is_right else WRONG_AMOUNT}


def mark_late(payment: Payment) -> None:
    """What a person, and the order's page, must know of it."""
    payment.is_late = True
    payment.save(update_fields=["is_late"])


def confirm(order: Order, payments: list[Payment]) -> None:
    """The places are theirs, or the move is made. All must be locked. Raises SoldOut and NotCovered."""
    paid = [each for each in payments if each.status == Payment.Status.PAID]
    first = min(paid, key=lambda each: (each.recorded_at or each.created_at, each.pk))
    if order.moved_from_id:
        moves.complete(order, paid_at=first.paid_at)
        return
    paid_by = first if len(paid) == 1 else None
    confirming.confirm_order(order, order.load_lines(), paid_by=paid_by, paid_at=first.paid_at)


def free_places(order: Order) -> None:
    """Of an order whose money goes back although it holds them still."""
    places.release_tickets(tickets=order.tickets(), status=Ticket.Status.LAPSED)
    offer_places(order)


def send_all_back(order: Order, payment: Payment, *, reason: str) -> None:
    """Nothing is left to send if somebody was quicker at Stripe, or a bank took it."""
    if payment.left() > 0:
        refunds.send_back(payment, reason=reason)
    elif refunds.close_when_all_is_back(order):
        refund_mails.tell_refunded(order)


def send_second_payments_back(order: Order, *, of_parts: str = PAID_TWICE) -> None:
    """`of_parts` is why the other parts of an invoice go back: they were not paid twice."""
    for second in _second_payments(order):
        send_all_back(order, second, reason=of_parts if order.is_by_invoice else PAID_TWICE)


@transaction.atomic
def _give_place(payment: Payment) -> Order:
    """Raises SoldOut, CodeNotUsable and NotCovered."""
    order, payments = locked_payments(payment.order)
    payment = next(each for each in payments if each.pk == payment.pk)
    if order.status in order_status.DECIDED:
        _take_no_more(order)
        return order
    if order.is_called_off:
        _send_back_for_want_of_a_workshop(order, payment, booking_mails.tell_workshop_gone, reason=NO_WORKSHOP)
        return order
    if not order.buyer_email:
        _send_back_for_want_of_a_workshop(order, payment, booking_mails.tell_unseated, reason=NOBODY)
        return order
    if is_over(order):
        mark_late(payment)
        reason = HEARD_WHEN_OVER if payment.was_heard_late else WORKSHOP_OVER
        _send_back_for_want_of_a_workshop(order, payment, booking_mails.tell_too_late, reason=reason)
        return order
    if order.is_part_paid:
        return order
    with audit.in_one_insert():
        came_late = is_late(order, payment)
        _take_code_again(order)
        if order.is_by_invoice and order.missing():
            _wait_for_the_rest(order, payment)
        elif payment.is_wrong_amount:
            move(order, Order.Status.REVIEW)
            booking_mails.tell_review(order)
        elif came_late:
            mark_late(payment)
            move(order, Order.Status.REVIEW, why=WORKSHOP_BEGUN)
            booking_mails.tell_late_review(order)
        else:
            confirm(order, payments)
            if order.was_heard_late:
                booking_mails.tell_heard_late(order)
    checkpoint("place written")
    return order


@transaction.atomic
def _send_back_for_want_of_a_place(payment: Payment, *, reason: str) -> Order:
    order, payment = locked_payment(payment)
    if order.status in order_status.DECIDED:  # by another payment, a moment ago
        send_second_payments_back(order)
        return order
    move(order, Order.Status.UNSEATED)
    free_places(order)
    booking_mails.tell_unseated(order)
    send_all_back(order, payment, reason=reason)
    send_second_payments_back(order, of_parts=reason)
    checkpoint("place written")
    return order


def _wait_for_the_rest(order: Order, payment: Payment) -> None:
    """Of a transfer: while the places are held, otherwise a person decides."""
    if order.is_holding:
        move(order, Order.Status.PART_PAID)
        transfer_mails.tell_part_paid(order, payment)
    else:
        move(order, Order.Status.REVIEW)
        transfer_mails.tell_too_late(order)


def _take_no_more(order: Order) -> None:
    """What comes after the order was decided on goes back; of a transfer the buyer is told."""
    for payment in _second_payments(order):
        if order.is_by_invoice and payment.left() > 0:
            transfer_mails.tell_surplus(order, payment.left(), key=f"payment-{payment.pk}")
            refunds.send_back(payment, reason=PAID_TWICE, is_surplus=order.paid_at is not None)
        else:
            send_all_back(order, payment, reason=PAID_TWICE)


def _is_amount_right(payment: Payment, session: CheckoutSession) -> bool:
    return (session.amount, session.currency) == (payment.amount, payment.currency)


def _second_payments(order: Order) -> list[Payment]:
    """All but the first that we heard of, whichever of them was decided on first; without a place that one too.

    Transfers add up: what is beyond the price is a surplus, which the desk sends back.
    """
    if order.is_by_invoice and order.status not in order_status.GIVES_ALL_BACK:
        return []
    paid = order.payments.paid().exclude(method=Payment.Method.CREDIT).order_by("recorded_at", "pk")
    second = paid if order.is_unseated or order.is_by_invoice else paid[1:]
    return [payment for payment in second if not payment.refunds.exists()]


def _send_back_for_want_of_a_workshop(
    order: Order, payment: Payment, tell: Callable[[Order], None], *, reason: str
) -> None:
    """We cancelled it before the money came, it is over, or was nobody's: nobody is seated, whatever was paid."""
    places.release_tickets(tickets=order.tickets(), status=Ticket.Status.LAPSED)
    move(order, Order.Status.UNSEATED, why=reason)
    tell(order)
    send_all_back(order, payment, reason=reason)
    send_second_payments_back(order, of_parts=reason)
    checkpoint("nobody seated")


def _take_code_again(order: Order) -> None:
    """A code that went back with the hold is needed again for money that came late."""
    if order.status not in order_status.HOLDING:
        discounts.reserve_again(order)


@compiled_once
def _of_session(session: Asked) -> QuerySet[Payment]:
    return Payment.objects.select_related("order__terms").filter(session_id=session).order_by("pk")[:1]


@compiled_once
def _of_attempt(order: Asked, attempt: Asked) -> QuerySet[Payment]:
    """Whose session is not known yet."""
    payments = Payment.objects.select_related("order__terms").filter(order__number=order, attempt=attempt)
    return payments.filter(session_id="").order_by("pk")[:1]
