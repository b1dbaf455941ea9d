"""What a buyer does with one place of her order, by the order's secret link."""

from decimal import Decimal, InvalidOperation

from django.db.models import prefetch_related_objects
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.audit import acting
from courses.seats.places import NotHandedOver
from kit.guard.addresses import benefit_key
from kit.guard.tries import is_over_limit
from kit.local import locales
from kit.local.times import until_label
from kit.pages.http import SeeOther, private_page, too_many_requests
from orders.actors import BUYER
from orders.changes import attendees, cancellations
from orders.deeds import Deed, address_after
from orders.mails.booking_mails import tell_attendee_again
from orders.models import Order, OrderLine
from orders.pages.forms import HandOverForm
from orders.pages.order_page import order_is_booked
from orders.pricing.refund_policy import refund_for

# Each one writes to an address that anybody may type: so many by one order, and so many to one person.
HAND_OVERS_PER_HOUR, HAND_OVERS_PER_DAY, TO_ONE_PERSON_PER_DAY = 10, 30, 5
SENT_AGAIN_PER_HOUR = 10
A_DAY = 24 * 3600  # seconds
NO_AMOUNT = Decimal("NaN")  # equals nothing
CHANGED = "What comes back is not what you saw before: please look again at the amount below."
NO_LONGER = locales.said("It can no longer be cancelled here.")


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
@acting(BUYER)
def cancel_place(request, secret, pk):
    order, line = order_line(secret, pk)
    if not cancellations.lines_to_cancel(order, [line.ticket]):
        return SeeOther(order.get_absolute_url())
    if request.method != "POST":
        return _cancel_page(request, order, line)
    try:
        cancellations.cancel_places(order, tickets=[line.ticket], shown=shown_amount(request))
    except cancellations.AmountChanged:
        return _cancel_page(request, order, line, problem=CHANGED)
    except cancellations.Disputed:
        return _cancel_page(request, order, line, problem=render_to_string("orders/_disputed.html").strip())
    except cancellations.TooLate:
        return _cancel_page(request, order, line, problem=NO_LONGER)
    return SeeOther(address_after(Deed.CANCELLED, order, line))


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
@acting(BUYER)
def hand_over(request, secret, pk):
    order, line = order_line(secret, pk)
    if not cancellations.lines_to_cancel(order, [line.ticket]):
        return SeeOther(order.get_absolute_url())
    form = HandOverForm(request.POST or None, initial={"time_zone": line.ticket.attendee_time_zone})
    if not line.workshop.may_change_places or request.method != "POST" or not form.is_valid():
        return _hand_over_page(request, order, line, form)
    if _is_handed_over_too_often(order, to=form.attendee().email):
        return too_many_requests(request)
    try:
        is_new = attendees.hand_over(order, ticket=line.ticket, to=form.attendee())
    except attendees.HasOneAlready as error:
        form.add_error("email", error.reason)
        return _hand_over_page(request, order, line, form)
    except NotHandedOver:  # cancelled, or started, a moment ago: the order's page says so
        return SeeOther(order.get_absolute_url())
    return SeeOther(address_after(Deed.HANDED_OVER if is_new else Deed.CORRECTED, order, line))


@private_page
@require_POST
@acting(BUYER)
def send_again(request, secret, pk):
    """The joining page of somebody else's place, whose mail got lost: to their address, never to the buyer's eyes."""
    order, line = order_line(secret, pk)
    if not order_is_booked(order) or not line.ticket.is_confirmed:
        return SeeOther(order.get_absolute_url())
    if is_over_limit("send-again", order.secret, SENT_AGAIN_PER_HOUR):
        return too_many_requests(request)
    tell_attendee_again(line.ticket)
    return SeeOther(address_after(Deed.SENT_AGAIN, order, line))


def _is_handed_over_too_often(order, *, to):
    return (
        is_over_limit("hand-over", order.secret, HAND_OVERS_PER_HOUR)
        or is_over_limit("hand-over in a day", order.secret, HAND_OVERS_PER_DAY, seconds=A_DAY)
        or is_over_limit("hand-over to", benefit_key(to), TO_ONE_PERSON_PER_DAY, seconds=A_DAY)
    )


def _hand_over_page(request, order, line, form):
    context = {"order": order, "line": line, "workshop": line.workshop, "form": form, "nav_section": "bookings"}
    return render(request, "orders/hand_over.html", context, status=422 if request.method == "POST" else 200)


def _cancel_page(request, order, line, *, problem=""):
    prefetch_related_objects([order], "payments__disputes", "payments__source__disputes")
    lines = cancellations.going_together(order, [line.ticket]) if order.series_id else [line]
    quote = refund_for(order, lines, timezone.now())
    is_whole = bool(order.series_id) and not cancellations.is_decided_alone(line)
    context = {
        "order": order,
        "line": line,
        "workshop": order.sold if is_whole else line.workshop,
        "paid": sum(share.line.worth for share in quote.lines),
        "quote": quote,
        "is_whole": is_whole,
        "until": until_label(quote.holds_until, line.workshop.time_zone) if quote.holds_until else "",
        "may_cancel": cancellations.may_cancel(order, quote),
        "problem": problem,
        "nav_section": "bookings",
    }
    return render(request, "orders/cancel_place.html", context, status=422 if problem else 200)


def order_line(secret: str, pk: int) -> tuple[Order, OrderLine]:
    order = get_object_or_404(Order.objects.select_related("workshop__course", "series"), secret=secret)
    return order, get_object_or_404(order.lines.select_related("ticket__ticket_type", "ticket__workshop"), pk=pk)


def shown_amount(request):
    """The amount that the page showed; nonsense is an amount that it never shows."""
    try:
        amount = Decimal(request.POST.get("shown", ""))
    except InvalidOperation:
        return NO_AMOUNT
    return amount if amount.is_finite() else NO_AMOUNT
