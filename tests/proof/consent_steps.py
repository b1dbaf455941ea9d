"""Bookings shortly before a workshop begins: with the request to start or without it, and then a change of mind.

What must come back is worked out here once more, from what the buyer did and nothing that is stored.
"""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone
from hypothesis import strategies as st

from kit.local.times import end_of_day
from orders.changes import cancellations
from orders.checkout import paying
from orders.models import Consent, Order, Refund
from orders.pricing.refund_policy import refund_for
from orders.settling import events
from tests.orders.purchases import buyer, place
from tests.proof.desk_steps import there_is
from tests.proof.sale_machine import PEOPLE, START, nth, person, step

FREE_DAYS = 14
BEGIN = START + timedelta(days=40, hours=1)  # of the workshops


def is_near(sale):
    return BEGIN - timedelta(days=FREE_DAYS - 1) < sale.now < BEGIN


there_is("near workshop")(is_near)


@there_is("booking of late")
def _(sale):
    return bool(sale.asked) and _booked(sale).exists()


@there_is("booking before the start")
def _(sale):
    return sale.now < BEGIN and bool(sale.asked) and _booked(sale).exists()


@step("near workshop", who=person, places=st.integers(1, 2), which=st.integers(0, 1), is_asked=st.booleans())
def buy_shortly_before(sale, who, places, which, is_asked):
    agreed = {Consent.Kind.START} if is_asked else set()
    order = place(sale.workshops[which], places, by=buyer(PEOPLE[who]), agreed=agreed)
    sale.asked[order.pk] = is_asked, sale.now
    sale.standin.pay(paying.start_payment(order).session_id, "card")
    events.receive(sale.standin.events[-1])


@step("booking before the start")
def the_workshops_begin(sale):
    sale._move_clock(int((BEGIN - sale.now).total_seconds()) // 60 + 30)


@step("booking of late", which=nth)
def change_ones_mind(sale, which):
    order = sale._one(_booked(sale), which)
    due = comes_back(sale, order)
    tickets = order.tickets()
    shown = refund_for(order, cancellations.going_together(order, tickets), timezone.now()).total
    assert due in {None, shown}, f"{shown} and not {due} would come back for a start that was asked for or not"
    cancellations.cancel_places(order, tickets=tickets, shown=shown)
    back = sum(Refund.objects.filter(payment__order=order).values_list("amount", flat=True), Decimal())
    assert due in {None, back}, f"{back} and not {due} came back for a start that was asked for or not"


def comes_back(sale, order):
    """None where something else has happened to it, or only the practice's own steps count."""
    is_asked, booked_at = sale.asked[order.pk]
    is_within = sale.now < end_of_day(booked_at.date() + timedelta(days=FREE_DAYS), order.workshop.time_zone)
    if order.workshop.is_cancelled or order.balance() != order.total or not is_within:
        return None
    if {ticket.status for ticket in order.tickets()} != {"confirmed"}:
        return None
    has_begun = sale.now >= BEGIN
    return Decimal() if has_begun and is_asked else order.total


def _booked(sale):
    return Order.objects.filter(status="paid", pk__in=sale.asked)
