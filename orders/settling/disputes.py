"""A buyer's bank asks for the money back. Stripe and the bank decide; we write down what they say and tell the desk."""

import logging

from django.db import transaction
from django.utils import timezone

from accounts import audit
from orders import stripe_api
from orders.mails import dispute_mails
from orders.models import Dispute, Order, Payment
from orders.states import DISPUTE_ENDED, may_move, move
from orders.stripe_api import DisputeState

log = logging.getLogger(__name__)


def record(state: DisputeState) -> Dispute | None:
    """Takes over what Stripe says of a dispute, however often and in whatever order it says it.

    Of one that has ended another word is late, or a bank has decided anew: Stripe is asked how it stands. Places stay
    as they are. None if no payment of ours is known by this intent yet. Raises StripeUnavailable.
    """
    ended = Dispute.objects.filter(dispute_id=state.id, status__in=DISPUTE_ENDED).exclude(status=state.status)
    if not ended.exists():
        return _record(state, is_present=False)
    try:
        return _record(stripe_api.retrieve_dispute(state.id), is_present=True)
    except stripe_api.StripeRefused:
        log.error("dispute %s: Stripe does not know it", state.id)
        return ended.first()


@transaction.atomic
def _record(state: DisputeState, *, is_present: bool) -> Dispute | None:
    """`is_present` of what Stripe said just now; any other word may be an old one."""
    payment = Payment.objects.paid_among().filter(intent_id=state.intent_id).first()
    if payment is None or not state.intent_id:
        return None
    order = Order.objects.select_for_update(of=("self",)).get(pk=payment.order_id)
    dispute = Dispute.objects.filter(dispute_id=state.id).first()
    if dispute is None:
        dispute = _write(payment, state)
        _tell(order, dispute)
    elif may_move(dispute, state.status) and (is_present or dispute.status not in DISPUTE_ENDED):
        before = dispute.status
        move(dispute, state.status, **_facts(state))
        if before in DISPUTE_ENDED:
            dispute_mails.tell_dispute_decided_anew(order, dispute, before=Dispute.Status(before).label)
        else:
            _tell(order, dispute)
    return dispute


def _write(payment: Payment, state: DisputeState) -> Dispute:
    """A status that we do not know is one that a person should look at."""
    known = state.status in Dispute.Status.values
    if not known:
        log.error("dispute %s: unknown status %s", state.id, state.status)
    status = state.status if known else Dispute.Status.NEEDS_RESPONSE
    dispute = Dispute.objects.create(payment=payment, dispute_id=state.id, status=status, **_facts(state))
    audit.record(dispute, after=status)
    return dispute


def _facts(state: DisputeState) -> dict:
    is_open = state.status in Dispute.OPEN or state.status not in Dispute.Status.values
    return {
        "amount": state.amount,
        "reason": state.reason,
        "evidence_due_at": state.evidence_due_at,
        "closed_at": None if is_open else timezone.now(),
    }


def _tell(order: Order, dispute: Dispute) -> None:
    """Each fact has a key of its own, so nobody hears of it twice."""
    if dispute.is_open:
        dispute_mails.tell_dispute_opened(order, dispute)
    else:
        dispute_mails.tell_dispute_closed(order, dispute)
