"""One person does not hold more than the bound by asking for several workshops at the same moment.

The negative control shows that the test would see it.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from orders.checkout import holding, placing
from orders.checkout.holding import TooManyHeld
from orders.checkout.visitors import Visitor
from orders.models import OrderLine
from tests.builders import make_practice, make_terms, make_workshop
from tests.orders.purchases import place

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
TOGETHER = 4


@pytest.fixture(autouse=True)
def _practice():
    make_practice()
    make_terms()


def test_orders_of_one_person_for_several_workshops_count_each_other(monkeypatch):
    _meet(monkeypatch, before=True)

    assert (_at_once(), OrderLine.objects.count()) == (["sold", "told", "told", "told"], 4)


def test_without_the_line_each_of_them_counts_before_the_others_are_written(monkeypatch):
    monkeypatch.setattr(holding, "wait_in_line", lambda names: None)
    _meet(monkeypatch, before=False)

    assert (_at_once(), OrderLine.objects.count()) == (["sold"] * TOGETHER, 4 * TOGETHER)


def _meet(monkeypatch, *, before):
    """Each has locked its own workshop, and goes on when all have: to count, or once it has counted."""
    meeting, check_bounds = threading.Barrier(TOGETHER, timeout=20), holding.check_bounds

    def check_together(order, **options):
        if before:
            meeting.wait()
        check_bounds(order, **options)
        if not before:
            meeting.wait()

    monkeypatch.setattr(placing, "check_bounds", check_together)


def _at_once():
    workshops = [make_workshop(capacity=9) for _ in range(TOGETHER)]
    with ThreadPoolExecutor(TOGETHER) as pool:
        return sorted(pool.map(_book_four, workshops))


def _book_four(workshop):
    try:
        place(workshop, 4, visitor=Visitor("a network"))
    except TooManyHeld:
        return "told"
    else:
        return "sold"
    finally:
        connections.close_all()
