from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict

from courses.access_needs import HELP as NEEDS_HELP
from courses.models import TicketType
from courses.seats.places import NewTicket
from kit.forms.forms import EmailField, NameField, ZoneField
from kit.forms.shown_words import ShownWordsField
from kit.local import locales
from kit.local.money import price
from orders.booking.agreed_terms import AgreedTerms
from orders.checkout.placing import Buyer
from orders.consents import Ask
from orders.invoices.invoicing import Payer

TERMS_CHANGED = "Our terms or the refund policy changed while this page was open. Look at them again, then tick this."
TIMES = locales.said("Our emails show times in it, beside the organiser’s.")
NEWS = "Send me the newsletter. We ask you to confirm it by email."


class BuyerForm(forms.Form):
    name = NameField(label="Your name")
    email = EmailField(help_text="The receipt and the link to your booking go here.")
    time_zone = ZoneField(label="Your time zone", help_text=TIMES)
    code = forms.CharField(
        label="Discount code",
        required=False,
        max_length=60,
        help_text="One code per booking. A code that we sent you is good for your email address alone.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    start = forms.BooleanField(required=False)
    recording = forms.BooleanField(required=False)
    terms = forms.BooleanField(error_messages={"required": "Accept the booking terms to carry on."})
    again = forms.BooleanField(label="Yes, book it all the same", required=False)
    wants_news = forms.BooleanField(label=NEWS, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)
    instead = forms.UUIDField(widget=forms.HiddenInput, required=False)  # the key of an order that gives way
    shown_total = forms.DecimalField(widget=forms.HiddenInput, required=False, max_digits=10, decimal_places=2)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=4000)  # what was offered then, sealed
    offer = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)  # of the waiting list

    asked: Sequence[forms.BoundField] = ()
    called = ""  # what its errors are said to be of, beside those of places
    of_all = ("code", "terms", "start", "recording", "again")  # of the whole order, and not of whoever books

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        terms = AgreedTerms.now()
        self.fields["terms"].label = terms.label
        self.fields["terms_words"] = ShownWordsField(terms.words, of="terms")
        self.fields["news_words"] = ShownWordsField(NEWS, of="news")

    def clean(self) -> dict[str, Any]:
        """What was ticked beside other terms is not ticked for these; the form comes back with them, and unticked."""
        given = super().clean() or {}
        if given["terms_words"] != self.fields["terms_words"].words:
            self.data = self.data.copy()
            for box in ("terms", "start", "recording"):  # the two last say the days of the policy
                self.data.pop(box, None)
            self.add_error("terms", TERMS_CHANGED)
        return given

    def show(self, asks: Sequence[Ask]) -> None:
        """Only what is asked of this booking stands on the page, in the words that are kept."""
        self.asked = [self[ask.kind] for ask in asks]
        for ask, box in zip(asks, self.asked, strict=True):
            box.label, box.help_text = ask.words, ask.help
            box.field.required = bool(ask.missing)
        if self.has_error("again"):
            self.asked.append(self["again"])

    def buyer(self) -> Buyer:
        data = self.cleaned_data
        news = data["news_words"] if data["wants_news"] else ""
        return Buyer(data["name"], data["email"], data["time_zone"], news, data["terms_words"])


class PayerForm(forms.Form):
    """The organisation that is sent the invoice."""

    organisation = NameField(
        label=locales.said("Organisation"),
        max_length=200,
        error_messages={"required": locales.said("Enter the name of the organisation that pays.")},
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    organisation_address = forms.CharField(
        label="Billing address",
        max_length=500,
        help_text="As it should stand on the invoice, each part on a line of its own.",
        error_messages={"required": "Enter the address that the invoice is made out to."},
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "street-address"}),
    )
    po_number = forms.CharField(
        label="Purchase order number",
        required=False,
        max_length=60,
        help_text="If your accounts department needs one on the invoice.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_organisation_address(self) -> str:
        lines = [" ".join(line.split()) for line in self.cleaned_data["organisation_address"].splitlines()]
        return "\n".join(line for line in lines if line)

    def clean_po_number(self) -> str:
        return " ".join(self.cleaned_data["po_number"].split())

    def payer(self) -> Payer:
        data = self.cleaned_data
        return Payer(data["organisation"], data["organisation_address"], data["po_number"])


class AttendeeForm(forms.Form):
    """One place. The first may be left to the buyer's own name and address."""

    called = ""

    ticket_type = forms.TypedChoiceField(
        label="Ticket",
        error_messages={"invalid_choice": "This ticket is not on sale any more. Choose one of those shown."},
    )
    name = NameField(
        label="Name",
        help_text="Exactly as it should appear on the certificate.",
        error_messages={"required": "Enter the name of the person who takes this place."},
    )
    email = EmailField(
        help_text="The joining link for this place goes here.",
        error_messages={"required": "Enter the email address of the person who takes this place."},
    )
    time_zone = ZoneField(label="Time zone", required=False)
    access_needs = forms.CharField(
        label="Access needs",
        required=False,
        max_length=1000,
        help_text=NEEDS_HELP,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, ticket_types: Sequence[TicketType], is_first: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field, by_key = self.fields["ticket_type"], {str(each.pk): each for each in ticket_types}
        field.choices = [(key, f"{each.name}, {price(each.price)}") for key, each in by_key.items()]
        field.coerce = by_key.__getitem__  # as it was read: it knows its workshop
        if is_first:
            self._leave_to_the_buyer()
        for name in ("name", "email"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def chosen_pk(self) -> int | None:
        picked = self.cleaned_data.get("ticket_type") if self.is_bound else None
        return picked.pk if picked else self["ticket_type"].initial

    def new_ticket(self, buyer: Buyer, ticket_type: TicketType | None = None) -> NewTicket:
        """With the ticket that was chosen, unless the form leaves no choice."""
        data = self.cleaned_data
        return NewTicket(
            ticket_type=ticket_type or data["ticket_type"],
            name=data["name"] or buyer.name,
            email=data["email"] or buyer.email,
            time_zone=data.get("time_zone") or buyer.time_zone,
            access_needs=data["access_needs"],
        )

    def _leave_to_the_buyer(self) -> None:
        """The person who pays is mostly the person who comes: she need not say it twice."""
        for name in ("name", "email"):
            self.fields[name].required = False
        self.fields["name"].help_text = "Leave empty if you are coming yourself."
        self.fields["email"].help_text = "Leave empty if you are coming yourself."
        del self.fields["time_zone"]


@dataclass(frozen=True)
class Shape:
    """What a visit or a post makes of the form.

    A draft is posted to change the number of places or to see a code's effect: nothing is required of it yet.
    """

    count: int
    is_draft: bool = False
    by_invoice: bool = False


class BookingForm:
    """The buyer, and a place for each attendee; looks like a formset to the template that sums up errors."""

    prefix = "booking"

    def __init__(
        self,
        data: QueryDict | None,
        shape: Shape,
        *,
        ticket_types: Sequence[TicketType],
        initial: dict,
    ) -> None:
        if data and shape.is_draft:
            data = _with_tickets(data, shape.count)
        self.ticket_types = ticket_types
        self.is_draft = shape.is_draft
        self.non_form_errors: list[str] = []
        self.new_key = self.new_instead = ""
        self.buyer = BuyerForm(data, initial={"key": uuid4()} | initial)
        self.payer = PayerForm(data) if shape.by_invoice else None
        self.attendees = [
            AttendeeForm(data, prefix=f"place{index}", initial=initial, ticket_types=ticket_types, is_first=index == 0)
            for index in range(shape.count)
        ]
        if shape.count > 1:
            self.buyer.called = "You"
            for number, form in enumerate(self.attendees, start=1):
                form.called = f"Place {number}"

    def __iter__(self) -> Iterator[forms.Form]:
        return iter([self.buyer, *self.attendees, *([self.payer] if self.payer else [])])

    @property
    def total_error_count(self) -> int:
        return len(self.non_form_errors) + sum(len(form.errors) for form in self)

    @property
    def key(self) -> str:
        return self.new_key or self.buyer["key"].value()

    @property
    def instead(self) -> str:
        return self.new_instead or self.buyer["instead"].value() or ""

    def renew_key(self, *, instead: str = "") -> None:
        """Sent once more, it books once more, or in the place of the order with that key."""
        self.new_key, self.new_instead = str(uuid4()), instead

    def is_valid(self) -> bool:
        if self.is_draft:
            for form in self:
                _forgive_gaps(form)
        return not [form for form in self if not form.is_valid()]  # each one, so that all errors show

    def chosen(self) -> list[TicketType]:
        """The ticket types picked so far; the first one on sale where none was."""
        by_pk = {each.pk: each for each in self.ticket_types}
        return [by_pk.get(form.chosen_pk(), self.ticket_types[0]) for form in self.attendees]

    def new_tickets(self) -> list[NewTicket]:
        buyer = self.buyer.buyer()
        return [form.new_ticket(buyer) for form in self.attendees]


class SeriesForm(BookingForm):
    """The buyer, and the one person who comes to every workshop of the series."""

    def __init__(self, data: QueryDict | None, shape: Shape, *, ticket_types: Sequence[TicketType], initial: dict):
        super().__init__(data, shape, ticket_types=ticket_types, initial=initial)
        del self.attendees[0].fields["ticket_type"]

    def chosen(self) -> list[TicketType]:
        return list(self.ticket_types)

    def new_tickets(self) -> list[NewTicket]:
        buyer = self.buyer.buyer()
        return [self.attendees[0].new_ticket(buyer, each) for each in self.ticket_types]


def _with_tickets(data: QueryDict, count: int) -> QueryDict:
    """A place that was added just now begins with the first one's ticket."""
    data = data.copy()
    for index in range(1, count):
        data.setdefault(f"place{index}-ticket_type", data.get("place0-ticket_type", ""))
    return data


def _forgive_gaps(form: forms.Form) -> None:
    """What is still empty is no error yet; what is wrong stays one."""
    for name in list(form.errors):
        if not any(error.code != "required" for error in form.errors[name].as_data()):
            del form.errors[name]
