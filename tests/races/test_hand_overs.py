"""Two orders give their places to each other's people at one moment, and nobody waits in a ring."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import OperationalError, connections

from courses.seats.places import Attendee
from orders.changes import attendees
from orders.checkout import placing
from orders.mails import change_mails
from outbox import limits
from outbox.models import Message
from tests.builders import make_practice, make_workshop
from tests.orders.purchases import buyer, ticket, wish

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
ADA, BEN = "ada@example.org", "ben@example.org"


@pytest.fixture
def opposite(monkeypatch):
    """Ada's place goes to Ben and Ben's to Ada; each has written the first of its mails before either writes another,
    if it can."""
    make_practice()
    both, send = threading.Barrier(2), change_mails.send_joining_pages

    def send_and_wait(*args, **kwargs):
        send(*args, **kwargs)
        with suppress(threading.BrokenBarrierError):
            both.wait(timeout=2)

    monkeypatch.setattr(change_mails, "send_joining_pages", send_and_wait)
    return [hand_over_of(free_order(number, of), to) for number, (of, to) in enumerate([(ADA, BEN), (BEN, ADA)])]


def free_order(number, email):
    workshop = make_workshop(price="0.00")
    wanted = [ticket(workshop.ticket_types.get(), "Somebody", email)]
    return placing.place_order(workshop, wish(wanted, by=buyer(f"buyer{number}@example.org"))).order


def hand_over_of(order, to):
    place = order.lines.get().ticket

    def hand_over():
        try:
            return attendees.hand_over(order, ticket=place, to=Attendee("Somebody", to, "Europe/London"))
        except OperationalError as error:
            return type(error)
        finally:
            connections.close_all()

    return hand_over


def at_once(works):
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda work: work(), works))


def test_places_of_nothing_that_go_opposite_ways_are_both_given(opposite):
    assert at_once(opposite) == [True, True]
    assert Message.objects.filter(kind="orders/ticket_handed_over:free").count() == 2


def test_without_the_line_they_wait_in_a_ring(opposite, monkeypatch):
    """The test above would notice."""
    monkeypatch.setattr(limits, "line_up", lambda addresses: None)

    assert sorted(map(str, at_once(opposite))) == sorted(map(str, [True, OperationalError]))
