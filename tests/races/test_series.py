"""A series is sold whole or not at all, whoever books at the same time, and nobody waits in a ring."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from accounts import binning
from courses.models import Ticket, Workshop
from courses.seats import places
from courses.seats.places import SoldOut
from orders.books import books
from orders.checkout import placing_series
from orders.models import Order, order_status
from orders.settling.workshop_cancellation import cancel_workshop, follow_up
from tests.builders import make_practice, make_series, make_terms, make_workshop
from tests.orders import purchases, series_purchases
from tests.orders.purchases import buyer
from tests.races.locks import until_somebody_waits_for_us

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
BUYERS = 12
RING = "deadlock detected"


@pytest.fixture
def shared():
    """Two series that share three workshops of four places, named in opposite orders."""
    make_practice()
    make_terms()
    days = [timezone.localdate() + timedelta(days=30 * each) for each in (3, 2, 1)]
    workshops = [make_workshop(day=day, capacity=4) for day in days]
    return workshops, [make_series(*workshops), make_series(*reversed(workshops))]


def at_once(works):
    start = threading.Barrier(len(works), timeout=60)

    def run(work):
        try:
            start.wait()
            return work()
        except SoldOut:
            return SoldOut
        except Exception as error:
            return str(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def a_series(series, number):
    who = buyer(email=f"series-{number}@example.org")
    return lambda: series_purchases.place(series, by=who, email=who.email)


def alone(workshop, number):
    who = buyer(email=f"alone-{number}@example.org")
    return lambda: purchases.place(workshop, by=who)


def in_whole():
    """How many places each order of a series holds."""
    orders = Order.objects.exclude(series=None)
    return {order.tickets().__len__() for order in orders if all(each.is_holding for each in order.tickets())}


def taken(workshops):
    return [each.tickets.occupying().count() for each in workshops]


def test_two_series_that_share_their_workshops_are_each_sold_whole(shared):
    workshops, both = shared
    works = [a_series(both[number % 2], number) for number in range(BUYERS)]
    works += [alone(workshops[number % 3], number) for number in range(4)]
    random.Random(7).shuffle(works)

    outcomes = at_once(works)

    assert [each for each in outcomes if isinstance(each, str)] == []
    assert all(left <= 4 for left in taken(workshops))
    assert 4 in taken(workshops)
    assert in_whole() == {3}
    assert (
        Ticket.objects.count()
        == 3 * Order.objects.exclude(series=None).count() + Order.objects.filter(series=None).count()
    )
    assert list(books.findings()) == []


def test_a_workshop_that_we_cancel_meanwhile_stops_no_sale_in_a_ring_and_leaves_no_part_sold(shared):
    workshops, both = shared
    gone = workshops[1]
    works = [a_series(both[number % 2], number) for number in range(BUYERS)]
    works += [alone(workshops[number % 3], number) for number in range(4)]
    works.append(lambda: cancel_workshop(gone, because="Our presenter is ill."))
    random.Random(7).shuffle(works)

    outcomes = at_once(works)
    follow_up()

    assert [each for each in outcomes if isinstance(each, str) and RING in each] == []
    held = Order.objects.exclude(series=None).filter(status__in=order_status.HOLDING)
    assert not held.filter(lines__ticket__workshop=gone).exists()
    assert in_whole() <= {3}
    assert list(books.findings()) == []


def test_locked_in_any_other_order_they_wait_in_a_ring(shared, monkeypatch):
    """The test above would notice: without the order of keys two series wait for each other."""
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

    def any_order(keys):
        with turn:
            return sorted(keys, reverse=next(backwards))

    monkeypatch.setattr(places, "lock_workshop", lock_slowly)
    monkeypatch.setattr(placing_series, "sorted", any_order, raising=False)

    outcomes = at_once([a_series(each, number) for number, each in enumerate(both)])

    assert [RING in each for each in outcomes if isinstance(each, str)] == [True]


def test_a_series_from_the_bin_waits_for_who_sells_its_workshops(shared):
    """It comes with its workshops by date, here the reverse of their keys: locked so, each would wait for the other."""
    (first, *_, last), (series, _) = shared
    binned = binning.put_in_bin(series)
    outcomes = []
    putting_back = threading.Thread(target=lambda: outcomes.extend(at_once([lambda: binning.put_back(binned.pk)])))

    with transaction.atomic():
        places.lock_workshop(first.pk)
        putting_back.start()
        until_somebody_waits_for_us()
        places.lock_workshop(last.pk)
    putting_back.join()

    assert outcomes == [series]
    assert series.parts.count() == 3


def test_without_locks_a_place_is_still_sold_once(shared, monkeypatch):
    """The database itself refuses the second ticket on a place, and with it the whole series."""
    workshops, both = shared
    Workshop.objects.update(capacity=1)
    everybody_looked = threading.Barrier(2, timeout=60)
    look = places._taken_numbers
    seen = threading.local()

    def look_together(workshop):
        found = look(workshop)
        if not getattr(seen, "is_first", False):
            seen.is_first = True
            everybody_looked.wait()
        return found

    monkeypatch.setattr(places, "lock_workshop", lambda pk: Workshop.objects.with_course().get(pk=pk))
    monkeypatch.setattr(places, "_taken_numbers", look_together)

    outcomes = at_once([a_series(each, number) for number, each in enumerate(both)])

    assert connection.vendor == "postgresql"
    assert ["ticket_place_is_sold_once" in each for each in outcomes if isinstance(each, str)] == [True]
    assert (taken(workshops), Order.objects.count()) == ([1, 1, 1], 1)
