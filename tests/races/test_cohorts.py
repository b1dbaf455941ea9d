"""Places that are kept for a cohort go to as many people with its code as there are, and to nobody else.

The negative control shows that the tests would see it if one went twice.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connections

from courses.models import Cohort, Workshop
from courses.seats import cohorts, places
from courses.seats.places import SoldOut
from orders.books import books
from orders.checkout import placing
from orders.pricing import cohort_codes
from orders.pricing.codes import CodeNotUsable
from tests.builders import make_cities, make_cohort, make_practice, make_terms, make_workshop
from tests.orders.purchases import buyer, ticket, wish
from tests.races.buyers import book_a_place
from tests.races.server import running_site

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
CODE = "OSIER2027"
BUYERS, KEPT, FREE = 40, 5, 4


@pytest.fixture(autouse=True)
def _practice():
    make_practice()
    make_cities()
    make_terms()


def test_forty_with_the_code_and_forty_without_take_each_exactly_their_own(standin):
    workshop = make_workshop(capacity=KEPT + FREE)
    cohort = make_cohort(workshop, places=KEPT, percent=20)

    with running_site() as site, ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(lambda number: _send(site, workshop, number), range(2 * BUYERS)))

    sold = [location for status, location, _ in answers if status == 303]
    assert (len(sold), cohort.places_taken()) == (KEPT + FREE, KEPT)
    assert workshop.tickets.filter(cohort=None).count() == FREE
    assert list(books.findings()) == []


def test_an_end_at_the_same_moment_neither_loses_nor_doubles_a_place():
    workshop = make_workshop(capacity=KEPT)
    cohort = make_cohort(workshop, places=KEPT)

    with ThreadPoolExecutor(3 * KEPT + 1) as pool:
        with_code = [pool.submit(_try_to_buy, workshop, f"a{number}@example.org", CODE) for number in range(2 * KEPT)]
        ending = pool.submit(_end, cohort)
        without = [pool.submit(_try_to_buy, workshop, f"b{number}@example.org", "") for number in range(KEPT)]
        outcomes = [each.result() for each in [*with_code, *without]]

    assert ending.result()
    assert set(outcomes) <= {"sold", "told"}
    assert workshop.tickets.occupying().count() == outcomes.count("sold") <= KEPT
    assert list(books.findings()) == []


def test_two_with_the_code_for_the_last_kept_place_are_one_sale_and_one_answer():
    workshop = make_workshop(capacity=3)
    make_cohort(workshop, places=1)

    assert _at_once(workshop) == ["sold", "told"]


def test_without_the_lock_the_last_kept_place_goes_twice_and_the_books_show_it(monkeypatch):
    workshop = make_workshop(capacity=3)
    make_cohort(workshop, places=1)
    _take_the_lock_away(monkeypatch)

    assert _at_once(workshop) == ["sold", "sold"]
    assert [finding.rule for finding in books.findings()] == ["a cohort keeps to its places"]


def _send(site, workshop, number):
    """Every second one has the code. From an address of its own: tries with codes are counted."""
    code = CODE if number % 2 else ""
    return book_a_place(site, workshop.slug, number=number, code=code, address=f"203.0.113.{number}", patience=5)


def _at_once(workshop: Workshop) -> list[str]:
    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(lambda mail: _try_to_buy(workshop, mail, CODE), ["ada@example.org", "ben@example.org"]))


def _try_to_buy(workshop: Workshop, mail: str, code: str) -> str:
    try:
        wanted = [ticket(workshop.ticket_types.first(), email=mail)]
        placing.place_order(workshop, wish(wanted, by=buyer(mail), code=code))
    except (CodeNotUsable, SoldOut):
        return "told"
    except IntegrityError:
        return "refused by the database"
    finally:
        connections.close_all()
    return "sold"


def _end(cohort: Cohort) -> bool:
    try:
        return cohorts.end_cohort(cohort)
    finally:
        connections.close_all()


def _take_the_lock_away(monkeypatch) -> None:
    """And let both see the kept place before either takes it; each then takes a number of its own."""
    both_have_looked = threading.Barrier(2, timeout=60)
    check_usable, free_numbers = cohort_codes.check_usable, places._free_numbers
    turns = iter([0, 1])

    def look_together(cohort: Cohort, **options) -> None:
        check_usable(cohort, **options)
        both_have_looked.wait()

    def numbers_of_its_own(workshop: Workshop, wanted: int, **options) -> list[int]:
        numbers = free_numbers(workshop, wanted, **(options | {"ahead": None, "cohort": None}))
        both_have_looked.wait()
        return [number + next(turns) for number in numbers]

    monkeypatch.setattr(places, "lock_workshop", lambda pk: Workshop.objects.select_related("course").get(pk=pk))
    monkeypatch.setattr(cohort_codes, "check_usable", look_together)
    monkeypatch.setattr(places, "_free_numbers", numbers_of_its_own)
