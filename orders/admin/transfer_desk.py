"""The desk's pages about bank transfers: write down what came in, send back what is not to stay."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from kit.desk.desk_pages import desk_page, needs
from kit.local.money import money
from orders.models import Order, Refund, order_status
from orders.settling import transfers, transfers_back
from practice.models import Practice

PERMISSION = "orders.change_order"
IS_AMOUNT = re.compile(r"[0-9]{1,8}\.[0-9]{2}")
ORGANISATION = ["organisation", "organisation_address", "po_number", "invoice_due_on"]
BY_INVOICE = {
    Order.Status.INVOICED: "An organisation pays by transfer. When the money is in the bank, record it with the button "
    "above; the places are held until the moment below.",
    Order.Status.PART_PAID: "A part has come, and the places are held until the moment below. Record the rest with the "
    "button above when it is in the bank, accept what came, or send it back.",
    Order.Status.LAPSED: "Nothing. It was not paid in time and the places went back on sale. If the money comes after "
    "all, record it with the button above: the places are booked anew if they are still free.",
    Order.Status.CANCELLED: "Nothing. The buyer gave the places back before paying. If the money comes all the same, "
    "record it with the button above: the places are booked anew if they are still free.",
    Order.Status.UNSEATED: "The transfer came after the places had gone, and the buyer has been told that the money "
    "comes back. Send it from the bank, then say so on the refund's page below.",
    Order.Status.REVIEW: "What came in is not what was asked for, and the places are on sale again. Talk to the buyer. "
    "Record the rest when it comes, accept what came, or send it back, all with the buttons above.",
}
RECORDED = {
    Order.Status.PAID: (messages.SUCCESS, "The places are booked, and everybody is told by email."),
    Order.Status.PART_PAID: (messages.WARNING, "The rest is missing; the places stay held, and the buyer is told."),
    Order.Status.REVIEW: (messages.WARNING, "The rest is missing, and the places had gone on sale. Decide below."),
    Order.Status.UNSEATED: (messages.WARNING, "The places had gone. Send it back from the bank; the buyer is told."),
}
OVER = (messages.WARNING, "The order was over. Send it back from the bank; the buyer is told.")
LATE = {
    Order.Status.REVIEW: (messages.WARNING, "The workshop has begun, so no place was given. Decide above."),
    Order.Status.UNSEATED: (messages.WARNING, "The workshop is over. Send it back from the bank; the buyer is told."),
}
SURPLUS = "More came than the order comes to: decide about the surplus below."
NOT_WHOLE = (
    "The place waits for exactly {due}. Record any other sum on order {old}, where the place comes from: from there it "
    "can go back."
)
NOT_AWAITED = "This transfer was recorded already, or none is expected. Nothing was done."


class InvoiceFilter(admin.SimpleListFilter):
    title = "invoice"
    parameter_name = "invoice"

    def lookups(self, request, model_admin):
        return [
            ("open", "waiting for the transfer"),
            ("part", "paid in part"),
            ("overdue", "overdue"),
            ("surplus", "more came than asked for"),
            ("all", "every invoice"),
        ]

    def queryset(self, request, queryset):
        if self.value() == "open":
            return queryset.awaiting_transfer()
        if self.value() == "part":
            return queryset.filter(status=Order.Status.PART_PAID)
        if self.value() == "surplus":
            return queryset.filter(pk__in=transfers_back.orders_with_surplus().values("pk"))
        if self.value() == "overdue":
            return queryset.filter(pk__in=Order.objects.overdue())
        return queryset.filter(invoice_due_on__isnull=False) if self.value() == "all" else queryset


class ByHandFilter(admin.SimpleListFilter):
    title = "bank transfer"
    parameter_name = "by_hand"

    def lookups(self, request, model_admin):
        return [("waiting", "to be sent")]

    def queryset(self, request, queryset):
        return queryset.filter(pk__in=Refund.objects.to_send_by_hand()) if self.value() == "waiting" else queryset


class TransferForm(forms.Form):
    amount = forms.DecimalField(
        min_value=Decimal("0.01"), max_digits=10, decimal_places=2, help_text="As it stands on the bank statement."
    )
    received_on = forms.DateField(label="In the bank on", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    attempt = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=9999)

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        self.order, self.today = order, Practice.current().today()
        first_words = {
            "amount": order.missing() or None,
            "received_on": self.today,
            "attempt": transfers.next_attempt(order),
        }
        super().__init__(*args, initial=first_words, **kwargs)

    def clean_amount(self) -> Decimal:
        amount = self.cleaned_data["amount"]
        if not transfers.is_sum_taken(self.order, amount):
            due, old = money(self.order.missing(), self.order.currency), self.order.moved_from.order
            raise forms.ValidationError(NOT_WHOLE.format(due=due, old=old))
        return amount

    def clean_received_on(self) -> date:
        day = self.cleaned_data["received_on"]
        if day > self.today:
            raise forms.ValidationError("This day is still to come. Record the money when it is in the bank.")
        if day < timezone.localdate(self.order.placed_at):
            raise forms.ValidationError("The order did not exist on that day.")
        return day


def transfer_page(request, pk, model_admin):
    """Three steps on one address: the form, the preview, and what was confirmed."""
    order = _order(request, pk)
    if not order.takes_transfers:
        messages.warning(request, NOT_AWAITED)
        return redirect("admin:orders_order_change", order.pk)
    form = TransferForm(request.POST or None, order=order)
    if request.method != "POST" or not form.is_valid() or "change" in request.POST:
        return _page(request, model_admin, order, form)
    if "confirm" not in request.POST:
        return _page(request, model_admin, order, form, is_preview=True, **_outlook(order, form.cleaned_data["amount"]))
    try:
        recorded = transfers.record_transfer(order, **form.cleaned_data)
    except transfers.NotAwaited:
        messages.warning(request, NOT_AWAITED)
    else:
        level, words = _outcome(recorded)
        what = f"Recorded {money(form.cleaned_data['amount'], order.currency)} by transfer."
        model_admin.log_change(request, order, what)
        messages.add_message(request, level, f"{what} {words}".strip())
    return redirect("admin:orders_order_change", order.pk)


def _outcome(order: Order) -> tuple[int, str]:
    if order.surplus():
        return messages.WARNING, SURPLUS
    if order.status == Order.Status.REFUNDED:
        return OVER
    return (RECORDED | (LATE if order.came_late else {})).get(order.status, (messages.INFO, ""))


@require_POST
def send_back(request, pk, model_admin):
    """The button on an order that came by transfer, and not as it was asked for."""
    order = _order(request, pk)
    return _sent_back(request, model_admin, order, lambda: transfers_back.send_back_by_hand(order))


@require_POST
def send_back_surplus(request, pk, model_admin):
    """The button on an order that more came for than it comes to."""
    order = _order(request, pk)
    shown = Decimal(request.POST["shown"]) if IS_AMOUNT.fullmatch(request.POST.get("shown", "")) else Decimal()
    return _sent_back(request, model_admin, order, lambda: transfers_back.send_back_surplus(order, shown=shown))


def _sent_back(request, model_admin, order: Order, send: Callable[[], list[Refund]]):
    try:
        refunds = send()
    except transfers_back.NotByHand:
        messages.warning(request, "There is nothing of it to send back by hand. Nothing was done.")
        return redirect("admin:orders_order_change", order.pk)
    total = money(sum(refund.amount for refund in refunds), order.currency)
    model_admin.log_change(request, order, f"{total} is to go back by transfer.")
    messages.success(request, f"Now send {total} from the bank, and say so on the refund's page below.")
    return redirect("admin:orders_order_change", order.pk)


@require_POST
@needs(PERMISSION)
def mark_sent(request, pk, model_admin):
    """The button beside a refund that goes back by transfer."""
    refund = get_object_or_404(Refund, pk=pk)
    try:
        transfers_back.mark_sent(refund)
    except transfers_back.NotByHand:
        messages.warning(request, "This refund was sent already, or is not sent by hand. Nothing was done.")
    else:
        model_admin.log_change(request, refund, "Sent from the bank.")
        messages.success(request, "Noted as sent.")
    return redirect("admin:orders_refund_change", pk)


@needs(PERMISSION)
def _order(request, pk):
    return get_object_or_404(Order.objects.select_related("workshop__course"), pk=pk)


def _outlook(order: Order, amount: Decimal) -> dict[str, Any]:
    """What recording this sum would do."""
    difference = amount - order.missing()
    return {
        "amount": amount,
        "missing": max(Decimal(), -difference),
        "surplus": max(Decimal(), difference),
        "is_booked": order.status in order_status.OVERPAYABLE,
        "goes_back": order.status in order_status.GIVES_ALL_BACK,
        "is_late": not order.is_holding,
        "places_left": order.workshop.places_left(),
    }


def _page(request, model_admin, order, form, **context):
    context |= {
        "row": order,
        "order": order,
        "form": form,
        "here": "Record a transfer",
        "title": f"Record a transfer: order {order.number}",
    }
    status = 422 if form.errors else 200
    return desk_page(request, model_admin, "admin/orders/order/transfer.html", context, status=status)
