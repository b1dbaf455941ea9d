"""Buying a place in a test: the same calls that the checkout page makes."""

from uuid import uuid4

from courses.seats.places import NewTicket
from orders import stripe_api
from orders.checkout import paying, placing
from orders.checkout.placing import Buyer, Wish
from orders.settling import settle


def buyer(email="noor@example.org", name="Noor Haddad", **fields):
    return Buyer(name, email, "Europe/London", **fields)


def ticket(ticket_type, name="Noor Haddad", email="noor@example.org"):
    return NewTicket(ticket_type, name, email, "Europe/Paris")


def place(workshop, count=1, *, by=None, ticket_types=None, **options):
    ticket_types = ticket_types or [workshop.ticket_types.first()] * count
    return placing.place_order(workshop, wish([ticket(each) for each in ticket_types], by=by, **options)).order


def wish(tickets, *, by=None, **options):
    return Wish(by or buyer(), tickets, **{"key": uuid4()} | options)


def open_session(order):
    """The order's payment page at Stripe; returns its session id."""
    return paying.start_payment(order).session_id


def buy(standin, workshop, count=1, **options):
    """The same, paid; nothing to pay is booked at once."""
    order = place(workshop, count, **options)
    if order.total:
        session_id = open_session(order)
        standin.pay(session_id)
        settle.settle(as_stripe_sees_it(session_id))
    order.refresh_from_db()
    return order


def paid_behind_the_back(order, **fields):
    """Its first attempt, as if somebody had paid on it, without Stripe."""
    recorded_at = fields.get("paid_at")
    order.payments.update(**{"status": "paid", "received": order.total, "recorded_at": recorded_at} | fields)
    return order.payments.get()


def as_stripe_sees_it(session_id):
    return stripe_api.retrieve_session(session_id)
