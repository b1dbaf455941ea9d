"""What Stripe tells by webhook: stored once, worked on until it is done."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from kit.checkpoints import checkpoint
from orders import stripe_api, stripe_balance
from orders.changes import refunds
from orders.models import Payment, StripeEvent
from orders.settling import balance, disputes, settle

log = logging.getLogger(__name__)

Told = dict[str, Any]


def receive(event: Told) -> bool:
    """Stores the event if it is new, and works on it unless that is done. Returns whether it is done now."""
    stored = _store(event)
    checkpoint("event stored")
    if stored.done_at:
        return True
    try:
        HANDLED.get(stored.type, _nothing)(event["data"]["object"], _told_at(event))
    except settle.UnknownPayment:
        stored.last_error = "It belongs to no payment of ours, or to one that is not written yet."
        stored.save(update_fields=["last_error"])
        return False
    except stripe_api.StripeUnavailable:
        stored.last_error = "Stripe was to be asked about it, and did not answer."
        stored.save(update_fields=["last_error"])
        return False
    checkpoint("event worked on")
    stored.done_at, stored.last_error = timezone.now(), ""
    stored.save(update_fields=["done_at", "last_error"])
    return True


def _told_at(event: Told) -> datetime:
    return datetime.fromtimestamp(event["created"], UTC) if event.get("created") else timezone.now()


def _store(event: Told) -> StripeEvent:
    try:
        with transaction.atomic():
            return StripeEvent.objects.create(event_id=event["id"], type=event["type"], payload=event)
    except IntegrityError:
        return StripeEvent.objects.get(event_id=event["id"])


def _session(data: Told, told_at: datetime) -> None:
    session = stripe_api.session_of_event(data, told_at)
    if session.is_ours:
        settle.settle(session)


def _session_failed(data: Told, told_at: datetime) -> None:
    """A delayed method brought no money after all."""
    session = stripe_api.session_of_event(data, told_at)
    if session.is_ours:
        settle.end_attempt(settle.find_payment(session), Payment.Status.FAILED)


def _refund(data: Told, told_at: datetime) -> None:
    state = stripe_api.refund_state(data)
    if refunds.record(state) is None:
        _wait_for_payment(state.intent_id)


def _charge_refunded(data: Told, told_at: datetime) -> None:
    intent_id = data.get("payment_intent") or ""
    recorded = [refunds.record(state) for state in stripe_api.refunds_of_intent(intent_id)]
    if None in recorded:
        _wait_for_payment(intent_id)


def _dispute(data: Told, told_at: datetime) -> None:
    state = stripe_api.dispute_state(data)
    if disputes.record(state) is None:
        _wait_for_payment(state.intent_id)


def _payout(data: Told, told_at: datetime) -> None:
    """The worker reads what it is made of, a minute later: nobody waits for that."""
    balance.record_payout(stripe_balance.payout_state(data))


def _wait_for_payment(intent_id: str) -> None:
    """Raises UnknownPayment where the word that it was paid may come later. What the practice sells elsewhere with the
    same account is none of our business: refused for days, it would make Stripe give up on all that it tells us."""
    if intent_id and _is_ours(intent_id):
        raise settle.UnknownPayment


def _is_ours(intent_id: str) -> bool:
    try:
        return stripe_api.retrieve_intent(intent_id).is_ours
    except (stripe_api.StripeUnavailable, stripe_api.StripeRefused):
        return True  # better told again than lost


def _nothing(data: Told, told_at: datetime) -> None:
    """Kept for the record."""


HANDLED: dict[str, Callable[[Told, datetime], None]] = {
    "checkout.session.completed": _session,
    "checkout.session.expired": _session,
    "checkout.session.async_payment_succeeded": _session,
    "checkout.session.async_payment_failed": _session_failed,
    "refund.created": _refund,
    "refund.updated": _refund,
    "refund.failed": _refund,
    "charge.refunded": _charge_refunded,
    "charge.dispute.created": _dispute,
    "charge.dispute.updated": _dispute,
    "charge.dispute.closed": _dispute,
    "charge.dispute.funds_withdrawn": _dispute,
    "charge.dispute.funds_reinstated": _dispute,
    "payout.paid": _payout,
    "payout.failed": _payout,
    "payout.reconciliation_completed": _payout,
}
