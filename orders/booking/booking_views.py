from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from accounts.audit import acting
from courses.models import Cohort, SeriesWaitingEntry, WaitingListEntry, Workshop, WorkshopSeries
from courses.seats import series_offers, waiting_offers
from courses.seats.places import SoldOut
from courses.seats.waiting_offers import OfferEnded, OfferInUse
from courses.series import Offered, offered
from courses.taught import where_taught
from kit.guard.addresses import email_key
from kit.guard.tokens import may_be_secret
from kit.guard.tries import client_network, is_over_limit
from kit.pages.http import form_page
from orders.actors import BUYER
from orders.booking.booking import NO_INVOICE, count_refused_code, read_booking
from orders.booking.drafting import done_to
from orders.booking.left_behind import NotReplaced
from orders.booking.offered import to_book
from orders.booking.redirects import go_and_pay
from orders.booking.series_booking import read_series_booking
from orders.checkout.holding import TooManyHeld, TooManyInvoiced
from orders.checkout.paying import LONGEST_HOLD
from orders.checkout.placing import PriceChanged, SaleClosed
from orders.checkout.placing_series import PartSoldOut
from orders.checkout.unconfirmed import AskedTooOften
from orders.invoices.invoicing import NotByInvoice
from orders.models import Order, order_status
from orders.pricing import codes
from orders.pricing.vat import quoted_vat
from practice import shown
from practice.models import SaleTerms
from practice.refund_policy import group_sentence

BEGUN = "begun"  # the cookie with the secret of the order that a visitor has begun
INVOICES_PER_HOUR = 10  # each one holds places for weeks
TOO_MANY_INVOICES = (
    "Too many bookings by invoice came from here. Nothing was booked. Please wait an hour, or pay by card."
)
REFUSED: dict[type[Exception], str] = {
    OfferEnded: "The offer from the waiting list has ended, so its place is no longer held for you. Nothing was "
    "charged. The workshop's page tells you whether a place is free, and you can join the list again there.",
    OfferInUse: "A booking with this offer has begun already and waits for its payment. Nothing was booked twice. Pay "
    "for that one; left unpaid, its place is held for you again within the hour, as long as the offer runs.",
    SaleClosed: "One of these tickets is no longer on sale. Please choose again.",
    PriceChanged: "The price is not the one that you saw before. Please check it and book again.",
    NotByInvoice: NO_INVOICE,
    TooManyInvoiced: "Invoices hold as many places of this workshop as they may. Nothing was booked. You can pay by "
    "card, or write to us, and we find a way.",
}
# These are answered 429: the same form may be sent again once places that are held were paid for or given back.
TOO_MANY_HELD = (
    "Places that are not paid for yet are held already for this address, or for somebody who uses the "
    "same network, and no more can be held beside them. Nothing was booked. Pay for those, or give them back on the "
    "page of their order, and send this form again; unpaid by card, they are free within the hour. If you need more "
    "places, write to us."
)
ASKED_TOO_OFTEN = (
    "We sent several emails to this address today, each with a link to confirm a booking. Nothing was "
    "booked. Use the link in the latest one, sign in first, or write to us."
)
SENT_BY_ANOTHER = "This form was sent before, with another address. Nothing was booked now; send it again to book."
SENT_BEFORE = (
    'You sent this form before, with other answers. They are kept as <a href="{}">order {}</a>, and nothing more was '
    "booked. To change that order, go there; to book what stands here as well, send the form again."
)
SENT_AND_HELD = (
    'You sent this form before, with other answers. They are held for you as <a href="{}">order {}</a>, which is not '
    "paid. To book what stands here in its place, send the form again: that order then ends, and nothing is charged "
    "for it. To have both, pay for that order first."
)
NOT_REPLACED = (
    '<a href="{}">Order {}</a> stays as it is, and nothing more was booked: it is paid by now, or the payment service '
    "did not answer us. Look at its page; if it is not paid, send the form again in a minute."
)
PART_SOLD_OUT = (
    "The last place on “{}”, {}, has just gone, so the series cannot be booked whole. Nothing was held or charged. The "
    "workshop's page has a waiting list; the other workshops can be booked one by one."
)
HELD_BY_YOU = (
    'There are not enough places left beside those that you hold yourself, with <a href="{}">order {}</a>. Nothing was '
    "charged. Pay for that order, or give its places back and book again."
)


@form_page
@require_http_methods(["GET", "HEAD", "POST"])
@acting(BUYER)
@where_taught
def book(request, slug):
    workshop = to_book(slug, with_places=request.method != "POST")
    ticket_types = [each for each in workshop.ticket_types.all() if each.is_on_sale] if workshop else []
    if not ticket_types:
        return redirect(get_object_or_404(Workshop.objects.published().dated(), slug=slug))
    before = _begun_before(request, workshop=workshop, series=None)
    if request.method != "POST" and not before and _is_full(request, workshop, ticket_types):
        return redirect(workshop)  # its page has the waiting list
    if request.method != "POST" and not before and (ended := _ended_offer(request, workshop)):
        return redirect(ended)
    booking = read_booking(request, workshop, ticket_types, begun=_held(before))
    response = _answer_booking(request, booking, before)
    count_refused_code(request, booking)
    return response


@form_page
@require_http_methods(["GET", "HEAD", "POST"])
@acting(BUYER)
@where_taught
def book_series(request, slug):
    """A place on each workshop of a series, for one person."""
    offer = offered(get_object_or_404(WorkshopSeries.objects.published(), slug=slug))
    if not offer.is_on_sale:
        return redirect(offer)
    before = _begun_before(request, series=offer.series)
    if request.method != "POST" and not before and "offer" not in request.GET and not offer.places_left:
        return redirect(offer)  # its page has the waiting list
    if request.method != "POST" and not before and (ended := _ended_offer(request, offer)):
        return redirect(ended)
    return _answer_booking(request, read_series_booking(request, offer, begun=_held(before)), before)


def _answer_booking(request, booking, before):
    """What was sent, booked; or the form with what is wrong, or as it was asked for."""
    if booking.is_paying and not booking.form.total_error_count:
        booking.check_doubles(before)
    if before and booking.is_paying and booking.form.instead == str(before.key) != str(booking.form.key):
        booking.instead = before
    if not booking.is_paying or booking.form.total_error_count:
        return _checkout_page(request, booking, status=422 if booking.is_paying else 200)
    return _place_order(request, booking)


def _ended_offer(request: HttpRequest, workshop: Workshop | Offered) -> WaitingListEntry | SeriesWaitingEntry | None:
    """Whose link leads to no place any more: its own page tells why, before anybody fills in a form."""
    secret = request.GET.get("offer", "")
    if not may_be_secret(secret):
        return None
    if isinstance(workshop, Offered):
        of_series = workshop.series.waiting_list.filter(secret=secret).first()
        return of_series if of_series and series_offers.state_of(of_series) != "offered" else None
    entry = workshop.waiting_list.filter(secret=secret).first()
    return entry if entry and waiting_offers.state_of(entry) != "offered" else None


def _is_full(request, workshop, ticket_types):
    """For whoever comes without the link of a waiting offer, or a code of a cohort."""
    if "offer" in request.GET:
        return False
    if "code" in request.GET and Cohort.objects.running().filter(ticket_type__in=ticket_types).exists():
        return False
    return all(each.is_live for each in ticket_types) and not workshop.places_left()


def _place_order(request, booking):
    form = booking.form
    if booking.by_invoice and is_over_limit("invoice", client_network(request), INVOICES_PER_HOUR):
        form.non_form_errors.append(TOO_MANY_INVOICES)
        return _checkout_page(request, booking, status=422)
    try:
        placed = booking.place()
    except SoldOut as error:
        form.non_form_errors.append(_sold_out_words(error, booking.begun))
    except codes.CodeNotUsable as error:
        form.buyer.add_error("code", error.reason)
    except NotReplaced:
        order = booking.instead
        form.non_form_errors.append(format_html(NOT_REPLACED, order.get_absolute_url(), order.number))
    except tuple(REFUSED) as error:
        form.non_form_errors.append(REFUSED[type(error)])
    except (TooManyHeld, AskedTooOften) as error:
        form.non_form_errors.append(TOO_MANY_HELD if isinstance(error, TooManyHeld) else ASKED_TOO_OFTEN)
        return _checkout_page(request, booking, status=429)
    else:
        return _answer(request, booking, placed)
    return _checkout_page(request, booking, status=422)


def _answer(request, booking, placed):
    order, form = placed.order, booking.form
    if not placed.is_new and not _is_theirs(request, booking, order):
        form.non_form_errors.append(SENT_BY_ANOTHER)
        form.renew_key()
        return _checkout_page(request, booking, status=422)
    if booking.is_answered_by(placed):
        return _remember(go_and_pay(placed), order)
    may_be_replaced = order.is_holding and order.status in order_status.LEFT_BEHIND
    words = SENT_AND_HELD if may_be_replaced else SENT_BEFORE
    form.non_form_errors.append(format_html(words, order.get_absolute_url(), order.number))
    form.renew_key(instead=str(order.key) if may_be_replaced else "")
    booking.begun = _held(order)
    return _remember(_checkout_page(request, booking, status=422), order)


def _is_theirs(request, booking, order):
    """Whether the order that a form's key leads to may be shown: to the browser that began it, or to its address."""
    email = booking.form.buyer.cleaned_data["email"]
    return request.COOKIES.get(BEGUN) == order.secret or email_key(email) == order.email_key


def _checkout_page(request, booking, *, status):
    quote = booking.price()
    booking.form.buyer.show(booking.asks(quote))
    context = {
        "booking": booking,
        "form": booking.form,
        "quote": quote,
        "seen": booking.seal(),
        "vat": quoted_vat(quote, _terms(request).vat_rate),
        "group_sentence": group_sentence(quote.group_places) if quote.group_places else "",
        "by_invoice": booking.by_invoice and quote.total > 0,
        "held": booking.begun,
        "done": done_to(booking, quote),
        "nav_section": "workshops",
    }
    return render(request, "orders/checkout.html", context, status=status)


def _terms(request):
    """As every page shows them; beside what somebody has sent, as they are stored."""
    return SaleTerms.current() if request.method == "POST" else shown.sale_terms()


def _begun_before(request, **what):
    """The order that this visitor left behind when she came back to the form."""
    secret = request.COOKIES.get(BEGUN, "")
    return Order.objects.filter(secret=secret, **what).first() if may_be_secret(secret) else None


def _held(order):
    return order if order and order.is_holding else None


def _remember(response, order):
    """For the form of this workshop alone, as long as the order may wait; the cookie opens no more than its link."""
    response.set_cookie(
        BEGUN,
        order.secret,
        max_age=LONGEST_HOLD,
        path=_address_of(order),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _address_of(order):
    if order.series_id:
        return reverse("orders:book_series", args=[order.series.slug])
    return reverse("orders:book", args=[order.workshop.slug])


def _sold_out_words(error: SoldOut, begun: Order | None) -> str:
    if begun:
        return format_html(HELD_BY_YOU, begun.get_absolute_url(), begun.number)
    if isinstance(error, PartSoldOut):
        return PART_SOLD_OUT.format(error.workshop.title, error.workshop.starts_on)
    if not (left := error.places_left):
        return "The last place has just gone. Nothing was charged. The workshop's page has a waiting list."
    return f"Only {left} {'place is' if left == 1 else 'places are'} left. Nothing was charged."
