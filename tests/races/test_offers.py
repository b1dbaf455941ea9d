"""A free place goes to one person, whoever declines, buys or works at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from courses.models import Ticket, WaitingListEntry, Workshop
from courses.seats import places, waiting_offers
from courses.seats.places import SoldOut
from courses.seats.waiting import join_waiting_list
from courses.seats.waiting_offers import OfferEnded, OfferInUse
from orders.books import books
from orders.changes import taking_back
from orders.models import Order
from outbox.models import Message
from tests.builders import make_practice, make_ticket, make_workshop
from tests.orders.purchases import buyer, place

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
PEOPLE = 5


@pytest.fixture
def workshop():
    """Of one place; five people wait for it."""
    make_practice()
    workshop = make_workshop(capacity=1, day=timezone.localdate() + timedelta(days=30))
    make_ticket(workshop)
    for number in range(PEOPLE):
        join_waiting_list(workshop=workshop, email=f"{number}@example.org")
    places.cancel_ticket(workshop.tickets.get())
    return workshop


def at_once(*works):
    def run(work):
        try:
            return work()
        except (SoldOut, OfferEnded, OfferInUse) as error:
            return type(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def statuses():
    return list(WaitingListEntry.objects.order_by("email").values_list("status", flat=True))


def offered():
    return Message.objects.filter(key__endswith=":offer").count()


def test_four_workers_offer_one_place_once(workshop):
    at_once(*[waiting_offers.offer_everywhere] * 4)

    assert (statuses(), offered()) == (["offered"] + ["waiting"] * 4, 1)
    assert [str(finding) for finding in books.findings()] == []


def test_without_the_lock_two_workers_offer_it_twice(workshop, monkeypatch):
    """The test above would notice, if the place's number were not unique as well."""
    both_have_looked = threading.Barrier(2, timeout=60)
    free_places = Workshop.free_places

    def look_together(locked):
        free = free_places(locked)
        both_have_looked.wait()
        return free

    monkeypatch.setattr(Workshop, "free_places", look_together)
    monkeypatch.setattr(places, "lock_workshop", lambda pk: Workshop.objects.select_related("course").get(pk=pk))
    chosen = iter([1, 2])
    monkeypatch.setattr(places, "_free_numbers", lambda *args, **options: [next(chosen)])

    at_once(*[waiting_offers.offer_everywhere] * 2)

    assert Ticket.objects.filter(status=Ticket.Status.HELD).count() == 2


def test_two_declines_two_workers_and_a_buyer_move_the_line_on_by_one(workshop):
    waiting_offers.offer_everywhere()
    first = WaitingListEntry.objects.get(email="0@example.org")

    outcomes = at_once(
        lambda: waiting_offers.give_up(first),
        lambda: waiting_offers.give_up(first),
        waiting_offers.offer_everywhere,
        waiting_offers.offer_everywhere,
        lambda: place(workshop, by=buyer("zoe@example.org")),
    )

    assert (outcomes[-1], Order.objects.count()) == (SoldOut, 0)
    assert (statuses(), offered()) == (["declined", "offered"] + ["waiting"] * 3, 2)
    assert [str(finding) for finding in books.findings()] == []


def test_the_offer_books_once_however_many_forms_are_sent_at_once(workshop):
    waiting_offers.offer_everywhere()
    secret = WaitingListEntry.objects.get(email="0@example.org").secret

    outcomes = at_once(*[lambda: place(workshop, by=buyer("0@example.org"), waiting_offer=secret)] * 4)

    assert sorted(str(outcome) for outcome in outcomes if outcome is OfferInUse) == [str(OfferInUse)] * 3
    assert (Order.objects.count(), [str(finding) for finding in books.findings()]) == (1, [])


def test_a_decline_and_a_booking_at_once_leave_one_of_them(workshop):
    waiting_offers.offer_everywhere()
    first = WaitingListEntry.objects.get(email="0@example.org")

    by = buyer("0@example.org")
    at_once(lambda: waiting_offers.give_up(first), lambda: place(workshop, by=by, waiting_offer=first.secret))

    is_booked = Order.objects.exists()
    assert statuses()[:2] == (["offered", "waiting"] if is_booked else ["declined", "offered"])
    assert (Ticket.objects.occupying().count(), [str(finding) for finding in books.findings()]) == (1, [])


def test_two_at_the_desk_who_take_places_back_in_opposite_orders_do_not_wait_in_a_ring(workshop):
    other = make_workshop(capacity=9)
    tickets = [make_ticket(each) for _ in range(4) for each in (other, make_workshop(capacity=9))]
    together = threading.Barrier(2, timeout=60)

    def take_back(chosen):
        together.wait()
        return taking_back.take_back(chosen)

    at_once(lambda: take_back(tickets), lambda: take_back(tickets[::-1]))

    assert {ticket.status for ticket in Ticket.objects.filter(pk__in=[each.pk for each in tickets])} == {"cancelled"}
