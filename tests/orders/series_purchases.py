"""Buying a series in a test: the same calls that its booking page makes."""

from uuid import uuid4

from courses.series import offered
from orders.checkout.placing import Wish
from orders.checkout.placing_series import place_series
from orders.settling import settle
from tests.orders.purchases import as_stripe_sees_it, buyer, open_session, ticket


def place(series, *, by=None, email="noor@example.org", **options):
    offer = offered(series)
    tickets = [ticket(each, email=email) for each in offer.ticket_types]
    options = {"key": uuid4(), "shown_total": offer.price} | options
    return place_series(series, Wish(by or buyer(), tickets, **options)).order


def buy(standin, series, **options):
    order = place(series, **options)
    session_id = open_session(order)
    standin.pay(session_id)
    settle.settle(as_stripe_sees_it(session_id))
    order.refresh_from_db()
    return type(order).objects.get(pk=order.pk)
