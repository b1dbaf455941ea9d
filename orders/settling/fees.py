"""What Stripe keeps of a payment. It books the fee some time afterwards, so the worker asks until it is known."""

import logging
from datetime import timedelta

from django.utils import timezone

from orders import stripe_api
from orders.models import Payment

log = logging.getLogger(__name__)

ASKED_FOR = timedelta(days=30)
AT_ONCE = 50  # requests in one go


def ask_for_unknown_fees() -> int:
    """Asks for the fees that are not known yet, one request for each payment. Returns how many are known now."""
    paid = Payment.objects.paid().filter(method=Payment.Method.STRIPE, fee=None).exclude(intent_id="")
    known = 0
    for payment in paid.filter(paid_at__gte=timezone.now() - ASKED_FOR).order_by("-paid_at", "-pk")[:AT_ONCE]:
        try:
            fee = stripe_api.retrieve_intent(payment.intent_id).fee
        except stripe_api.StripeUnavailable as error:
            log.warning("fees: %s", type(error).__name__)
            break
        except stripe_api.StripeRefused:
            log.error("payment %s: Stripe does not know it", payment.pk)
            continue
        if fee is not None:
            known += Payment.objects.filter(pk=payment.pk, fee=None).update(fee=fee)
    return known
