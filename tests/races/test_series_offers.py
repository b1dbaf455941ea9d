"""An offer of a series is whole, whoever declines, buys, waits alone or works at the same moment."""

import random
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from courses.models import SeriesWaitingEntry, Ticket, Workshop
from courses.seats import places, series_offers, waiting, waiting_offers
from courses.seats.waiting_offers import OfferEnded, OfferInUse
from courses.series import offered
from orders.books import books
from orders.checkout import placing
from orders.models import Order
from tests.builders import make_practice, make_series, make_terms, make_ticket, make_workshop
from tests.orders import purchases, series_purchases
from tests.orders.purchases import buyer
from tests.races.test_series import RING, at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
FREE = 2


@pytest.fixture
def shared():
    """Two series that share three workshops, named in opposite orders; each has two free places, and people wait."""
    make_practice()
    make_terms()
    days = [timezone.localdate() + timedelta(days=30 * each) for each in (3, 2, 1)]
    workshops = [make_workshop(day=day, capacity=FREE) for day in days]
    both = [make_series(*workshops), make_series(*reversed(workshops))]
    taken = [make_ticket(each) for each in workshops for _ in range(FREE)]
    for number in range(4):
        waiting.join_waiting_list(workshop=offered(both[number % 2]), email=f"{number}@example.org")
    for ticket in taken:
        places.cancel_ticket(ticket)
    return workshops, both


def statuses():
    return list(SeriesWaitingEntry.objects.order_by("email").values_list("status", flat=True))


def taken(workshops):
    return [each.tickets.occupying().count() for each in workshops]


def parts_of_offers():
    return {len([each for each in entry.held() if each.is_holding]) for entry in SeriesWaitingEntry.objects.offered()}


def faults():
    return [str(finding) for finding in books.findings()]


def test_four_workers_offer_two_series_that_share_their_workshops_whole(shared):
    workshops, _ = shared

    outcomes = at_once([series_offers.offer_everywhere] * 4)

    assert [each for each in outcomes if isinstance(each, str)] == []
    assert (statuses().count("offered"), taken(workshops), parts_of_offers()) == (FREE, [FREE] * 3, {3})
    assert faults() == []


def test_workers_buyers_and_people_who_wait_alone_at_once_leave_every_offer_whole(shared):
    workshops, both = shared
    first = SeriesWaitingEntry.objects.get(email="0@example.org")
    works = [series_offers.offer_everywhere] * 3 + [waiting_offers.offer_everywhere] * 2
    works += [lambda: series_offers.give_up(first)] * 2
    works += [
        lambda number=number: purchases.place(workshops[number % 3], by=buyer(f"alone-{number}@example.org"))
        for number in range(3)
    ]
    works += [
        lambda number=number: series_purchases.place(both[number], by=buyer(f"whole-{number}@example.org"))
        for number in range(2)
    ]
    random.Random(7).shuffle(works)

    outcomes = at_once(works)
    series_offers.offer_everywhere()

    assert [each for each in outcomes if isinstance(each, str)] == []
    assert (parts_of_offers() <= {3}, all(count <= FREE for count in taken(workshops))) == (True, True)
    assert (SeriesWaitingEntry.objects.get(pk=first.pk).status, faults()) == ("declined", [])


def test_a_sale_that_is_written_down_does_not_wait_for_whoever_waits_for_its_workshops(shared, monkeypatch):
    """An order points at its series, which is looked up as it is committed, after its workshops are locked."""
    outcomes, workshops = meet_with_the_series_locked(shared, monkeypatch)

    assert [each for each in outcomes if isinstance(each, str)] == []
    assert (Order.objects.count(), taken(workshops), faults()) == (1, [FREE] * 3, [])


def test_with_the_key_of_its_series_locked_they_wait_in_a_ring(shared, monkeypatch):
    """The test above would notice."""
    ours = type(connection.ops)
    monkeypatch.setattr(ours, "for_update_sql", super(ours, ours).for_update_sql)

    outcomes, _ = meet_with_the_series_locked(shared, monkeypatch)

    assert [RING in each for each in outcomes if isinstance(each, str)] == [True]


def meet_with_the_series_locked(shared, monkeypatch):
    """A sale has locked the workshops and written its order; a worker has locked the series, and asks for them next."""
    workshops, both = shared
    met = threading.Barrier(2, timeout=60)
    mine, lock = threading.local(), places.lock_workshop

    def lock_after_they_met(workshop_id):
        if getattr(mine, "is_worker", False):
            mine.is_worker = False
            met.wait()
        return lock(workshop_id)

    def offer():
        mine.is_worker = True
        return series_offers.offer_places_of(both[0].pk)

    def buy():
        return series_purchases.place(both[0], by=buyer("whole@example.org"))

    monkeypatch.setattr(places, "lock_workshop", lock_after_they_met)
    monkeypatch.setattr(placing, "checkpoint", lambda name: met.wait() if name == "order written" else None)

    return at_once([offer, buy]), workshops


def test_the_offer_books_once_however_many_forms_are_sent_at_once(shared):
    workshops, both = shared
    series_offers.offer_everywhere()
    entry = SeriesWaitingEntry.objects.offered().filter(series=both[0]).first() or pytest.fail("no offer")

    def book():
        try:
            return series_purchases.place(both[0], by=buyer(entry.email), waiting_offer=entry.secret)
        except (OfferEnded, OfferInUse) as error:
            return type(error)

    outcomes = at_once([book] * 4 + [series_offers.offer_everywhere])

    assert (outcomes.count(OfferInUse), Order.objects.count(), taken(workshops)) == (3, 1, [FREE] * 3)
    assert faults() == []


def test_locked_in_any_other_order_two_workers_wait_in_a_ring(shared, monkeypatch):
    """The tests above would notice: without the order of keys the workers of two series wait for each other."""
    _, both = shared
    have_one = threading.Barrier(2, timeout=60)
    mine, lock = threading.local(), places.lock_workshop

    def lock_slowly(workshop_id):
        """Each holds its first before either asks for its second."""
        found = lock(workshop_id)
        mine.count = getattr(mine, "count", 0) + 1
        if mine.count == 1:
            have_one.wait()
        return found

    backwards = iter([False, True])
    turn = threading.Lock()

    def any_order(keys, **options):
        if options:
            return sorted(keys, **options)
        with turn:
            return sorted(keys, reverse=next(backwards))

    monkeypatch.setattr(places, "lock_workshop", lock_slowly)
    monkeypatch.setattr(series_offers, "sorted", any_order, raising=False)

    outcomes = at_once([lambda each=each: series_offers.offer_places_of(each.pk) for each in both])

    assert [RING in each for each in outcomes if isinstance(each, str)] == [True]


def test_without_locks_a_place_is_still_offered_once(shared, monkeypatch):
    """The database itself refuses the second ticket on a place, and with it the whole offer."""
    workshops, both = shared
    Workshop.objects.update(capacity=1)
    both_looked = threading.Barrier(2, timeout=60)
    look, seen = places._taken_numbers, threading.local()

    def look_together(workshop):
        found = look(workshop)
        if not getattr(seen, "is_first", False):
            seen.is_first = True
            both_looked.wait()
        return found

    monkeypatch.setattr(places, "lock_workshop", lambda pk: Workshop.objects.with_course().get(pk=pk))
    monkeypatch.setattr(places, "_taken_numbers", look_together)

    outcomes = at_once([lambda each=each: series_offers.offer_places_of(each.pk) for each in both])

    assert ["ticket_place_is_sold_once" in each for each in outcomes if isinstance(each, str)] == [True]
    assert (taken(workshops), Ticket.objects.filter(status="held").count()) == ([1, 1, 1], 3)
