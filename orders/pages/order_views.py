from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.audit import acting
from accounts.proof import proven_keys
from courses.catalogue import day_of
from kit.database.questions import Asked, compiled_once, first_or_404
from kit.local.times import organiser_clock
from kit.pages.http import DONE, SeeOther, private_page
from orders import consents
from orders.actors import BUYER
from orders.booking.redirects import UNHEARD, go_and_pay
from orders.checkout.placing import Placed
from orders.deeds import Deed, address_after
from orders.models import Order
from orders.pages.bookings import bookings_of
from orders.pages.done import done_of
from orders.pages.order_page import OrderPage, read_order
from orders.pricing.vat import vat_lines
from orders.settling import reconcile
from practice.shown import clocks


@private_page
@require_safe
def order(request, secret):
    found = read_order(secret)
    if found is None:
        raise Http404
    page, sessions = OrderPage(found), found.sold.session_list
    cities = dict.fromkeys([organiser_clock(found.time_zone, clocks()), *clocks()])
    done = done_of(page, request.GET)
    context = {
        "order": found,
        "workshop": found.sold,
        "page": page,
        "done": done,
        "heading_answers": done is None and DONE in request.GET,
        "consents": consents.in_words(found),
        "day": day_of(sessions[0].span.local_start) if sessions else None,
        "vat": vat_lines(found.lines.all(), found.currency),
        "sessions": [(session, session.local_spans(cities)) for session in sessions],
        "is_unheard": UNHEARD in request.GET,
        "nav_section": "bookings",
    }
    return render(request, page.template, context)


@require_POST
@acting(BUYER)
def pay(request, secret):
    found = get_object_or_404(Order, secret=secret)
    return go_and_pay(Placed(found))


@private_page
@require_safe
@acting(BUYER)
def payment_return(request, secret):
    """Where Stripe sends the buyer. What it was told there counts only as far as Stripe itself says so."""
    found = first_or_404(_coming_back(secret=secret))
    if found.has_open_page:
        reconcile.ask_again(found)
        found.refresh_from_db(fields=["status"])
    deed = Deed.MOVED if found.moved_from_id else Deed.PAID
    return redirect(address_after(deed, found))


@require_POST
@acting(BUYER)
def give_back(request, secret):
    found = get_object_or_404(Order, secret=secret)
    reconcile.give_back(found)
    return SeeOther(address_after(Deed.GIVEN_BACK, found))


@login_required
@private_page
@require_safe
def bookings(request):
    found = bookings_of(proven_keys(request.user))
    return render(request, "orders/bookings.html", {"bookings": found, "nav_section": "bookings"})


@compiled_once
def _coming_back(secret: Asked) -> QuerySet[Order]:
    return reconcile.with_open_pages(Order.objects.filter(secret=secret))
