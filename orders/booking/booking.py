"""A booking in the making: what the checkout page was sent, and what it shows in return."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from courses import catalogue
from courses.models import Cohort, TicketType, Waiting, Workshop
from kit.forms.seen import Facts, changes_since, seal
from kit.guard.tokens import may_be_secret
from kit.guard.tries import client_network, count_try, tries
from kit.local.money import money
from orders import consents
from orders.booking import doubles, offered
from orders.booking.forms import BookingForm, Shape
from orders.booking.left_behind import place_anew, place_instead
from orders.checkout.holding import HeldByOnePerson
from orders.checkout.placing import MOST_PLACES, Placed, PriceChanged, Wish, place_order
from orders.checkout.visitors import Visitor, visitor_of
from orders.consents import Ask
from orders.invoices.invoicing import Terms, place_invoice_order, terms_for
from orders.models import Order
from orders.pricing.codes import CodeNotUsable
from orders.pricing.discounts import Code, find_for_a_draft, find_in_a_link
from orders.pricing.prices import Quote, quote

CODE_TRIES, CODE_TRIES_PER_HOUR = "code", 20
DAYS_OF_AN_INVOICE = "The days count from when the transfer arrives."
SINCE_THEN, LOOK_AGAIN = "Since you opened this form something has changed.", "Please check, then book again."
NO_INVOICE = "This booking cannot be paid by invoice. Nothing was booked; you can pay by card."
TOO_MANY_TRIES = "Too many tries with codes from here. Please wait an hour, or book without a code."


@dataclass
class Booking:
    workshop: Workshop
    form: BookingForm
    action: str  # "" on a first visit; "pay", "update", "add", "remove", "invoice" or "card"
    visitor: Visitor
    invoice: Terms | None = None  # what an invoice would say, where one is offered
    is_quiet: bool = False  # asked by a script, which tells of the price itself
    begun: Order | None = None  # the unpaid order for this workshop that this visitor left behind
    instead: Order | None = None  # the same, where what is booked now is to take its place
    linked: Code | None = None  # the code of the link that this page was opened by, where nothing is sent yet
    refused_link: str = ""  # why that code is not good, or is not for this ticket, once the price is known

    @property
    def is_paying(self) -> bool:
        return self.action == "pay"

    @property
    def by_invoice(self) -> bool:
        return self.form.payer is not None

    @property
    def waits_for_bank(self) -> bool:
        """Whether the order that was left behind is paid by a method whose bank speaks days later."""
        return self.begun is not None and self.begun.status == Order.Status.PROCESSING

    @property
    def count(self) -> int:
        return len(self.form.attendees)

    @property
    def address(self) -> str:
        return reverse("orders:book", args=[self.workshop.slug])

    @property
    def workshops(self) -> Sequence[Workshop]:
        """Those that a place is booked on."""
        return [self.workshop]

    @property
    def takes_codes(self) -> bool:
        return True

    @property
    def has_choice(self) -> bool:
        return len(self.form.ticket_types) > 1

    @property
    def may_grow(self) -> bool:
        return self.count < MOST_PLACES

    def wish(self) -> Wish:
        """What a form without errors asks for."""
        data = self.form.buyer.cleaned_data
        return Wish(
            buyer=self.form.buyer.buyer(),
            tickets=self.form.new_tickets(),
            key=data["key"],
            code=data["code"],
            shown_total=data["shown_total"],
            waiting_offer=data["offer"],
            agreed=self.agreed(),
            visitor=self.visitor,
        )

    def place(self) -> Placed:
        """Raises what `placing.place_order` and `invoicing.place_invoice_order` raise."""
        wish = self.wish()
        if wish.shown_total is None:  # the page always sends it
            raise PriceChanged
        if self.instead:
            return place_instead(self.instead, lambda: self._place(wish))
        try:
            return self._place(wish)
        except HeldByOnePerson:
            return place_anew(self.workshops, wish, lambda: self._place(wish))

    def is_answered_by(self, placed: Placed) -> bool:
        """Whether the order is what the form asks for now: it may have come back by the back button, and changed."""
        if placed.is_new:
            return True
        wish, order = self.wish(), placed.order
        asked = [
            (each.ticket_type.pk, each.name, each.email, each.time_zone, each.access_needs) for each in wish.tickets
        ]
        booked = [
            (each.ticket_type_id, each.attendee_name, each.attendee_email, each.attendee_time_zone, each.access_needs)
            for each in order.tickets()
        ]
        return (
            sorted(asked) == sorted(booked)
            and (wish.buyer.name, wish.buyer.email) == (order.buyer_name, order.buyer_email)
            and wish.shown_total in {None, order.total}
            and (not wish.code or order.discount_amount > 0 or any(each.cohort_id for each in order.tickets()))
            and self.by_invoice == bool(order.organisation)
            and wish.agreed == {consent.kind for consent in order.consents}
        )

    def asks(self, quoted: Quote) -> list[Ask]:
        """What is to be asked of a booking at these prices; a transfer may arrive as late as the places wait for it."""
        prices = [(line.ticket_type, line.total) for line in quoted.lines]
        if self.by_invoice:
            late = self.invoice.held_until
            return consents.asks_for(self.workshop, prices, paid_by=late, help=DAYS_OF_AN_INVOICE)
        return consents.asks_for(self.workshop, prices, paid_by=timezone.now())

    def agreed(self) -> set[str]:
        """The kinds of consent that were given with this form."""
        return consents.given(self.form.buyer.cleaned_data, self.asks(self.quote_plainly()))

    def check_requests(self) -> None:
        """Says at the box what is missing. Whether a code leaves nothing to pay may be for the sale to find out."""
        data = self.form.buyer.cleaned_data
        if not consents.missing(data, self.asks(self.quote_plainly())):
            return
        with suppress(CodeNotUsable):
            if words := consents.missing(data, self.asks(self._quoted())):
                self.form.buyer.add_error(consents.Kind.START, words)

    def check_offer(self) -> None:
        """Says what changed since the form was opened, so that nobody buys what she has not seen. An order that this
        form has made already is found, whatever changed since."""
        data = self.form.buyer.cleaned_data
        changes = changes_since(data.get("seen", ""), self.offers(self.form.chosen()))
        if changes and not Order.objects.filter(key=data.get("key")).exists():
            self.form.non_form_errors.append(f"{SINCE_THEN} {' '.join(changes)} {LOOK_AGAIN}")

    def offers(self, ticket_types: Sequence[TicketType]) -> Facts:
        return offered.facts_of(self.workshop, ticket_types)

    def quote_plainly(self) -> Quote:
        """Without a code."""
        return quote(self.form.chosen())

    def seal(self) -> str:
        """For the form that is shown now: what it offers."""
        return seal(self.offers(self.form.ticket_types))

    def check_doubles(self, before: Order | None) -> None:
        """Asks at a box of its own; `before` is the order that was begun in this browser."""
        data = self.form.buyer.cleaned_data
        wanted, key = self.form.new_tickets(), str(data["key"])
        why = doubles.why_ask(self.workshop, wanted, key=key, begun=before, visitor=self.visitor)
        if why and not data["again"]:
            self.form.buyer.add_error("again", f"{why.format(on='')} Tick the box if you would like it all the same.")

    @property
    def is_code_refused(self) -> bool:
        return bool(self.refused_link) or self.form.buyer.has_error("code")

    def price(self) -> Quote:
        """With the code where it is good; otherwise without, and the page says why."""
        try:
            return self._quoted()
        except CodeNotUsable as error:
            if self.form.buyer.is_bound:
                self.form.buyer.add_error("code", error.reason)
            else:
                self.refused_link = error.reason
            return self.quote_plainly()

    def _place(self, wish: Wish) -> Placed:
        if self.form.payer:
            return Placed(place_invoice_order(self.workshop, wish, payer=self.form.payer.payer()))
        return place_order(self.workshop, wish)

    def _quoted(self) -> Quote:
        chosen = self.form.chosen()
        if self.linked:
            return quote(chosen, code=self.linked)
        if not self.form.buyer.is_bound or self.form.buyer.errors.get("code"):
            return quote(chosen)
        data = self.form.buyer.cleaned_data
        code, email = data.get("code", "").strip(), data.get("email", "")
        if not code:
            return quote(chosen)
        if not email:
            raise CodeNotUsable("Fill in your email address, then apply the code again.")
        found = find_for_a_draft(code, email=email, workshop=self.workshop)
        try:
            return quote(chosen, code=found)
        except CodeNotUsable as error:
            raise CodeNotUsable(f"{error.reason}{self._where_it_is_better(found)}") from error

    def _where_it_is_better(self, code: Code) -> str:
        """A ticket with which this code leaves less to pay than what is chosen, where there is one."""
        count = self.count
        for each in self.form.ticket_types:
            with suppress(CodeNotUsable):
                total = quote([each] * count, code=code).total
                if each.is_live and total < quote(self.form.chosen()).total:
                    return f" With “{each.name}” it comes to {money(total)}: choose that ticket to use it."
        return ""


def read_booking(
    request: HttpRequest, workshop: Workshop, ticket_types: list[TicketType], *, begun: Order | None = None
) -> Booking:
    """What a visit or a post asks for; nonsense counts and tickets become the nearest sensible ones.

    Who comes back from an unpaid order gets its key: to send the form as it was is to find that order again.
    """
    posted = request.POST if request.method == "POST" else None
    asked = posted if posted is not None else request.GET
    action = posted.get("action", "pay") if posted is not None else ""
    asks_invoice = action == "invoice" or (asked.get("by") == "invoice" and action != "card")
    invoice = terms_for(workshop)
    count = _number(asked.get("places"), 1) + {"add": 1, "remove": -1}.get(action, 0)
    shape = Shape(
        count=min(max(count, 1), MOST_PLACES),
        is_draft=action in {"update", "add", "remove", "invoice", "card"},
        by_invoice=asks_invoice and invoice is not None,
    )
    linked, refused = (None, "") if posted is not None else _code_of_link(request, workshop)
    initial = _first_words(request, workshop, ticket_types, linked) | ({"key": begun.key} if begun else {})
    form = BookingForm(posted, shape, ticket_types=ticket_types, initial=initial)
    booking = Booking(workshop, form, action, visitor_of(request, is_booking=action == "pay"), invoice, begun=begun)
    booking.is_quiet, booking.linked, booking.refused_link = asked.get("quietly") == "1", linked, refused
    form.is_valid()
    if asks_invoice and invoice is None:
        form.non_form_errors.append(NO_INVOICE)
    if posted is not None and posted.get("code", "").strip() and _has_tried_too_often(request):
        form.buyer.add_error("code", TOO_MANY_TRIES)
    elif booking.is_paying:
        booking.check_requests()
    if posted is not None and not booking.is_quiet:
        booking.check_offer()
    return booking


def count_refused_code(request: HttpRequest, booking: Booking) -> None:
    """Once the booking is answered. A code that is good counts for nothing: it may be many colleagues' code."""
    if booking.is_code_refused:
        count_try(CODE_TRIES, client_network(request))


def _code_of_link(request: HttpRequest, workshop: Workshop) -> tuple[Code | None, str]:
    """The code, or why it is not good; of neither a word once there were too many guesses."""
    text = request.GET.get("code", "")[:60].strip()
    if not text or _has_tried_too_often(request):
        return None, ""
    try:
        return find_in_a_link(text, workshop=workshop), ""
    except CodeNotUsable as error:
        return None, error.reason


def _first_words(request: HttpRequest, workshop: Workshop, ticket_types: list[TicketType], linked: Code | None) -> dict:
    """With the ticket that the link names; otherwise with the one that its code is for, where that can be booked."""
    by_pk = {each.pk: each for each in ticket_types}
    its_own = by_pk.get(linked.ticket_type_id) if isinstance(linked, Cohort) else None
    asked = by_pk.get(_number(request.GET.get("ticket"), 0))
    ticket = asked or its_own or catalogue.first_choice(ticket_types)
    words = {"ticket_type": ticket.pk, "time_zone": workshop.time_zone, "code": request.GET.get("code", "")[:60]}
    words["offer"] = request.GET.get("offer", "")[:40]
    if words["offer"] and request.method != "POST":
        words |= offered_to(words["offer"], workshop.waiting_list.all())
    if request.user.is_authenticated:
        words |= {"email": request.user.email, "time_zone": request.user.time_zone}
    return words


def offered_to(secret: str, entries: QuerySet) -> dict:
    """The address that the offer was sent to; whoever has its link reads that mailbox."""
    if not may_be_secret(secret):
        return {}
    return entries.filter(status=Waiting.Status.OFFERED, secret=secret).values("email").first() or {}


def _has_tried_too_often(request: HttpRequest) -> bool:
    return tries(CODE_TRIES, client_network(request)) >= CODE_TRIES_PER_HOUR


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else default
