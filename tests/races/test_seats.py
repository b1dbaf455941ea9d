"""No place is sold twice. The negative controls show that the tests would see it if one were."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, connections

from courses.models import Ticket, Workshop
from courses.seats import places
from courses.seats.places import SoldOut
from orders.models import Order, Payment
from tests.builders import make_cities, make_practice, make_terms, make_workshop
from tests.orders.histories import untold
from tests.orders.purchases import place
from tests.races.buyers import book_a_place
from tests.races.server import running_site

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
BUYERS, PLACES = 200, 10
ROUNDS = int(os.environ.get("RACE_ROUNDS", "1"))  # `make race` runs twenty
CONSTRAINT = "ticket_place_is_sold_once"


@pytest.mark.parametrize("round_number", range(1, ROUNDS + 1))
def test_two_hundred_buyers_of_ten_places_through_a_running_server(round_number, standin):
    make_practice()
    make_cities()
    make_terms()
    workshop = make_workshop(capacity=PLACES)

    with running_site() as site, ThreadPoolExecutor(50) as pool:
        answers = list(
            pool.map(lambda number: book_a_place(site, workshop.slug, number=number, patience=5), range(BUYERS))
        )

    sold = [location for status, location, _ in answers if status == 303]
    told = [page for status, _, page in answers if status == 422]
    away = [location for status, location, _ in answers if status == 302]  # came when all was gone
    assert (len(sold), len(sold) + len(told) + len(away)) == (PLACES, BUYERS)
    assert all("The last place has just gone" in page for page in told)
    assert set(away) <= {workshop.get_absolute_url()}
    assert sorted(workshop.tickets.values_list("place_number", flat=True)) == list(range(1, PLACES + 1))
    assert (Order.objects.count(), Payment.objects.count(), len(standin.sessions)) == (PLACES, PLACES, PLACES)
    assert untold() == []


def test_without_lock_and_constraint_a_place_is_sold_twice(monkeypatch):
    workshop = make_workshop(capacity=1)
    _take_the_lock_away(monkeypatch)

    with _without_constraint():
        outcomes = _two_buyers_at_once(workshop)
        assert (outcomes, _held(workshop)) == (["sold", "sold"], 2)
        Ticket.objects.update(place_number=None, status=Ticket.Status.LAPSED)


def test_without_the_lock_the_constraint_alone_still_sells_once(monkeypatch):
    workshop = make_workshop(capacity=1)
    _take_the_lock_away(monkeypatch)

    outcomes = _two_buyers_at_once(workshop)

    assert (sorted(outcomes), _held(workshop)) == (["refused by the database", "sold"], 1)


def test_with_lock_and_constraint_the_second_buyer_is_told():
    workshop = make_workshop(capacity=1)

    outcomes = _two_buyers_at_once(workshop)

    assert (sorted(outcomes), _held(workshop)) == (["sold", "told"], 1)


def _two_buyers_at_once(workshop: Workshop) -> list[str]:
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda _: _try_to_buy(workshop), range(2)))


def _try_to_buy(workshop: Workshop) -> str:
    try:
        place(workshop)
    except SoldOut:
        return "told"
    except IntegrityError:
        return "refused by the database"
    finally:
        connections.close_all()
    return "sold"


def _take_the_lock_away(monkeypatch) -> None:
    """And let both buyers see the same free place before either takes it."""
    both_have_looked = threading.Barrier(2, timeout=60)
    free_numbers = places._free_numbers

    def look_together(workshop: Workshop, wanted: int, **options) -> list[int]:
        numbers = free_numbers(workshop, wanted, **options)
        both_have_looked.wait()
        return numbers

    monkeypatch.setattr(places, "lock_workshop", lambda pk: Workshop.objects.select_related("course").get(pk=pk))
    monkeypatch.setattr(places, "_free_numbers", look_together)


class _without_constraint:
    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [CONSTRAINT])
            [self.definition] = cursor.fetchone()
            cursor.execute(f"DROP INDEX {CONSTRAINT}")

    def __exit__(self, *error) -> None:
        with connection.cursor() as cursor:
            cursor.execute(self.definition)


def _held(workshop: Workshop) -> int:
    return workshop.tickets.occupying().count()
