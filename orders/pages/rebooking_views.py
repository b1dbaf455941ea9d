"""After we cancelled a workshop: the attendee chooses by the secret link of the mail. GET shows, POST acts."""

from uuid import uuid4

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from accounts.audit import acting
from courses.seats.places import SoldOut
from kit.local.times import moment_label
from kit.pages.http import DONE, SeeOther, after_press, private_page
from orders import consents
from orders.actors import ATTENDEE
from orders.changes import rebooking
from orders.changes.cancellations import AmountChanged, TooLate
from orders.changes.moves import MayNotMove
from orders.changes.rebooking import Decided
from orders.checkout.placing import SaleClosed
from orders.models import RebookingOffer
from orders.pages.move_views import CHANGED, GONE, chosen, wish_of
from orders.pages.place_views import shown_amount

DISPUTED = "The bank is asking us for this payment back, so we cannot send it too. Please write to us."


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
@acting(ATTENDEE)
def rebook(request, secret):
    offers = RebookingOffer.objects.select_related(
        "line__order__workshop__course", "line__ticket__ticket_type", "line__ticket__workshop__course"
    )
    offer = get_object_or_404(offers, secret=secret)
    decided = after_press(offer.get_absolute_url())
    if not offer.is_open:
        return SeeOther(decided) if request.method == "POST" else _page(request, offer)
    quotes = rebooking.choices_for(offer)
    asked = request.POST.get("to") or request.GET.get("to")
    quote = chosen(quotes, asked)
    if asked and quote is None:
        return _page(request, offer, quotes=quotes, problem=GONE)
    if request.method != "POST":
        return _page(request, offer, quotes=quotes, quote=quote)
    return _take(request, offer, quote) if quote else _refund(request, offer, quotes)


def _take(request, offer, quote):
    if words := consents.missing(request.POST, quote.asks):
        return _page(request, offer, quote=quote, problem=words)
    try:
        rebooking.take(offer, wish_of(request, quote))
    except AmountChanged:
        return _page(request, offer, quote=quote, problem=CHANGED)
    except (SoldOut, SaleClosed):
        return _page(request, offer, quotes=rebooking.choices_for(offer), problem=GONE)
    except MayNotMove as error:
        return _page(request, offer, quotes=[], problem=error.reason)
    except Decided:
        pass  # the page says how
    return SeeOther(after_press(offer.get_absolute_url()))


def _refund(request, offer, quotes):
    try:
        rebooking.refund(offer, shown=shown_amount(request))
    except AmountChanged:
        return _page(request, offer, quotes=quotes, problem=CHANGED)
    except TooLate:
        return _page(request, offer, quotes=quotes, problem=DISPUTED)
    return SeeOther(after_press(offer.get_absolute_url()))


def _page(request, offer, *, problem="", **facts):
    line = offer.line
    context = {
        "offer": offer,
        "line": line,
        "order": line.order,
        "comes_back": rebooking.comes_back(offer) if offer.is_open else rebooking.went_back(offer),
        "refund_at": moment_label(offer.refund_at, line.workshop.time_zone),
        "new": line.moved_to,
        "is_done": DONE in request.GET,
        "key": uuid4(),
        "problem": problem,
        "nav_section": "bookings",
        **facts,
    }
    return render(request, "orders/rebook.html", context, status=422 if problem else 200)
