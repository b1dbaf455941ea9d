"""The desk's pages about a buyer: correct the address, send the mails again, free places that are not paid for."""

from typing import Any

from django import forms
from django.contrib import messages

from courses.models import Ticket
from kit.desk.confirm import Act, ConfirmForm, NoReasonForm
from kit.forms.forms import EmailField
from kit.forms.seen import Facts, check_seen
from kit.guard.addresses import email_key
from orders.changes import buyers
from orders.mails import booking_mails
from orders.models import Order, order_status
from orders.settling import reconcile

PERMISSION = "orders.change_order"
Status = Order.Status
NOT_WAITING = "No place of it is held and unpaid any more. Nothing was done."
GOES_ON = (messages.WARNING, "The payment is on its way, so the places stay. Cancel them when the money has come.")


class NotFreed(Exception):
    """Money came at this very moment, or Stripe did not answer."""


class BuyerForm(ConfirmForm):
    name = forms.CharField(max_length=120, widget=forms.TextInput({"class": "vTextField"}))
    email = EmailField(label="Email", widget=forms.EmailInput({"class": "vTextField"}))

    field_order = ["name", "email", "why", "seen"]

    def __init__(self, *args: Any, row: Order, initial: dict[str, Any], **kwargs: Any) -> None:
        now = {"name": row.buyer_name, "email": row.buyer_email}
        super().__init__(*args, row=row, initial=now | initial, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if (data.get("name"), data.get("email")) == (self.row.buyer_name, self.row.buyer_email):
            self.add_error("email", "Name and address are as they were: there is nothing to correct.")
        return data


class AgainForm(NoReasonForm):
    to = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)

    field_order = ["to", "seen"]

    def __init__(self, *args: Any, row: Order, initial: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, row=row, initial={"to": ["buyer"]} | initial, **kwargs)
        self.fields["to"].choices = [
            ("buyer", f"{row.buyer_name}, {row.buyer_email}: confirmation or invoice, with the links to all documents"),
            *((str(each.pk), f"{each.attendee_name}, {each.attendee_email}: joining page") for each in _guests(row)),
        ]


def _correct(order: Order, answers: dict[str, Any]) -> bool:
    keys = ("name", "email", "seen", "why")
    buyers.correct_buyer(order, **{key: answers[key] for key in keys})
    return True


def _correction(order: Order) -> dict[str, Any]:
    others = Order.objects.filter(email_key=order.email_key).exclude(pk=order.pk)
    has_open_page = buyers.has_open_page(order)
    context = {"own": buyers.own_tickets(order), "others": others, "has_open_page": has_open_page}
    return context | {"may_press": not has_open_page}


def _seen_again(order: Order) -> Facts:
    guests = "\n".join(f"{each.pk} {each.attendee_email}" for each in _guests(order))
    return buyers.facts_seen(order) | {"guests": ["The attendees", guests]}


def _send_again(order: Order, answers: dict[str, Any]) -> bool:
    check_seen(answers["seen"], _seen_again(order))
    if "buyer" in answers["to"]:
        buyers.tell_again(order)
    for ticket in _guests(order):
        if str(ticket.pk) in answers["to"]:
            booking_mails.tell_attendee_again(ticket)
    return True


def _free(order: Order, answers: dict[str, Any]) -> bool:
    check_seen(answers["seen"], _held(order))
    if not reconcile.free_at_desk(order, why=answers["why"]):
        raise NotFreed
    return True


def _held(order: Order) -> Facts:
    return {"status": ["What it waits for", order.get_status_display()]}


def _guests(order: Order) -> list[Ticket]:
    """Those with a joining page by a mail of their own."""
    if order.is_called_off:
        return []
    own = order.email_key
    return [each for each in order.tickets() if each.is_confirmed and email_key(each.attendee_email) != own]


CORRECT = Act(
    verb="Correct the buyer",
    template="admin/orders/order/correct_the_buyer.html",
    do=_correct,
    facts=buyers.facts_seen,
    context=_correction,
    done=lambda order: f"The buyer is {order.buyer_name}, {order.buyer_email} from now on.",
    over={},
    refusals=(buyers.PageIsOpen,),
    form=BuyerForm,
    permission=PERMISSION,
)
SEND_AGAIN = Act(
    verb="Send the mails again",
    template="admin/orders/order/send_the_mails_again.html",
    do=_send_again,
    facts=_seen_again,
    context=lambda order: {"may_press": True},
    done=lambda order: "The mails are on their way.",
    over={},
    form=AgainForm,
    permission=PERMISSION,
)
FREE = Act(
    verb="Free the places",
    template="admin/orders/order/free_the_places.html",
    do=_free,
    facts=_held,
    context=lambda order: {"may_press": True},
    done=lambda order: "The places are free, and the buyer is told by email that nothing is to be paid.",
    over={each: (messages.INFO, NOT_WAITING) for each in Status if each not in order_status.FREEABLE}
    | {Status.PROCESSING: GOES_ON},
    refusals=(NotFreed,),
    permission=PERMISSION,
)
ACTS = [CORRECT, SEND_AGAIN, FREE]
