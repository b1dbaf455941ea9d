"""The desk's page to change an order: who comes, what each place is, and what comes back; seen before it is done."""

from typing import Any
from uuid import uuid4, uuid5

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from courses.models import TicketType, Workshop
from courses.seats.places import Attendee, NotHandedOver, SoldOut
from kit.desk.desk_pages import desk_page, needs
from kit.forms.forms import EmailField
from kit.forms.seen import ChangedMeanwhile, Facts, seal, unsealed
from kit.local.money import money
from orders.admin.move_desk import WAIVED
from orders.changes import additions, order_changes
from orders.changes.additions import Added
from orders.changes.attendees import HasOneAlready
from orders.changes.cancellations import AmountChanged, Decision, Disputed
from orders.changes.moves import MayNotMove
from orders.changes.order_changes import Change, Outcome, Wanted
from orders.changes.refunds import TooMuch
from orders.checkout.placing import SaleClosed
from orders.models import Order, OrderLine

PERMISSION = "orders.change_order"
MOST_WORKSHOPS = 50
OPENED = "opened"
STAYS, CANCELLED, SPLIT = "", "cancel", "split"
NOTHING = "Nothing is changed yet. Say below what is to be different."
ONE_AT_A_TIME = "Of one place, change either who comes or what it becomes: the other afterwards."
SOMEBODY_ELSE = "Since you opened this page the place has become {who}. To change that all the same, send this again."
CHANGED = "Something changed since you looked. Please check again what will happen."
FREE = "Added without charge"
INCOMPLETE = {"to": "Choose the ticket.", "name": "Say who comes.", "email": "Say to which address the place goes."}
NOT_PAID = "Only the places of an order that is paid can be changed here."
REFUSED = {
    NotHandedOver: "The workshop has begun, so who comes can no longer be changed.",
    SoldOut: "No place is free there. A place that is added needs one, and so does one that waits for its difference. "
    "Raise the capacity by one first.",
    SaleClosed: "That ticket is not on sale at present, or its workshop is not published.",
    Disputed: "The buyer's bank has taken this money back in a dispute. Until it is closed nothing can be sent back.",
    TooMuch: "So much is not left for the places that are cancelled.",
    AmountChanged: CHANGED,
    ChangedMeanwhile: CHANGED,
}


class ChangeForm(forms.Form):
    waive = forms.BooleanField(
        label="Charge nothing more",
        required=False,
        help_text="If a new ticket is dearer, or a place is added. Otherwise the buyer gets a mail, and pays before "
        "anything of it changes.",
    )
    amount = forms.DecimalField(
        label="Another amount",
        required=False,
        min_value=0,
        max_digits=10,
        decimal_places=2,
        help_text="For all cancelled places together. Empty: what the policy says.",
    )
    reason = forms.CharField(
        required=False,
        max_length=200,
        widget=forms.TextInput({"class": "vTextField"}),
        help_text="Needed with another amount; the buyer reads it in the mail.",
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, data: Any = None, *, order: Order) -> None:
        self.lines = [line for line in order.lines.select_related("ticket__ticket_type") if line.ticket.is_confirmed]
        self.opened = unsealed(data.get(OPENED, "")) if data else self.stored
        super().__init__(data and self._with_what_is_stored(data))
        choices = _choices(order)
        for line in self.lines:
            ticket = line.ticket
            self.fields[f"name-{line.pk}"] = _name_field(initial=ticket.attendee_name)
            self.fields[f"email-{line.pk}"] = _email_field(initial=ticket.attendee_email)
            self.fields[f"to-{line.pk}"] = forms.ChoiceField(label="Becomes", required=False, choices=choices)
        self.order, self.added = order, []
        if not additions.why_not(order):
            self.fields["name-added"] = _name_field(required=False)
            self.fields["email-added"] = _email_field(required=False)
            self.fields["to-added"] = forms.ModelChoiceField(
                order.workshop.ticket_types.all(), label="Ticket", required=False, empty_label="no more places"
            )
            self.fields["to-added"].label_from_instance = _label
            self.added = [self[f"{name}-added"] for name in ("to", "name", "email")]

    @property
    def places(self) -> list[tuple[OrderLine, list[forms.BoundField]]]:
        return [(line, [self[f"{name}-{line.pk}"] for name in ("name", "email", "to")]) for line in self.lines]

    @property
    def stored(self) -> Facts:
        """Who comes, by place."""
        return {str(line.pk): [line.ticket.attendee_name, line.ticket.attendee_email] for line in self.lines}

    @property
    def seal(self) -> str:
        """For the page that shows it, so that nobody is put back whom a colleague has replaced since."""
        return seal(self.stored)

    @property
    def others(self) -> list[forms.BoundField]:
        return [self[name] for name in ("waive", "amount", "reason")]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("amount") is not None and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Say why, in words for the buyer.")
        for line in self.lines:
            if self._is_changed(line) and self.opened.get(str(line.pk)) != self.stored[str(line.pk)]:
                self.add_error(f"name-{line.pk}", SOMEBODY_ELSE.format(who=", ".join(self.stored[str(line.pk)])))
            if data.get(f"to-{line.pk}") and self._is_somebody_else(line):
                self.add_error(f"to-{line.pk}", ONE_AT_A_TIME)
        self._check_added(data)
        if not self.errors and not data.get("to-added") and not any(map(self._is_changed, self.lines)):
            self.add_error(None, NOTHING)
        return data

    def wanted(self) -> Wanted:
        data = self.cleaned_data
        decision = None if data["amount"] is None else Decision(data["amount"], data["reason"])
        changes = [self._change(line) for line in self.lines if self._is_changed(line)]
        return Wanted(changes, data["key"], decision, WAIVED if data["waive"] else "", self._added())

    def _check_added(self, data: dict[str, Any]) -> None:
        """Of one more place all is asked for, or nothing."""
        typed = {name: data.get(f"{name}-added") for name in ("to", "name", "email")}
        if any(typed.values()):
            for name in (name for name, value in typed.items() if not value and f"{name}-added" not in self.errors):
                self.add_error(f"{name}-added", INCOMPLETE[name])

    def _added(self) -> Added | None:
        data = self.cleaned_data
        if not data.get("to-added"):
            return None
        attendee = Attendee(data["name-added"], data["email-added"], self.order.time_zone)
        return Added(data["to-added"], attendee, uuid5(data["key"], "added"), FREE if data["waive"] else "")

    def _with_what_is_stored(self, data: Any) -> Any:
        """Where nobody typed anything, who comes now, whoever came when the page was opened."""
        typed = data.copy()
        for key, now in self.stored.items():
            names = (f"name-{key}", f"email-{key}")
            if [typed.get(name) for name in names] == self.opened.get(key):
                typed[names[0]], typed[names[1]] = now
        return typed

    def _is_changed(self, line: OrderLine) -> bool:
        return bool(self.cleaned_data.get(f"to-{line.pk}")) or self._is_somebody_else(line)

    def _is_somebody_else(self, line: OrderLine) -> bool:
        ticket = line.ticket
        typed = (self.cleaned_data.get(f"name-{line.pk}"), self.cleaned_data.get(f"email-{line.pk}"))
        return all(typed) and typed != (ticket.attendee_name, ticket.attendee_email)

    def _change(self, line: OrderLine) -> Change:
        to, ticket = self.cleaned_data[f"to-{line.pk}"], line.ticket
        if to == CANCELLED:
            return Change(line)
        if to == STAYS:
            name, email = self.cleaned_data[f"name-{line.pk}"], self.cleaned_data[f"email-{line.pk}"]
            return Change(line, Attendee(name, email, ticket.attendee_time_zone, ticket.access_needs))
        wanted = line.ticket.ticket_type_id if to == SPLIT else to
        return Change(line, to=TicketType.objects.select_related("workshop__course").get(pk=wanted))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(PERMISSION)
def change_page(request, pk, model_admin):
    """Three steps on one address: the form, what it comes to, and what was confirmed."""
    order = get_object_or_404(Order.objects.select_related("workshop__course"), pk=pk)
    if not order.is_paid:
        messages.warning(request, NOT_PAID)
        return redirect("admin:orders_order_change", order.pk)
    form = ChangeForm(request.POST or None, order=order)
    if request.method != "POST" or not form.is_valid() or "change" in request.POST:
        return _page(request, model_admin, order, form)
    try:
        if "confirm" not in request.POST:
            outcome = order_changes.outlook(order, form.wanted())
            return _page(request, model_admin, order, form, outcome=outcome, seen=seal(outcome.facts))
        outcome = order_changes.make_changes(order, form.wanted(), seen=request.POST.get("seen", ""))
    except (MayNotMove, HasOneAlready) as error:
        form.add_error(None, error.reason)
    except tuple(REFUSED) as error:
        form.add_error(None, next(words for kind, words in REFUSED.items() if isinstance(error, kind)))
    else:
        return _told(request, model_admin, order, outcome)
    return _page(request, model_admin, order, form)


def _told(request, model_admin, order: Order, outcome: Outcome):
    for each in outcome.done:
        model_admin.log_change(request, order, f"{each.who}: {each.old} → {each.new}")
    new = ", ".join(each.number for each in outcome.orders)
    done = f"{len(outcome.done)} changed." if len(outcome.done) > 1 else "Changed."
    messages.success(request, f"{done} Everybody whom it concerns is told by email.{f' New: {new}.' if new else ''}")
    return redirect("admin:orders_order_change", order.pk)


def _choices(order: Order) -> list[Any]:
    """What a place can become: nothing else, nothing any more, an order of its own, or another ticket."""
    own = [each.pk for each in order.workshops]
    workshops = Workshop.objects.published().upcoming().exclude(pk__in=own).order_by("starts_at", "pk")
    shown = [*own, *workshops.values_list("pk", flat=True)[:MOST_WORKSHOPS]]
    types = TicketType.objects.filter(workshop__in=shown).select_related("workshop__course")
    groups: dict[int, tuple[str, list[tuple[str, str]]]] = {pk: ("", []) for pk in shown}
    for each in types.prefetch_related("workshop__sessions").order_by("position", "pk"):
        title = f"{each.workshop.title}, {each.workshop.starts_on}"
        groups[each.workshop_id] = (title, [*groups[each.workshop_id][1], (str(each.pk), _label(each))])
    plain = [(STAYS, "stays as it is"), (CANCELLED, "is cancelled"), (SPLIT, "stays, in an order of its own")]
    return [*plain, *(group for group in groups.values() if group[1])]


def _name_field(**more: Any) -> forms.CharField:
    wide = forms.TextInput({"class": "vTextField", "autocomplete": "off"})
    return forms.CharField(label="Name", max_length=120, widget=wide, **more)


def _email_field(**more: Any) -> EmailField:
    return EmailField(label="Email", widget=forms.EmailInput({"class": "vTextField", "autocomplete": "off"}), **more)


def _label(each: TicketType) -> str:
    return f"{each.name}, {money(each.price)}"


def _page(request, model_admin, order: Order, form: ChangeForm, **context: Any):
    here = {"row": order, "order": order, "form": form, "here": "Change places"}
    title = {"title": f"Change places: order {order.number}"}
    status = 422 if form.errors and "change" not in request.POST else 200
    template = "admin/orders/order/change_places.html"
    return desk_page(request, model_admin, template, context | here | title, status=status)
