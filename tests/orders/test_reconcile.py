from datetime import timedelta

import pytest
from django.utils import timezone

from courses.models import Ticket
from orders import codes, reconcile
from orders.models import DiscountCode, Order, Payment
from tests.builders import make_discount, make_practice, make_workshop
from tests.orders.purchases import open_session, place

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def later(time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)

    def move(**delta):
        time_machine.move_to(now + timedelta(**delta), tick=False)

    return move


@pytest.fixture
def order(standin, later):
    make_practice()
    standin.webhooks.mode = "drop"
    return place(make_workshop(capacity=1))


def state(order):
    order.refresh_from_db()
    return order.status, Ticket.objects.get().status


def test_a_payment_whose_webhook_was_lost_is_found(order, standin, later):
    standin.pay(open_session(order))
    later(minutes=3)

    reconcile.open_attempts()

    assert state(order) == (Order.Status.PAID, Ticket.Status.CONFIRMED)


def test_a_hold_that_ended_closes_the_payment_page_first(order, standin, later):
    session_id = open_session(order)
    later(minutes=46)

    closed = reconcile.ended_holds()

    [session] = standin.sessions
    assert (closed, state(order)) == (1, (Order.Status.LAPSED, Ticket.Status.LAPSED))
    assert (session["id"], session["status"]) == (session_id, "expired")


def test_money_beats_the_end_of_the_hold(order, standin, later):
    standin.pay(open_session(order))
    later(minutes=46)

    reconcile.ended_holds()

    assert state(order) == (Order.Status.PAID, Ticket.Status.CONFIRMED)


def test_a_hold_stays_while_stripe_cannot_be_asked(order, standin, later):
    open_session(order)
    for method in ("GET", "POST"):
        standin.faults.add(method=method, path="*", kind="status", status=500, times=9)
    later(minutes=46)

    closed = reconcile.ended_holds()

    order.refresh_from_db()
    assert (closed, order.status) == (0, Order.Status.PENDING)


def test_an_order_that_never_reached_stripe_ends_with_its_hold(order, later):
    later(minutes=46)

    reconcile.ended_holds()

    assert state(order) == (Order.Status.LAPSED, Ticket.Status.LAPSED)


def test_a_place_given_back_is_free_at_once_with_its_code(standin):
    make_practice()
    code = codes.issue_code(discount=make_discount(), email="noor@example.org", percent=20)
    order = place(make_workshop(capacity=1), code=str(code))
    open_session(order)

    is_closed = reconcile.give_back(order)

    code.refresh_from_db()
    assert (is_closed, state(order)) == (True, (Order.Status.CANCELLED, Ticket.Status.CANCELLED))
    assert (order.workshop.places_left(), code.status) == (1, DiscountCode.Status.ISSUED)
    assert standin.sessions[0]["status"] == "expired"


def test_a_place_that_was_paid_meanwhile_is_not_given_back(order, standin):
    standin.pay(open_session(order))

    reconcile.give_back(order)

    assert state(order) == (Order.Status.PAID, Ticket.Status.CONFIRMED)


def test_a_place_is_not_given_back_while_its_page_may_still_be_paid(order, standin):
    open_session(order)
    for method in ("GET", "POST"):
        standin.faults.add(method=method, path="*", kind="drop_before", times=9)

    is_closed = reconcile.give_back(order)

    assert (is_closed, state(order)) == (False, (Order.Status.PENDING, Ticket.Status.HELD))


def test_nothing_open_asks_stripe_nothing(order, standin):
    Payment.objects.all().delete()

    assert (reconcile.open_attempts(), reconcile.unsent_refunds(), standin.requests) == (0, 0, [])
