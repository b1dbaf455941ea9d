"""The booking of a series in the making: one person, a place on each of its workshops, and one price."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from courses.models import TicketType, Workshop
from courses.series import Offered
from kit.forms.seen import Facts
from kit.local.money import money
from orders.booking import doubles, offered
from orders.booking.booking import Booking, offered_to
from orders.booking.forms import SeriesForm, Shape
from orders.checkout.placing import Placed, Wish
from orders.checkout.placing_series import place_series
from orders.checkout.visitors import visitor_of
from orders.models import Order
from orders.pricing.prices import Quote, quote_series


@dataclass
class SeriesBooking(Booking):
    """Its `workshop` is the series as it is offered."""

    workshop: Offered

    @property
    def address(self) -> str:
        return reverse("orders:book_series", args=[self.workshop.slug])

    @property
    def workshops(self) -> Sequence[Workshop]:
        return self.workshop.workshops

    @property
    def takes_codes(self) -> bool:
        """Its price is reduced already."""
        return False

    @property
    def has_choice(self) -> bool:
        return False

    @property
    def may_grow(self) -> bool:
        return False

    def offers(self, ticket_types: Sequence[TicketType]) -> Facts:
        price = {"price": ["the price of the series", money(self.quote_plainly().total)]}
        return offered.facts_of(self.workshop, ticket_types) | price

    def quote_plainly(self) -> Quote:
        return quote_series(self.form.chosen(), self.workshop.price)

    def check_doubles(self, before: Order | None) -> None:
        """Asks at a box of its own whether a workshop is to be booked that this person comes to already."""
        data = self.form.buyer.cleaned_data
        if data["again"]:
            return
        wanted, key = self.form.new_tickets(), str(data["key"])
        for each in wanted:
            workshop = each.ticket_type.workshop
            if why := doubles.why_ask(workshop, [each], key=key, begun=before, visitor=self.visitor):
                words = why.format(on=f" on “{workshop.title}”")
                self.form.buyer.add_error("again", f"{words} Tick the box if you would like it all the same.")
                return

    def _place(self, wish: Wish) -> Placed:
        return place_series(self.workshop.series, wish)

    def _quoted(self) -> Quote:
        return self.quote_plainly()


def read_series_booking(request: HttpRequest, offer: Offered, *, begun: Order | None = None) -> SeriesBooking:
    """What a visit or a post asks for. Who comes back from an unpaid order gets its key."""
    posted = request.POST if request.method == "POST" else None
    action = posted.get("action", "pay") if posted is not None else ""
    initial = {"time_zone": offer.time_zone} | ({"key": begun.key} if begun else {})
    if secret := request.GET.get("offer", "")[:40]:
        initial |= {"offer": secret} | offered_to(secret, offer.series.waiting_list.all())
    if request.user.is_authenticated:
        initial |= {"email": request.user.email, "time_zone": request.user.time_zone}
    shape = Shape(count=1, is_draft=posted is not None and action != "pay")
    form = SeriesForm(posted, shape, ticket_types=offer.ticket_types, initial=initial)
    booking = SeriesBooking(offer, form, action, visitor_of(request, is_booking=action == "pay"), begun=begun)
    form.is_valid()
    if booking.is_paying:
        booking.check_requests()
    if posted is not None:
        booking.check_offer()
    return booking
