"""What Stripe keeps of a payment. It books the fee some time afterwards, so the worker asks until it is known."""

import logging
from datetime import timedelta

from django.utils import timezone

from kit.work.rounds import do_for_each, in_any_order
from orders import stripe_api
from orders.models import Payment

log = logging.getLogger(__name__)

ASKED_FOR = timedelta(days=30)
AT_ONCE = 50  # requests in one go


def ask_for_unknown_fees() -> int:
    """Asks for the fees that are not known yet, one request for each payment. Returns how many are known now.

    In no order, so that none that Stripe never answers for is always the first. There is time: one silence ends it.
    """
    paid = Payment.objects.paid_among().filter(method=Payment.Method.STRIPE, fee=None).exclude(intent_id="")
    chosen = in_any_order(paid.filter(paid_at__gte=timezone.now() - ASKED_FOR))[:AT_ONCE]
    return do_for_each(chosen, _learn_fee, silence=stripe_api.StripeUnavailable, silences=1)


def _learn_fee(payment: Payment) -> int:
    try:
        fee = stripe_api.retrieve_intent(payment.intent_id).fee
    except stripe_api.StripeRefused:
        log.error("payment %s: Stripe does not know it", payment.pk)
        return 0
    return 0 if fee is None else Payment.objects.filter(pk=payment.pk, fee=None).update(fee=fee)
