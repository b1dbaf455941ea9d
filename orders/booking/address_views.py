from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.audit import acting
from kit.forms.forms import ButtonForm
from kit.local.times import until_label
from kit.pages.http import SeeOther, anonymous_post, private_page
from orders.actors import BUYER
from orders.booking.addresses import confirm_address
from orders.checkout.unconfirmed import is_proof
from orders.deeds import Deed, address_after
from orders.models import Order


@private_page
@anonymous_post(scope="order-address", per_hour=60)
@require_http_methods(["GET", "HEAD", "POST"])
@acting(BUYER)
def confirm(request, secret, proof):
    """Behind the link in the mail. Whoever opens it may not be who typed the address: nothing typed is shown."""
    order = get_object_or_404(Order.objects.select_related("workshop__course", "series"), secret=secret)
    if not is_proof(order, proof):
        raise Http404
    if request.method == "POST":
        confirm_address(order.pk)
        return SeeOther(address_after(Deed.CONFIRMED, order))
    if not order.is_unconfirmed or not order.is_holding:
        return redirect(order)
    form = ButtonForm("Yes, send the invoice" if order.total else "Yes, book it")
    context = {
        "order": order,
        "workshop": order.sold,
        "places": order.lines.count(),
        "held_until": until_label(order.held_until, order.time_zone),
        "form": form,
    }
    return render(request, "orders/confirm_address.html", context | {"nav_section": "workshops"})
