"""Where a buyer goes after booking."""

from django.http import HttpResponse

from courses.seats.places import SoldOut
from kit.pages.http import SeeOther
from orders import stripe_api
from orders.checkout import paying
from orders.checkout.placing import Placed
from orders.deeds import Deed, address_after
from orders.models import order_status
from orders.settling import reconcile

UNHEARD = "unheard"  # in the address of the order's page: Stripe could not say whether it is paid


def go_and_pay(placed: Placed, *, deed: Deed = Deed.PLACED) -> HttpResponse:
    """To the payment page, or to the order's own page, which says what was kept and what can be done.

    `deed`: what that page tells of first where there is nothing to pay.

    Whether an order of an earlier visit is paid already is asked first: a second page could charge the card again.
    """
    order = placed.order
    may_be_paid = order.status in order_status.PAYABLE_BY_CARD and not placed.is_new
    if may_be_paid and not reconcile.settle_what_is_paid(order):
        return SeeOther(f"{order.get_absolute_url()}?{UNHEARD}=1")
    if order.status not in order_status.PAYABLE_BY_CARD:
        return SeeOther(address_after(deed, order))
    try:
        payment = paying.start_first_payment(placed)
    except (stripe_api.StripeFailed, paying.TriedEnough, paying.HoldEnded, SoldOut):
        return SeeOther(address_after(Deed.PLACED, order))
    return SeeOther(payment.session_url)
