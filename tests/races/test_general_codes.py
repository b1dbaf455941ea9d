"""The last use of a general code goes to one order, whoever asks at the same moment.

The negative controls show that the tests would see it if it went to two.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import IntegrityError, connections

from orders.books import books
from orders.models import GeneralCode, Order
from orders.pricing import general_codes
from orders.pricing.codes import CodeNotUsable
from tests.builders import make_cities, make_general_code, make_practice, make_terms, make_workshop
from tests.orders.purchases import buyer, place
from tests.races.buyers import book_a_place
from tests.races.server import running_site

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
FORMS, WORKSHOPS = 50, 5
REDUCED = Decimal("84.00")


@pytest.fixture(autouse=True)
def _practice():
    make_practice()
    make_cities()
    make_terms()


def test_fifty_people_with_a_code_for_one_make_one_reduced_order(standin):
    make_general_code("SPRING26", percent=20, most_uses=1)
    # Several workshops, so that no lock on one of them puts the forms in a row.
    workshops = [make_workshop(capacity=FORMS) for _ in range(WORKSHOPS)]

    with running_site() as site, ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(lambda number: _send(site, workshops[number % WORKSHOPS], number), range(FORMS)))

    told = [page for status, _, page in answers if status == 422]
    assert (len(told), len(answers)) == (FORMS - 1, FORMS)
    assert [order.total for order in Order.objects.all()] == [REDUCED]
    assert (len(standin.sessions), list(books.findings())) == (1, [])


def test_two_people_at_the_last_use_are_one_sale_and_one_answer():
    make_general_code("SPRING26", percent=20, most_uses=1)

    assert _at_once("ada@example.org", "ben@example.org") == ["sold", "told"]
    assert [order.total for order in Order.objects.all()] == [REDUCED]


def test_without_the_lock_the_last_use_goes_twice_and_the_books_show_it(monkeypatch):
    make_general_code("SPRING26", percent=20, most_uses=1)
    _take_the_lock_away(monkeypatch)

    assert _at_once("ada@example.org", "ben@example.org") == ["sold", "sold"]
    assert [finding.rule for finding in books.findings()] == ["a general code stays within its limit"]


def test_two_orders_of_one_person_are_one_sale_and_one_answer():
    make_general_code("SPRING26", percent=20)

    assert _at_once("ada@example.org", "ADA+news@example.org") == ["sold", "told"]


def test_without_the_lock_the_constraint_alone_still_gives_a_person_one(monkeypatch):
    make_general_code("SPRING26", percent=20)
    _take_the_lock_away(monkeypatch)

    assert _at_once("ada@example.org", "ADA+news@example.org") == ["refused by the database", "sold"]
    assert (Order.objects.count(), list(books.findings())) == (1, [])


def _send(site, workshop, number):
    """From an address of its own: tries with codes are counted."""
    return book_a_place(site, workshop.slug, number=number, code="spring 26", address=f"203.0.113.{number}", patience=5)


def _at_once(*mails: str) -> list[str]:
    """Each on a workshop of their own, so that its lock keeps nobody apart."""
    work = [(make_workshop(), mail) for mail in mails]
    with ThreadPoolExecutor(len(work)) as pool:
        return sorted(pool.map(lambda each: _try_to_buy(*each), work))


def _try_to_buy(workshop, mail: str) -> str:
    try:
        place(workshop, by=buyer(mail), code="SPRING26")
    except CodeNotUsable:
        return "told"
    except IntegrityError:
        return "refused by the database"
    finally:
        connections.close_all()
    return "sold"


def _take_the_lock_away(monkeypatch) -> None:
    """And let both orders see the free use before either takes it."""
    both_have_looked = threading.Barrier(2, timeout=60)
    check_free = general_codes._check_free

    def look_together(code: GeneralCode, order: Order) -> None:
        check_free(code, order)
        both_have_looked.wait()

    monkeypatch.setattr(general_codes, "_locked", lambda code: code)
    monkeypatch.setattr(general_codes, "_check_free", look_together)
