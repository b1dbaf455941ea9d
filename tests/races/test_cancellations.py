"""A place is cancelled once and its money sent back once, whoever clicks at the same time."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connections
from django.utils import timezone

from courses.models import Ticket
from orders.changes import cancellations, refunds
from orders.changes.cancellations import AmountChanged, Decision
from orders.changes.refunds import NotFailed
from orders.models import Order, OrderLine, Refund
from tests.builders import make_practice, make_refund_tiers, make_workshop
from tests.orders.purchases import buy

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
ALL = Decimal("105.00")


@pytest.fixture
def order(standin):
    make_practice()
    make_refund_tiers((14, 100))
    return buy(standin, make_workshop(day=timezone.localdate() + timedelta(days=30)), 2)


def at_once(*works):
    def run(work):
        try:
            return work()
        except (AmountChanged, NotFailed) as error:
            return type(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_two_clicks_at_once_send_the_money_once(order, standin):
    ticket = Ticket.objects.first()

    outcomes = at_once(*[lambda: cancellations.cancel_places(order, tickets=[ticket], shown=ALL)] * 4)

    assert sorted(outcome.total for outcome in outcomes) == [0, 0, 0, ALL]
    assert (Refund.objects.count(), [each["amount"] for each in standin.refunds]) == (1, [10500])


def test_without_the_locks_the_money_is_sent_twice(order, standin, monkeypatch):
    """The test above would notice."""
    both_have_looked = threading.Barrier(2, timeout=60)
    find_lines = cancellations.lines_to_cancel

    def look_together(locked, tickets):
        lines = find_lines(locked, tickets)
        both_have_looked.wait()
        return lines

    def unlocked(order_id):
        return Order.objects.select_related("workshop").get(pk=order_id)

    monkeypatch.setattr(cancellations, "lines_to_cancel", look_together)
    monkeypatch.setattr(cancellations.locks, "locked_order", unlocked)
    monkeypatch.setattr(OrderLine, "left", lambda line: ALL)
    ticket = Ticket.objects.first()

    at_once(*[lambda: cancellations.cancel_places(order, tickets=[ticket], shown=ALL)] * 2)

    assert Refund.objects.count() == 2


def test_both_places_cancelled_at_once_refund_the_order(order, standin):
    first, second = Ticket.objects.all()

    at_once(
        lambda: cancellations.cancel_places(order, tickets=[first], shown=ALL),
        lambda: cancellations.cancel_places(order, tickets=[second], shown=ALL),
    )

    order.refresh_from_db()
    assert (order.status, order.balance(), len(standin.refunds)) == (Order.Status.REFUNDED, 0, 2)


def test_the_desk_confirming_twice_at_once_sends_the_money_once(order, standin):
    tickets = list(Ticket.objects.all())
    decision = Decision(Decimal("20.00"), "Sorry")

    outcomes = at_once(
        *[lambda: cancellations.refund_at_desk(order, tickets=tickets, decision=decision, shown_left=Decimal("210.00"))]
        * 2
    )

    assert (AmountChanged in outcomes, Refund.objects.count(), len(standin.refunds)) == (True, 1, 1)


def test_a_failed_refund_asked_for_again_twice_at_once_is_sent_once(order, standin):
    standin.faults.add(method="POST", path="/v1/refunds", kind="status", status=402)
    cancellations.cancel_places(order, tickets=[Ticket.objects.first()], shown=ALL)
    failed = Refund.objects.get()

    outcomes = at_once(*[lambda: refunds.ask_again(failed)] * 2)

    assert (NotFailed in outcomes, Refund.objects.count(), len(standin.refunds)) == (True, 2, 1)
