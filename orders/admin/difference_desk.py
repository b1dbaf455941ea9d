"""The desk's pages about transfers that are not the sum of the order: accept what came, undo what was mistyped."""

from typing import Any

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404

from kit.desk.confirm import Act, ReasonForm
from kit.forms.seen import Facts, check_seen
from kit.local.money import money
from orders.models import Order, Payment, order_status
from orders.settling import transfers

PERMISSION = "orders.change_order"
Status = Order.Status
NOTHING_TO_ACCEPT = (messages.INFO, "Nothing of this order waits to be accepted. Nothing was done.")
ACCEPTED = {
    Status.PAID: "Accepted: the places are booked, and everybody is told by email.",
    Status.UNSEATED: "The places had gone. Send the money back from the bank; the buyer is told.",
}


class UndoForm(ReasonForm):
    transfer = forms.ChoiceField()

    field_order = ["transfer", "why", "seen"]

    def __init__(self, *args: Any, row: Order, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.fields["transfer"].choices = [(str(each.pk), _label(each)) for each in _undoable(row)]


def _money(order: Order) -> Facts:
    """What came, transfer by transfer."""
    came = ", ".join(f"{each.attempt}: {each.received}" for each in order.payments.paid())
    return {"status": ["Its state", order.get_status_display()], "came": ["What has come", came or "nothing"]}


def _accept(order: Order, answers: dict[str, Any]) -> bool:
    check_seen(answers["seen"], _money(order))
    transfers.accept_difference(order, shown=order.missing(), why=answers["why"])
    return True


def _undo(order: Order, answers: dict[str, Any]) -> bool:
    check_seen(answers["seen"], _money(order))
    transfers.undo_transfer(get_object_or_404(Payment, pk=answers["transfer"], order=order), why=answers["why"])
    return True


def _undoable(order: Order) -> list[Payment]:
    return [each for each in order.payments.paid() if transfers.is_undoable(order, each)]


def _has_booked(order: Order, undoable: list[Payment]) -> bool:
    return order.is_paid and any(each.received and each.received > order.surplus() for each in undoable)


def _label(payment: Payment) -> str:
    return f"{money(payment.received, payment.currency)}, in the bank on {payment.paid_at:%Y-%m-%d}"


ACCEPT = Act(
    verb="Accept what came",
    template="admin/orders/order/accept_what_came.html",
    do=_accept,
    facts=_money,
    context=lambda order: {"may_press": order.is_acceptable},
    done=lambda order: ACCEPTED.get(order.status, ""),
    over={each: NOTHING_TO_ACCEPT for each in Status if each not in order_status.ACCEPTABLE},
    refusals=(transfers.NotAcceptable,),
    form=ReasonForm,
    permission=PERMISSION,
)
UNDO = Act(
    verb="Undo a transfer",
    template="admin/orders/order/undo_a_transfer.html",
    do=_undo,
    facts=_money,
    context=lambda order: {"may_press": bool(found := _undoable(order)), "booked_places": _has_booked(order, found)},
    done=lambda order: f"Undone. The order is: {order.get_status_display()}.",
    over={},
    refusals=(transfers.NotUndoable,),
    form=UndoForm,
    permission=PERMISSION,
)
ACTS = [ACCEPT, UNDO]
