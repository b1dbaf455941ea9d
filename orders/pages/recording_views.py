"""A buyer asks for a recording before the days to change her mind are over."""

from contextlib import suppress

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from accounts.audit import acting
from courses.models import Ticket
from kit.guard.addresses import email_key
from kit.pages.http import SeeOther, private_page
from orders.actors import BUYER
from orders.changes import recordings
from orders.deeds import Deed, address_after
from orders.models import OrderLine
from orders.pages.forms import RecordingForm
from orders.pages.place_views import order_line


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
@acting(BUYER)
def recording(request, secret, pk):
    order, line = order_line(secret, pk)
    return _recording(request, line, back_url=order.get_absolute_url(), then=address_after(Deed.ASKED_FOR, order, line))


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
@acting(BUYER)
def own_recording(request, secret):
    """From the joining page, for a buyer who has the place herself: the right to cancel is hers, not an attendee's."""
    ticket = get_object_or_404(Ticket, secret=secret)
    line = OrderLine.objects.select_related("order__workshop__course", "ticket").filter(ticket=ticket).first()
    if line is None or line.order.email_key != email_key(ticket.attendee_email):
        return SeeOther(ticket.get_absolute_url())
    return _recording(request, line, back_url=ticket.get_absolute_url(), then=ticket.get_absolute_url())


def _recording(request, line, *, back_url, then):
    order = line.order
    form = RecordingForm(request.POST if request.method == "POST" else None)
    if recordings.may_be_asked_for(order, line) and not (request.method == "POST" and form.is_valid()):
        context = {"order": order, "line": line, "form": form, "back_url": back_url, "nav_section": "bookings"}
        return render(request, "orders/recording.html", context, status=422 if request.method == "POST" else 200)
    if request.method == "POST":
        with suppress(recordings.NotToBeAskedFor):  # sent or cancelled a moment ago: the page there says so
            recordings.ask_for_recording(order, line=line)
            return SeeOther(then)
    return SeeOther(back_url)
