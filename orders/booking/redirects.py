"""Where a buyer goes after booking."""

from django.http import HttpResponse

from courses.seats.places import SoldOut
from kit.http import SeeOther
from orders import stripe_api
from orders.checkout import paying
from orders.checkout.placing import Placed
from orders.models import order_status


def go_and_pay(placed: Placed) -> HttpResponse:
    """To the payment page, or to the order's own page, which says what was kept and what can be done."""
    order = placed.order
    if order.status not in order_status.PAYABLE_BY_CARD:
        return SeeOther(order.get_absolute_url())
    try:
        payment = paying.start_first_payment(placed)
    except (stripe_api.StripeFailed, paying.TriedEnough, paying.HoldEnded, SoldOut):
        return SeeOther(order.get_absolute_url())
    return SeeOther(payment.session_url)
