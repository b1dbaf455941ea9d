"""The buyer moves a place to another workshop: choose, see what it costs or brings, confirm."""

from uuid import UUID, uuid4, uuid5

from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.audit import acting
from courses.seats.places import SoldOut
from kit.pages.http import SeeOther, private_page
from orders import consents
from orders.actors import BUYER
from orders.booking.redirects import go_and_pay
from orders.changes import cancellations, moves
from orders.changes.cancellations import AmountChanged
from orders.changes.moves import MayNotMove, MoveQuote, MoveWish
from orders.checkout.placing import Placed, SaleClosed
from orders.deeds import Deed
from orders.models import Order
from orders.pages.place_views import order_line, shown_amount

CHANGED = "The amount is not the one that you saw before: please look again below."
NOT_CHOSEN = "Choose the workshop that the place goes to."
GONE = "That workshop can no longer be booked, or its last place has just gone. Please choose another one."


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
@acting(BUYER)
def move_place(request, secret, pk):
    order, line = order_line(secret, pk)
    if not cancellations.lines_to_cancel(order, [line.ticket]):
        return SeeOther(order.get_absolute_url())
    if waiting := moves.move_under_way(line):
        return SeeOther(waiting.get_absolute_url())
    if reason := moves.why_not(order, line):
        return _page(request, line, reason=reason)
    quotes = moves.choices_for(line)
    asked = request.POST.get("to") or request.GET.get("to")
    quote = chosen(quotes, asked)
    if quote is None:
        nothing = NOT_CHOSEN if request.method == "POST" else ""
        return _page(request, line, quotes=quotes, problem=GONE if asked else nothing)
    return _move(request, quote) if request.method == "POST" else _page(request, line, quote=quote)


def chosen(quotes: list[MoveQuote], asked: str | None) -> MoveQuote | None:
    return next((quote for quote in quotes if str(quote.ticket_type.pk) == asked), None)


def key_of(request, line):
    """From the page, so that a second click finds the first move of this place, and no key leads to another's order;
    nonsense is a key that nobody has."""
    try:
        return uuid5(UUID(request.POST.get("key", "")), str(line.pk))
    except ValueError:
        return uuid4()


def wish_of(request, quote):
    return MoveWish(
        line=quote.line,
        to=quote.ticket_type,
        shown=shown_amount(request),
        key=key_of(request, quote.line),
        agreed=consents.given(request.POST, quote.asks),
    )


def _move(request, quote):
    line = quote.line
    if words := consents.missing(request.POST, quote.asks):
        return _page(request, line, quote=quote, problem=words)
    try:
        new = moves.move_place(wish_of(request, quote))
    except AmountChanged:
        return _page(request, line, quote=quote, problem=CHANGED)
    except (SoldOut, SaleClosed):
        return _page(request, line, quotes=moves.choices_for(line), problem=GONE)
    except MayNotMove as error:
        return _page(request, line, reason=error.reason)
    return go_and_pay(Placed(new), deed=Deed.MOVED)


def _page(request, line, *, problem="", **facts):
    order: Order = line.order
    context = {"order": order, "line": line, "problem": problem, "key": uuid4(), "nav_section": "bookings", **facts}
    return render(request, "orders/move_place.html", context, status=422 if problem else 200)
