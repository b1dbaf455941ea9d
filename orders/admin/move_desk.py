"""The desk's page to move a place to another workshop: choose, see what will happen, confirm."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect

from courses.models import TicketType, Workshop
from courses.seats.places import SoldOut
from kit.desk.desk_pages import desk_page, needs
from kit.local.money import money
from orders.admin.refund_desk import PERMISSION, posted_amount
from orders.changes import moves
from orders.changes.cancellations import AmountChanged
from orders.changes.moves import MayNotMove, MoveQuote, MoveWish
from orders.checkout.placing import SaleClosed
from orders.models import Order, OrderLine

CHANGED = "The difference changed since you looked. Please check again what will happen."
FULL = "The last place there has just gone, or it is no longer on sale. Nothing was moved."
WAIVED = "The difference is not charged"


class MoveForm(forms.Form):
    place = forms.ModelChoiceField(OrderLine.objects.none(), widget=forms.RadioSelect, empty_label=None)
    to = forms.ModelChoiceField(TicketType.objects.none(), label="Move it to")
    waive = forms.BooleanField(
        label="Do not charge the difference",
        required=False,
        help_text="If the new workshop is dearer. Otherwise the buyer gets a mail and pays the difference; the new "
        "place is held for 24 hours, at most until either workshop starts, and the old one stays until then.",
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places, to = self.fields["place"], self.fields["to"]
        places.queryset = order.lines.filter(ticket__status="confirmed").select_related("ticket__ticket_type", "order")
        places.label_from_instance = _label_of_place
        workshops = Workshop.objects.published().upcoming().exclude(pk__in=[each.pk for each in order.workshops])
        ticket_types = TicketType.objects.filter(workshop__in=workshops.order_by().values("pk"))
        to.queryset = ticket_types.select_related("workshop__course").prefetch_related("workshop__sessions")
        to.label_from_instance = _label_of_choice

    def quote(self, order: Order) -> MoveQuote:
        line = self.cleaned_data["place"]
        line.order = order
        return moves.quote_move(line, self.cleaned_data["to"], waive=self.waived())

    def waived(self) -> str:
        return WAIVED if self.cleaned_data["waive"] else ""


@needs(PERMISSION)
def move_page(request, pk, model_admin):
    """Three steps on one address: the form, the preview, and what was confirmed."""
    order = get_object_or_404(Order.objects.select_related("workshop__course"), pk=pk)
    if not order.is_paid:
        messages.warning(request, "Only the places of an order that is paid can be moved.")
        return redirect("admin:orders_order_change", order.pk)
    form = MoveForm(request.POST or None, order=order)
    if request.method != "POST" or not form.is_valid() or "change" in request.POST:
        return _page(request, model_admin, order, form)
    quote = form.quote(order)
    if reason := moves.why_not(order, quote.line, at_desk=True):
        form.add_error("place", reason)
    elif reason := _why_not_there(quote.ticket_type):
        form.add_error("to", reason)
    if form.errors:
        return _page(request, model_admin, order, form)
    if "confirm" not in request.POST:
        return _page(request, model_admin, order, form, quote=quote)
    return _move(request, model_admin, order, form)


def _move(request, model_admin, order, form):
    data = form.cleaned_data
    try:
        shown = posted_amount(request.POST.get("shown"))
        new = moves.move_at_desk(MoveWish(data["place"], data["to"], shown, data["key"], waive=form.waived()))
    except (AmountChanged, MayNotMove, SoldOut, SaleClosed) as error:
        messages.error(request, FULL if isinstance(error, (SoldOut, SaleClosed)) else CHANGED)
        return redirect("admin:orders_order_move", order.pk)
    what = f"Moved to order {new.number}: {data['place'].ticket.attendee_name}."
    model_admin.log_change(request, order, what)
    if new.is_paid:
        messages.success(request, f"{what} Buyer and attendee are told by email.")
    else:
        messages.success(request, "The new place is held, and the buyer has the link to pay the difference by email.")
    return redirect("admin:orders_order_change", new.pk)


def _why_not_there(ticket_type: TicketType) -> str:
    """So that no preview promises what cannot be; empty when a place can be booked there."""
    if not ticket_type.is_on_sale:
        return "This is not on sale at present."
    if ticket_type.is_live and not ticket_type.workshop.places_left():
        return "No place is left there. Raise the capacity first, or choose another one."
    return ""


def _page(request, model_admin, order, form, **context):
    context |= {
        "row": order,
        "order": order,
        "form": form,
        "here": "Move a place",
        "title": f"Move a place: order {order.number}",
    }
    status = 422 if form.errors else 200
    return desk_page(request, model_admin, "admin/orders/order/move.html", context, status=status)


def _label_of_place(line: OrderLine) -> str:
    ticket = line.ticket
    return f"{ticket.attendee_name}, {ticket.ticket_type.name}, {money(line.total, line.order.currency)}"


def _label_of_choice(ticket_type: TicketType) -> str:
    workshop = ticket_type.workshop
    return f"{workshop.title}, {workshop.starts_on}: {ticket_type.name}, {money(ticket_type.price)}"
