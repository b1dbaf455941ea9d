"""The desk's page of all mails about an order: what was written to whom, who caused it, and what became of it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from kit.desk.desk_pages import desk_page
from orders.mails.sent import mails_of
from orders.models import Order
from outbox.post import send_again

OLD = "It was written to an address, or with a link, that is no longer good. Use “Send the mails again” on the order."


@require_safe
def mails_page(request, pk, model_admin):
    order = _order(request, pk, "orders.view_order")
    context = {"row": order, "here": "Mails", "title": f"Mails of order {order.number}", "mails": mails_of(order)}
    return desk_page(request, model_admin, "admin/orders/order/mails.html", context)


@require_POST
def again(request, pk, message_pk, model_admin):
    """The button beside a mail."""
    order = _order(request, pk, "orders.change_order")
    message = get_object_or_404(mails_of(order), pk=message_pk)
    if message.created_at < (order.links_since or message.created_at):
        messages.warning(request, OLD)
    elif send_again(message):
        model_admin.log_change(request, order, f"Sent again: {message.subject}")
        messages.success(request, f"“{message.subject}” is on its way to {message.to} once more.")
    else:
        messages.warning(request, "Its text is forgotten, or held a secret, so it cannot be sent again.")
    return redirect("admin:orders_order_mails", order.pk)


def _order(request, pk: int, permission: str) -> Order:
    if not (request.user.has_perm(permission) and request.user.has_perm("outbox.view_message")):
        raise PermissionDenied
    return get_object_or_404(Order, pk=pk)
