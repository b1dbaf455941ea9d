"""A series of the demo that is over: bought whole, attended whole, and with a certificate for the whole.

It is sold while its workshops lie ahead, as every series is, and dated back afterwards.
"""

from contextlib import suppress
from datetime import date, timedelta
from uuid import NAMESPACE_DNS, uuid5

from django.utils import timezone

from courses.models import Session, Ticket, Workshop, WorkshopSeries
from courses.schedule import store_sessions
from courses.seats.places import NewTicket
from courses.series import Offered, offered
from learning import attendance
from learning.certificates import issuing
from orders import stripe_api
from orders.checkout import paying, placing
from orders.checkout.placing_series import place_series
from orders.models import Order
from orders.settling import settle
from practice_site.demo.afterwards import add_presence
from practice_site.demo.bookings import NOBODY_THERE, NOT_ANY_MORE, press
from practice_site.demo.shapes.sales import VisitorWords
from practice_site.demo.teaching import add_series, add_workshop, days_of
from practice_site.demo.words.ended_series import (
    BOTH_DAYS,
    ENDED_SERIES,
    ENDED_WORKSHOPS,
    FIRST_DAY_ONLY,
    MINA,
    STELLA,
)

AHEAD = timedelta(weeks=26)
IN_GOOD_TIME = timedelta(weeks=4)  # before the first day


def load_ended_series(today: date) -> None:
    """Once. Where no payment stand-in answers, there is none; a run that was broken off leaves it as it is."""
    if WorkshopSeries.objects.filter(slug=ENDED_SERIES.slug).exists():
        return
    days: dict[str, list[date]] = {}
    for words in ENDED_WORKSHOPS:
        days[words.slug] = days_of(words, today, [day for others in days.values() for day in others])
        add_workshop(words, [day + AHEAD for day in days[words.slug]])
    offer = offered(add_series(ENDED_SERIES))
    with suppress(*NOT_ANY_MORE, *NOBODY_THERE):
        orders = [_buy(offer, who) for who in (MINA, STELLA)]
        for workshop in offer.workshops:
            _date_back(workshop, days[workshop.slug], today)
        _hold(offer)
        for order in orders:
            issuing.issue_whole(order)


def _buy(offer: Offered, who: VisitorWords) -> Order:
    tickets = [NewTicket(each, who.name, who.email, who.time_zone) for each in offer.ticket_types]
    buyer, key = placing.Buyer(who.name, who.email, who.time_zone), uuid5(NAMESPACE_DNS, f"{who.email} {offer.slug}")
    wish = placing.Wish(buyer=buyer, tickets=tickets, key=key, shown_total=offer.price)
    order = place_series(offer.series, wish).order
    payment = paying.start_payment(order)
    press(payment.session_url, "pay")
    settle.settle(stripe_api.retrieve_session(payment.session_id))
    return order


def _date_back(workshop: Workshop, days: list[date], today: date) -> None:
    sessions = workshop.session_list
    for session, day in zip(sessions, days, strict=True):
        session.day = day
    store_sessions(workshop, kept=sessions)
    bought = timezone.now() - (today - days[0] + IN_GOOD_TIME)
    Order.objects.on([workshop]).update(placed_at=bought, agreed_at=bought, paid_at=bought)
    Workshop.objects.filter(pk=workshop.pk).update(catch_up_days=0)


def _hold(offer: Offered) -> None:
    """One of them was there on both days, the other on the first alone."""
    for workshop, here in zip(offer.workshops, (BOTH_DAYS + FIRST_DAY_ONLY, BOTH_DAYS), strict=True):
        for session in Session.objects.filter(workshop=workshop):  # as they are since they were dated back
            for ticket in Ticket.objects.filter(workshop=workshop, attendee_email__in=here):
                add_presence(session, ticket.attendee_name, ticket.attendee_email)
            attendance.count_session(session)
        issuing.issue_all(Workshop.objects.select_related("course").get(pk=workshop.pk))
