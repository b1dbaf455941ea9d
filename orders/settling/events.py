"""What Stripe tells by webhook: stored once, worked on until it is done."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from kit.work.checkpoints import checkpoint
from orders import stripe_api, stripe_balance
from orders.changes import refunds
from orders.models import Payment, StripeEvent
from orders.settling import balance, disputes, settle
from orders.stripe_api import CheckoutSession, DisputeState, RefundState

Told = dict[str, Any]


class OddShape(ValueError):
    """Signed, and yet not what Stripe says that it sends."""


class NotOurs(Exception):
    """Of another site, or of something else that the practice sells with the same account."""


def receive(event: Told) -> bool:
    """Stores the event if it is new, and works on it unless that is done. Returns whether Stripe may stop telling it.

    What fits nothing here is told again for an hour, and then stays for a person. Raises OddShape, and stores nothing.
    """
    work = _read(event)
    stored = _store(event)
    checkpoint("event stored")
    if stored.done_at:
        return True
    stored.last_error = ""
    try:
        work()
    except settle.UnknownPayment:
        stored.note_error("It belongs to no payment of ours, or to one that is not written yet.")
        return stored.is_stuck
    except stripe_api.StripeFailed as error:
        stored.note_error(f"Stripe could not be asked about it: {error}")
        return False
    except NotOurs:
        stored.last_error = "It is not of this site."
    checkpoint("event worked on")
    stored.done_at = timezone.now()
    stored.save(update_fields=["done_at", "last_error"])
    return True


def _read(event: Told) -> Callable[[], None]:
    """What is to be done about it."""
    if event["type"] not in HANDLED:
        return _nothing
    read, act = HANDLED[event["type"]]
    try:
        told = read(event)
        _check_texts(told)
        return partial(act, told)
    except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError, OSError) as error:
        raise OddShape from error


def _check_texts(told: Any) -> None:
    """What we take for a text is one. Raises TypeError."""
    texts = [getattr(told, each.name) for each in fields(told) if each.type is str] if is_dataclass(told) else [told]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError


def _told_at(event: Told) -> datetime:
    return datetime.fromtimestamp(event["created"], UTC) if event.get("created") else timezone.now()


def _thing(event: Told) -> Told:
    return event["data"]["object"]


def _read_session(event: Told) -> CheckoutSession:
    return stripe_api.session_of_event(_thing(event), _told_at(event))


def _read_refund(event: Told) -> RefundState:
    return stripe_api.refund_state(_thing(event))


def _read_charge(event: Told) -> str:
    """The id of its payment intent; "" without one."""
    return stripe_api.id_of(_thing(event).get("payment_intent"))


def _read_dispute(event: Told) -> DisputeState:
    return stripe_api.dispute_state(_thing(event))


def _read_payout(event: Told) -> stripe_balance.PayoutState:
    return stripe_balance.payout_state(_thing(event))


def _store(event: Told) -> StripeEvent:
    try:
        with transaction.atomic():
            return StripeEvent.objects.create(event_id=event["id"], type=event["type"], payload=event)
    except IntegrityError:
        return StripeEvent.objects.get(event_id=event["id"])


def _session(session: CheckoutSession) -> None:
    """A row of ours counts for more than what is written on the session: the site may have had another name then."""
    try:
        settle.settle(session)
    except settle.UnknownPayment:
        _pass_on_what_is_not_ours(session)


def _session_failed(session: CheckoutSession) -> None:
    """A delayed method brought no money after all."""
    try:
        settle.end_attempt(settle.find_payment(session), Payment.Status.FAILED)
    except settle.UnknownPayment:
        _pass_on_what_is_not_ours(session)


def _pass_on_what_is_not_ours(session: CheckoutSession) -> None:
    if session.is_ours:
        raise settle.UnknownPayment
    raise NotOurs


def _refund(state: RefundState) -> None:
    if refunds.record(state) is None:
        _wait_for_payment(state.intent_id)


def _charge_refunded(intent_id: str) -> None:
    payment = refunds.paid_by(intent_id)
    if payment is None:
        _wait_for_payment(intent_id)
    else:
        refunds.take_over_all(payment)


def _dispute(state: DisputeState) -> None:
    if disputes.record(state) is None:
        _wait_for_payment(state.intent_id)


def _payout(state: stripe_balance.PayoutState) -> None:
    """The worker reads what it is made of, a minute later: nobody waits for that."""
    balance.record_payout(state)


def _wait_for_payment(intent_id: str) -> None:
    """Raises UnknownPayment where the word that it was paid may come later. What the practice sells elsewhere with the
    same account is none of our business: refused for days, it would make Stripe give up on all that it tells us."""
    if intent_id and _is_ours(intent_id):
        raise settle.UnknownPayment
    raise NotOurs


def _is_ours(intent_id: str) -> bool:
    try:
        return stripe_api.retrieve_intent(intent_id).is_ours
    except stripe_api.StripeFailed:
        return True  # better told again than lost


def _nothing() -> None:
    """Kept for the record."""


HANDLED: dict[str, tuple[Callable[[Told], Any], Callable[[Any], None]]] = {
    "checkout.session.completed": (_read_session, _session),
    "checkout.session.expired": (_read_session, _session),
    "checkout.session.async_payment_succeeded": (_read_session, _session),
    "checkout.session.async_payment_failed": (_read_session, _session_failed),
    "refund.created": (_read_refund, _refund),
    "refund.updated": (_read_refund, _refund),
    "refund.failed": (_read_refund, _refund),
    "charge.refunded": (_read_charge, _charge_refunded),
    "charge.dispute.created": (_read_dispute, _dispute),
    "charge.dispute.updated": (_read_dispute, _dispute),
    "charge.dispute.closed": (_read_dispute, _dispute),
    "charge.dispute.funds_withdrawn": (_read_dispute, _dispute),
    "charge.dispute.funds_reinstated": (_read_dispute, _dispute),
    "payout.paid": (_read_payout, _payout),
    "payout.failed": (_read_payout, _payout),
    "payout.reconciliation_completed": (_read_payout, _payout),
}
