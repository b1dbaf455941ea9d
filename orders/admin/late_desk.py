"""The desk's two buttons on an order whose money came when the workshop had begun."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from courses.seats.places import SoldOut, WorkshopCancelled
from kit.desk.desk_pages import needs
from orders.changes import moves
from orders.models import Order
from orders.settling import late_decisions

PERMISSION = "orders.change_order"
WHAT_TO_DO = (
    "The money came when the workshop had begun, so no place was given, and the buyer waits for a word. Give the place "
    "with the button above if they can still join, or send the money back."
)
DECIDED = "It was decided already, or there is nothing to decide. Nothing was done."
NO_PLACE = {
    SoldOut: "No place is free any more. Send the money back.",
    WorkshopCancelled: "The workshop is cancelled. Send the money back.",
    moves.NotCovered: "The place that was to be moved was given up meanwhile. Send the money back.",
}


@require_POST
def seat(request, pk, model_admin):
    order = _order(request, pk)
    try:
        late_decisions.seat_late(order)
    except late_decisions.NotLate:
        messages.warning(request, DECIDED)
    except tuple(NO_PLACE) as error:
        messages.error(request, NO_PLACE[type(error)])
    else:
        model_admin.log_change(request, order, "Paid late, and seated all the same.")
        messages.success(request, "The places are booked, and everybody is told by email.")
    return redirect("admin:orders_order_change", order.pk)


@require_POST
def send_back(request, pk, model_admin):
    order = _order(request, pk)
    try:
        late_decisions.send_late_back(order)
    except late_decisions.NotLate:
        messages.warning(request, DECIDED)
    else:
        model_admin.log_change(request, order, "Paid late: the money goes back.")
        how = "Send it from the bank, then say so on the refund's page." if order.came_by_transfer else ""
        messages.success(request, f"The money goes back, and the buyer is told by email. {how}".strip())
    return redirect("admin:orders_order_change", order.pk)


@needs(PERMISSION)
def _order(request, pk):
    return get_object_or_404(Order, pk=pk)
