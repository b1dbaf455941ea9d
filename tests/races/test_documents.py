"""Forty receipts at once: numbers without a gap. Without the lock on the series, two take the same number."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from orders.documents import issuing
from orders.models import Document, Series
from tests.builders import make_practice
from tests.orders.test_documents import paid_behind_the_back

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
MANY = 40


@pytest.fixture(autouse=True)
def practice():
    return make_practice()


def issue_at_once(order_ids):
    """What each of them got: its numbers, or the name of the error."""
    with ThreadPoolExecutor(20) as pool:
        return list(pool.map(_issue, order_ids))


def _issue(order_id):
    try:
        return [document.number for document in issuing.issue_due(order_id)]
    except Exception as error:
        return type(error).__name__
    finally:
        connections.close_all()


def test_forty_documents_at_once_are_numbered_without_a_gap():
    orders = [paid_behind_the_back().pk for _ in range(MANY)]

    issue_at_once(orders)

    assert sorted(Document.objects.values_list("sequence", flat=True)) == list(range(1, MANY + 1))
    assert Series.objects.get(kind="receipt").last == MANY


def test_twenty_who_ask_for_one_document_at_once_make_one():
    order = paid_behind_the_back()

    answers = issue_at_once([order.pk] * 20)

    assert sorted(answers) == [[]] * 19 + [["R-000001"]]


def test_without_the_lock_two_take_one_number_and_the_constraint_refuses_the_second(monkeypatch):
    issuing.issue_due(paid_behind_the_back().pk)
    meet = Barrier(2)

    def unlocked(issuer, kind, key):
        series = Series.objects.get(issuer=issuer, kind=kind)
        series.last, series.has_document = series.last + 1, False
        meet.wait(timeout=20)
        return series

    monkeypatch.setattr(issuing, "_with_next_number", unlocked)
    orders = [paid_behind_the_back().pk for _ in range(2)]

    answers = issue_at_once(orders)

    assert sorted(answers, key=str) == ["IntegrityError", ["R-000002"]]
