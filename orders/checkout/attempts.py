"""One attempt to pay an order by card, as it is written before Stripe is asked."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts import audit
from orders import stripe_api
from orders.models import Order, Payment

HOLD = timedelta(minutes=45)  # longer than the session, so that a payment at the last moment finds its place
SESSION_LIFE = timedelta(minutes=35)  # Stripe's own floor is 30; the rest is for clocks that differ
LONGEST_PAGE = timedelta(hours=24)  # by Stripe's rule


def write_attempt(order: Order, *, number: int = 1, held_until: datetime) -> Payment:
    """With all its parameters, for a page that closes before the places are free. The order must be locked, or new."""
    payment = Payment.objects.create(
        order=order,
        attempt=number,
        amount=order.amount_to_pay,
        currency=order.currency,
        expires_at=min(held_until, timezone.now() + LONGEST_PAGE) - HOLD + SESSION_LIFE,
        is_live=stripe_api.is_live(),
    )
    audit.record(payment, after=payment.status)
    return payment
