"""One place moves once and one seat is taken once, whoever clicks at the same time, and nobody waits in a ring."""

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connections

from courses.models import Ticket
from courses.seats.places import Attendee, SoldOut
from orders.books import books
from orders.changes import additions, cancellations, credits, moves
from orders.changes.cancellations import AmountChanged
from orders.changes.moves import MayNotMove
from orders.models import Order, Payment
from orders.settling import settle
from tests.builders import make_practice, make_refund_tiers, make_workshop
from tests.orders.purchases import as_stripe_sees_it, buy, buyer, open_session, place

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
ALL = Decimal("105.00")


@pytest.fixture(autouse=True)
def _policy():
    make_practice()
    make_refund_tiers((14, 100))


def at_once(*works):
    def run(work):
        try:
            return work()
        except (AmountChanged, MayNotMove, SoldOut) as error:
            return type(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def move(order, to, shown=Decimal()):
    line = order.lines.get()
    ticket_type = to.ticket_types.get()
    return lambda: moves.move_place(moves.MoveWish(line, ticket_type, shown, uuid4()))


def problems():
    return list(books.findings()) + list(books.findings_at_stripe(Payment.objects.all()))


def booked():
    return sorted(Order.objects.filter(status=Order.Status.PAID).values_list("workshop", flat=True))


def test_two_tabs_move_the_place_once(standin):
    order, first, second = buy(standin, make_workshop()), make_workshop(), make_workshop()

    outcomes = at_once(move(order, first), move(order, second))

    assert (outcomes.count(MayNotMove), len(booked()), problems()) == (1, 1, [])


def test_without_the_locks_it_moves_twice(standin, monkeypatch):
    """The test above would notice."""
    order = buy(standin, make_workshop())
    both_have_looked = threading.Barrier(2, timeout=60)
    looks, available = threading.local(), credits.available

    def look_together(line):
        found = available(line)
        looks.count = getattr(looks, "count", 0) + 1
        if looks.count == 2:  # the last look before the money is taken
            both_have_looked.wait()
        return found

    def unlocked(order_ids, *, workshop_ids=()):
        return {each.pk: each for each in Order.objects.select_related("workshop")}

    monkeypatch.setattr(credits, "available", look_together)
    monkeypatch.setattr(moves, "lock_orders", unlocked)

    at_once(move(order, make_workshop()), move(order, make_workshop()))

    broken = {each.rule for each in problems()}
    assert (len(booked()), broken) == (2, {"a credit has two sides", "a paid order was paid"})


def test_a_move_and_a_cancellation_spend_the_money_once(standin):
    order, to = buy(standin, make_workshop()), make_workshop()
    tickets = [order.lines.get().ticket]

    at_once(move(order, to), lambda: cancellations.cancel_places(order, tickets=tickets, shown=ALL))

    sent = sum(each["amount"] for each in standin.refunds)
    assert (len(booked()), sent) in [(1, 0), (0, 10500)]
    assert problems() == []


def test_two_moves_to_the_last_place_seat_one(standin):
    last = make_workshop(capacity=1)
    orders = [buy(standin, make_workshop(), by=buyer(f"{name}@example.org")) for name in ("ada", "lea")]

    outcomes = at_once(*[move(order, last) for order in orders])

    assert (outcomes.count(SoldOut), Ticket.objects.occupying().filter(workshop=last).count()) == (1, 1)
    assert (len(booked()), problems()) == (2, [])


def test_moves_in_opposite_directions_do_not_wait_in_a_ring(standin):
    here, there = make_workshop(), make_workshop()
    one = [buy(standin, here, by=buyer(f"here{n}@example.org")) for n in range(3)]
    other = [buy(standin, there, by=buyer(f"there{n}@example.org")) for n in range(3)]

    at_once(*[move(order, there) for order in one], *[move(order, here) for order in other])

    assert (booked(), problems()) == (sorted([here.pk] * 3 + [there.pk] * 3), [])


def test_the_difference_is_paid_while_the_old_place_is_cancelled(standin):
    order = buy(standin, make_workshop())
    tickets = [order.lines.get().ticket]
    new = move(order, make_workshop(price="120.00"), Decimal("15.00"))()
    session_id = open_session(new)
    standin.pay(session_id)
    session = as_stripe_sees_it(session_id)

    at_once(
        lambda: settle.settle(session),
        lambda: settle.settle(session),
        lambda: cancellations.cancel_places(order, tickets=tickets, shown=ALL),
    )

    sent = sum(each["amount"] for each in standin.refunds)
    assert (len(booked()), sent) in [(1, 0), (0, 12000)]
    assert problems() == []


def added_to(order):
    who = Attendee("Lea Roth", "lea@example.org", "Europe/London")
    wanted = additions.Added(order.workshop.ticket_types.get(), who, uuid4())
    return lambda: additions.add_place(order, wanted)


def test_the_last_place_is_the_desks_or_the_publics(standin):
    """The desk adds a place to an order while others book: one of them has it, and what was paid stays paid."""
    workshop = make_workshop(capacity=2)
    order = buy(standin, workshop)
    others = [lambda number=number: place(workshop, by=buyer(f"{number}@example.org")) for number in range(3)]

    outcomes = at_once(added_to(order), *others)

    order.refresh_from_db()
    assert (outcomes.count(SoldOut), order.status, problems()) == (3, Order.Status.PAID, [])
    assert Ticket.objects.occupying().count() == 2


def test_two_at_the_desk_add_two_places_and_one_form_adds_one(standin):
    order = buy(standin, make_workshop())
    twice = added_to(order)

    outcomes = at_once(added_to(order), twice, twice)

    assert (len({each.pk for each in outcomes}), Order.objects.filter(added_to=order).count()) == (2, 2)
