"""Money back. The row is committed before Stripe is asked, and its id is the key: no refund is made twice."""

import logging
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import audit
from courses.models import Ticket
from kit.work.checkpoints import checkpoint
from orders import stripe_api
from orders.changes.holders import lock_holders, who_sent_back
from orders.documents import issuing
from orders.mails import refund_mails
from orders.models import Order, OrderLine, Payment, Refund
from orders.pricing import codes
from orders.states import may_move, move

log = logging.getLogger(__name__)

AT_STRIPE = "Made at Stripe."
SERVER_ERROR = 500
KEY_IS_GOOD = timedelta(hours=23)  # Stripe forgets a key after a day, and then the same request is a second refund


class TooMuch(Exception):
    """More than was paid and not yet sent back."""


class NotFailed(Exception):
    """Only a refund that failed is asked for again or sent from the bank, and only once."""


def send_back(
    payment: Payment,
    *,
    reason: str,
    amount: Decimal | None = None,
    line: OrderLine | None = None,
    **more: bool,
) -> Refund:
    """Writes the refund of a payment (all that is left of it unless `amount` says less) and asks Stripe after commit.

    `more` are columns that say what it is. The order must be locked. Raises TooMuch.
    """
    left = payment.left()
    amount = left if amount is None else amount
    if not 0 < amount <= left:
        raise TooMuch
    refund = Refund.objects.create(payment=payment, line=line, amount=amount, reason=reason, **more)
    audit.record(refund, after=refund.status, reason=reason)
    transaction.on_commit(lambda: try_to_send(refund.pk))
    return refund


def send_back_from(order: Order, *, amount: Decimal, reason: str, line: OrderLine) -> list[Refund]:
    """The same out of whatever payments the order has. The order must be locked. Raises TooMuch."""
    if not 0 < amount <= min(order.balance(), line.left()):
        raise TooMuch
    refunds = []
    for payment in order.payments.select_for_update(of=("self",)).filter(status=Payment.Status.PAID):
        share = min(amount, payment.left())
        if share > 0:
            payment.order = order
            refunds.append(send_back(payment, reason=reason, amount=share, line=line))
            amount -= share
    return refunds


def ask_again(refund: Refund) -> Refund:
    """A refund that failed, as a new one with a key of its own, of Stripe. Raises NotFailed or TooMuch."""
    return _make_anew(refund, by_bank=False)


def send_from_the_bank(refund: Refund) -> Refund:
    """The same, as one that a person sends and says so (`transfers_back.mark_sent`): until then Stripe may be asked
    after all. What was sent nobody takes back, so Stripe says first what went back another way. Raises
    StripeUnavailable, too.
    """
    take_over_if_listed(refund.payment.through)
    return _make_anew(refund, by_bank=True)


@transaction.atomic
def _make_anew(refund: Refund, *, by_bank: bool) -> Refund:
    _, failed = locked(refund.pk)
    if not (failed.has_failed or (failed.is_by_bank and failed.is_requested and not by_bank)):
        raise NotFailed
    move(failed, Refund.Status.REPLACED)
    kind = {"is_surplus": failed.is_surplus, "is_by_bank": by_bank}
    return send_back(failed.payment, reason=failed.reason, amount=failed.amount, line=failed.line, **kind)


def try_to_send(refund_id: int) -> None:
    """Asks Stripe; without an answer the worker asks again later with the same key."""
    try:
        send(refund_id)
    except stripe_api.StripeUnavailable:
        log.warning("refund %s is not at Stripe yet", refund_id)


def send(refund_id: int) -> None:
    """The same, for who has more to ask. Raises StripeUnavailable.

    An old one is looked for at Stripe first: it may have been made by a process that died before it heard so.
    """
    refund = Refund.objects.select_related("payment__order").get(pk=refund_id)
    if refund.status != Refund.Status.REQUESTED or refund.is_by_hand:
        return
    if refund.created_at < timezone.now() - KEY_IS_GOOD and not _is_still_to_be_made(refund):
        return
    checkpoint("refund asked for")
    try:
        state = stripe_api.create_refund(
            key=refund.idempotency_key,
            intent_id=refund.payment.through.intent_id,
            amount=refund.amount,
            our_id=refund.pk,
        )
    except stripe_api.StripeFailed as error:
        if error.refusal:
            refund.note_refusal(error.refusal)
        if not isinstance(error, stripe_api.StripeRefused):
            raise
        _learn_why(refund)
    else:
        checkpoint("refund made")
        record(state)
        checkpoint("refund recorded")


def take_over_all(payment: Payment) -> None:
    """Records every refund that Stripe lists of a payment. Raises StripeFailed. What came to nothing is learned of
    first: its money was there for the others.
    """
    states = stripe_api.refunds_of_intent(payment.intent_id)
    for state in sorted(states, key=lambda each: each.status not in Refund.STOPPED):
        _write(state)


def take_over_if_listed(payment: Payment) -> bool:
    """The same; returns whether Stripe knows the payment, and so has listed all. Raises StripeUnavailable."""
    try:
        take_over_all(payment)
    except stripe_api.StripeRefused as error:
        log.error("payment %s: Stripe lists no refunds of it: %s", payment.pk, error)
        return False
    return True


def record(state: stripe_api.RefundState) -> Refund | None:
    """Takes over what Stripe says of a refund, ours or one made in Stripe's dashboard; None without such a payment.

    Of the dashboard's, whose money is whose shows only beside all others: they are listed first, in whatever order we
    are told of them. Raises StripeUnavailable.
    """
    payment = paid_by(state.intent_id)
    if payment and not _ours(payment, state).exists():
        take_over_if_listed(payment)
    return _write(state)


def paid_by(intent_id: str) -> Payment | None:
    return Payment.objects.paid_among().filter(intent_id=intent_id).first() if intent_id else None


def conclude(order: Order, refund: Refund) -> None:
    """After a refund went its way: what that means for its order, which must be locked."""
    is_for_order = refund.line_id is None
    is_closed = (is_for_order or not _does_anybody_come(order)) and close_when_all_is_back(order)
    if refund.is_by_bank:
        refund_mails.tell_sent_by_bank(order, refund)
    elif is_closed and is_for_order:
        refund_mails.tell_refunded(order)  # a refund for one place has a mail of its own
    issuing.issue_after_commit(order)


def close_when_all_is_back(order: Order) -> bool:
    """Says whether it did. The order must be locked."""
    if (
        order.paid_amount() > order.refunded_amount()
        or not may_move(order, Order.Status.REFUNDED)
        or Refund.objects.filter(payment__order=order, status=Refund.Status.REQUESTED).exists()
    ):
        return False
    move(order, Order.Status.REFUNDED)
    codes.give_back(order)
    return True


def locked(refund_id: int) -> tuple[Order, Refund]:
    """The order first, then the refund."""
    order_id = Refund.objects.values_list("payment__order", flat=True).get(pk=refund_id)
    order = Order.objects.select_for_update(of=("self",)).get(pk=order_id)
    refund = Refund.objects.select_for_update(of=("self",)).select_related("payment__order").get(pk=refund_id)
    return order, refund


def _is_still_to_be_made(refund: Refund) -> bool:
    """Whether Stripe has no such refund. Raises StripeUnavailable."""
    take_over_if_listed(refund.payment.through)
    return Refund.objects.filter(pk=refund.pk, status=Refund.Status.REQUESTED).exists()


def _learn_why(refund: Refund) -> None:
    """Stripe refused. Mostly money went back another way, and nobody told us. Raises StripeUnavailable."""
    is_listed = take_over_if_listed(refund.payment.through)
    checkpoint("refusal looked into")
    _ask_for_the_rest(refund.pk, is_listed=is_listed)


@transaction.atomic
def _ask_for_the_rest(refund_id: int, *, is_listed: bool) -> None:
    """A refund of more than was left is replaced by one of what is left, and one that an old failure of Stripe's keeps
    in its way by its like, with a new key: once, and only if Stripe has `listed` that it has none. Others have failed.
    """
    order, refund = locked(refund_id)
    if refund.status != Refund.Status.REQUESTED:
        return
    payment = refund.payment
    is_too_much = payment.refunds.counting().total() > (payment.received or Decimal())
    if not is_too_much and not (is_listed and _may_be_asked_for_anew(refund)):
        move(refund, Refund.Status.FAILED, why=f"Stripe refused it: {refund.refused_code or 'no reason'}.")
        _look_at_failure(order, refund)
        return
    move(refund, Refund.Status.REPLACED)
    if (left := payment.left()) > 0:
        send_back(payment, reason=refund.reason, amount=min(left, refund.amount), line=refund.line)
    elif close_when_all_is_back(order):
        refund_mails.tell_refunded(order)


def _may_be_asked_for_anew(refund: Refund) -> bool:
    """Stripe failed itself, keeps that as its answer to this key, and has not done so to another for the same."""
    its_like = refund.payment.refunds.filter(line=refund.line, amount=refund.amount, status=Refund.Status.REPLACED)
    return _is_stripes_fault(refund) and not any(map(_is_stripes_fault, its_like))


def _is_stripes_fault(refund: Refund) -> bool:
    return (refund.refused_status or 0) >= SERVER_ERROR


def _look_at_failure(order: Order, refund: Refund) -> None:
    """The money is still here. A person is told, and the order does not look settled. The order must be locked."""
    refund_mails.tell_refund_failed(order, refund)
    if order.balance() > 0 and may_move(order, Order.Status.OWED):
        move(order, Order.Status.OWED)


def _forget_failures(payment: Payment) -> None:
    """Nobody need ask again for what went back another way, nor send it from the bank. The order must be locked."""
    for waiting in payment.refunds.filter(is_by_bank=True, status=Refund.Status.REQUESTED):
        if payment.refunds.counting().total() > (payment.received or Decimal()):
            move(waiting, Refund.Status.REPLACED, why="Money went back another way.")
    if payment.left() == 0:
        for failed in payment.refunds.filter(status=Refund.Status.FAILED):
            move(failed, Refund.Status.REPLACED, why="All of it went back another way.")


@transaction.atomic
def _write(state: stripe_api.RefundState) -> Refund | None:
    """Where moved places took some of the payment along to other orders, those are locked as well, and what none of
    them alone has comes from several, each with a row. Returns the first.
    """
    payment = paid_by(state.intent_id)
    if payment is None:
        return None
    to = {"requires_action": Refund.Status.PENDING}.get(state.status, state.status)
    parts = _find(payment, state)
    for refund in parts:
        order = refund.payment.order
        if refund.status != to and to in Refund.Status.values and may_move(refund, to):
            move(refund, to, **_moments(refund, state))
            if to in Refund.STOPPED:
                _look_at_failure(order, refund)
        _forget_failures(refund.payment)
        conclude(order, refund)
    checkpoint("refund written")
    return parts[0]


def _find(payment: Payment, state: stripe_api.RefundState) -> list[Refund]:
    """Our rows for it, with their orders locked; new ones for money sent back in Stripe's dashboard."""
    holders = lock_holders(payment)
    found = list(_ours(payment, state).select_for_update(of=("self",)).order_by("pk"))
    if not found:
        return [_made_at_stripe(holder, amount, state) for holder, amount in who_sent_back(holders, state.amount)]
    for refund in found:
        refund.payment = next(each for each in holders if each.pk == refund.payment_id)
        if not refund.refund_id:
            refund.refund_id = state.id
            refund.save(update_fields=["refund_id"])
    return found


def _ours(payment: Payment, state: stripe_api.RefundState) -> QuerySet[Refund]:
    """Those with its id, and the one that it was asked for by, if no answer to that has come."""
    asked_by = int(state.our_id) if state.our_id.isdecimal() else None
    return Refund.objects.through(payment).filter(Q(refund_id=state.id) | Q(pk=asked_by, refund_id=""))


def _moments(refund: Refund, state: stripe_api.RefundState) -> dict[str, Any]:
    """When it was made, by Stripe's clock, and when we first heard of it."""
    now = timezone.now()
    return {} if refund.recorded_at else {"paid_at": min(state.made_at or now, now), "recorded_at": now}


def _made_at_stripe(holder: Payment, amount: Decimal, state: stripe_api.RefundState) -> Refund:
    refund = Refund(
        payment=holder,
        amount=amount,
        reason=AT_STRIPE,
        origin=Refund.Origin.STRIPE,
        refund_id=state.id,
        status=Refund.Status.PENDING,
    )
    for name, moment in _moments(refund, state).items():
        setattr(refund, name, moment)
    refund.save()
    audit.record(refund, after=refund.status, reason=AT_STRIPE)
    return refund


def _does_anybody_come(order: Order) -> bool:
    return order.lines.filter(ticket__status=Ticket.Status.CONFIRMED).exists()
