"""The desk's page to refund or cancel places of an order: choose, see what will happen, confirm."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from kit.desk.desk_pages import desk_page, needs
from kit.local.money import money
from orders import consents
from orders.changes import cancellations, refunds
from orders.changes.cancellations import AmountChanged, Decision, Outcome
from orders.models import Order, OrderLine, Refund
from orders.pricing.refund_policy import refund_for
from orders.stripe_api import StripeUnavailable

PERMISSION = "orders.change_order"
SEND_NOW = "Now send it from the bank, to an account that the buyer gives you, and then press the button here."
NO_WORD_FROM_STRIPE = (
    "Stripe does not answer, and must say first whether this money went back another way. Nothing was done, and "
    "nothing is to be sent yet. Please try again in a minute."
)
NOT_FAILED = (
    "This refund did not fail, its money went back another way, or it was asked for again already. Nothing was done."
)
CHANGED = "Something changed since you looked. Please check again what will happen."


class RefundForm(forms.Form):
    places = forms.ModelMultipleChoiceField(OrderLine.objects.none(), widget=forms.CheckboxSelectMultiple)
    keep = forms.BooleanField(
        label="Keep the places", required=False, help_text="Only send money back; whoever was to come still comes."
    )
    amount = forms.DecimalField(
        label="Another amount",
        required=False,
        min_value=0,
        max_digits=10,
        decimal_places=2,
        help_text="For all the chosen places together. Empty: what the policy says.",
    )
    reason = forms.CharField(
        required=False, max_length=200, help_text="Needed with another amount; the buyer reads it in the mail."
    )

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order = order
        field = self.fields["places"]
        field.queryset = order.lines.select_related("ticket__ticket_type")
        field.label_from_instance = self._label

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        amount, lines = data.get("amount"), data.get("places") or []
        if data.get("keep") and not amount and "amount" not in self.errors:
            self.add_error("amount", "Say how much to send back while the places stay.")
        if amount is not None and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Say why, in words for the buyer.")
        left = min(sum((line.left() for line in lines), Decimal()), self.order.balance())
        if amount and lines and amount > left:
            self.add_error("amount", f"At most {money(left, self.order.currency)} is left for these places.")
        if lines and not data.get("keep"):
            if self.order.status == Order.Status.OWED:
                self.add_error("keep", "Only money is still to go back. To send it, keep the places.")
            elif not all(line.ticket.is_confirmed for line in lines):
                words = "One of them is cancelled already. To send money back for it, keep the places."
                self.add_error("places", words)
        return data

    def decision(self) -> Decision | None:
        amount = self.cleaned_data["amount"]
        return None if amount is None else Decision(amount, self.cleaned_data["reason"])

    def _label(self, line: OrderLine) -> str:
        """`Noor Haddad, Full price, confirmed. £105.00 left; by the policy £52.50: The workshop is ...`"""
        share = refund_for(self.order, [line], timezone.now()).lines[0]
        ticket, currency = line.ticket, self.order.currency
        return (
            f"{ticket.attendee_name}, {ticket.ticket_type.name}, {ticket.get_status_display()}. "
            f"{money(line.left(), currency)} left; by the policy {money(share.amount, currency)}: {share.reason}"
        )


@needs(PERMISSION)
def refund_page(request, pk, model_admin):
    """Three steps on one address: the form, the preview, and what was confirmed."""
    order = get_object_or_404(Order.objects.select_related("workshop__course"), pk=pk)
    if not order.is_refundable:
        messages.warning(request, "Only the places of an order that is paid can be refunded or cancelled here.")
        return redirect("admin:orders_order_change", order.pk)
    form = RefundForm(request.POST or None, order=order)
    if dispute := cancellations.dispute_over_money(order):
        return _page(request, model_admin, order, form, dispute=dispute)
    if request.method != "POST" or not form.is_valid() or "change" in request.POST:
        return _page(request, model_admin, order, form)
    if "confirm" not in request.POST:
        return _preview(request, model_admin, order, form)
    try:
        outcome = _act(order, form, request.POST)
    except (AmountChanged, refunds.TooMuch):
        messages.error(request, CHANGED)
        return redirect("admin:orders_order_refund", order.pk)
    except cancellations.Disputed:  # it was opened a moment ago: the page says so
        return redirect("admin:orders_order_refund", order.pk)
    _tell(request, model_admin, order, outcome, is_kept=form.cleaned_data["keep"])
    return redirect("admin:orders_order_change", order.pk)


@require_POST
def ask_again(request, pk, model_admin):
    """The button beside a refund that failed."""
    return _anew(request, pk, model_admin, by_bank=False)


@require_POST
def send_by_bank(request, pk, model_admin):
    """The other button there: the card takes no money back, so a person sends it."""
    return _anew(request, pk, model_admin, by_bank=True)


@needs(PERMISSION)
def _anew(request, pk, model_admin, *, by_bank: bool):
    failed = get_object_or_404(Refund, pk=pk)
    try:
        again = refunds.send_from_the_bank(failed) if by_bank else refunds.ask_again(failed)
    except StripeUnavailable:
        messages.error(request, NO_WORD_FROM_STRIPE)
        return redirect("admin:orders_refund_change", pk)
    except refunds.NotFailed:
        messages.warning(request, NOT_FAILED)
        return redirect("admin:orders_refund_change", pk)
    except refunds.TooMuch:
        messages.error(
            request,
            "So much is not left of this payment: it went back another way, or a bank took it.",
        )
        return redirect("admin:orders_refund_change", pk)
    again.refresh_from_db()
    if by_bank:
        model_admin.log_change(request, failed, f"Is to be sent from the bank, as {again.pk}.")
        messages.success(request, SEND_NOW)
        return redirect("admin:orders_refund_change", again.pk)
    model_admin.log_change(request, failed, f"Asked for again as {again.pk}.")
    messages.success(request, f"Asked for again. Stripe's answer so far: {again.get_status_display()}.")
    return redirect("admin:orders_refund_change", again.pk)


def _act(order: Order, form: RefundForm, posted: dict[str, str]) -> Outcome:
    """Raises AmountChanged unless things stand as they did in the preview."""
    data = form.cleaned_data
    tickets = [line.ticket for line in data["places"]]
    if data["keep"]:
        left = posted_amount(posted.get("shown_left"))
        return cancellations.refund_at_desk(order, tickets=tickets, decision=form.decision(), shown_left=left)
    shown = posted_amount(posted.get("shown"))
    return cancellations.cancel_at_desk(order, tickets=tickets, decision=form.decision(), shown=shown)


def posted_amount(text: str | None) -> Decimal:
    field = forms.DecimalField(max_digits=10, decimal_places=2)
    try:
        return field.clean(text)
    except forms.ValidationError as error:
        raise AmountChanged from error


def _preview(request, model_admin, order, form):
    try:
        shares = cancellations.desk_shares(order, list(form.cleaned_data["places"]), form.decision())
    except refunds.TooMuch:
        messages.error(request, CHANGED)
        return redirect("admin:orders_order_refund", order.pk)
    total = sum((share.amount for share in shares), Decimal())
    context = {"shares": shares, "total": total, "left": order.balance(), "is_kept": form.cleaned_data["keep"]}
    return _page(request, model_admin, order, form, **context)


def _page(request, model_admin, order, form, **context):
    context |= {
        "row": order,
        "here": "Refund or cancel",
        "order": order,
        "form": form,
        "consents": consents.in_words(order, who="The buyer"),
        "title": f"Refund or cancel: order {order.number}",
    }
    status = 422 if form.errors else 200
    return desk_page(request, model_admin, "admin/orders/order/refund.html", context, status=status)


def _tell(request, model_admin, order, outcome, *, is_kept):
    if not outcome.shares:
        messages.warning(request, "These places were cancelled already. Nothing was done.")
        return
    names = ", ".join(share.line.ticket.attendee_name for share in outcome.shares)
    what = f"{'Kept' if is_kept else 'Cancelled'}: {names}. Sent back: {money(outcome.total, order.currency)}."
    model_admin.log_change(request, order, what)
    messages.success(request, f"{what} The buyer is told by email.")
    sent = Refund.objects.filter(pk__in=[refund.pk for refund in outcome.refunds])
    if sent.filter(status=Refund.Status.FAILED).exists():
        messages.error(request, "Stripe refused to send the money. Open the refund below to see it and ask again.")
    elif sent.to_send_by_hand().exists():
        messages.warning(request, "It came by transfer: send it from the bank, then say so on the refund's page below.")
    elif sent.filter(status=Refund.Status.REQUESTED).exists():
        messages.warning(request, "Stripe did not answer yet. The money is asked for again every minute.")
