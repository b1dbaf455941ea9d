"""Stripe promises no order and no single delivery: every order of an order's events ends in one state and one mail.

Orders that begin alike share their beginning: further events are told in savepoints, from which the ways part. What the
site does after its commits is done at once. At each end everything is told once more, backwards, and changes nothing.
"""

from contextlib import contextmanager
from datetime import timedelta
from itertools import permutations
from typing import NamedTuple

import pytest
from django.db import transaction
from django.utils import timezone

from orders import events, settle
from orders.models import Order, Refund, StripeEvent
from orders.pricing import codes
from outbox.models import Message
from tests.builders import make_discount, make_practice, make_workshop
from tests.orders.purchases import as_stripe_sees_it, buyer, open_session, place

pytestmark = pytest.mark.django_db(transaction=True)
MOST_ROUNDS = 3
SHARED = 3  # so many events make one transaction: with all in one, PostgreSQL has a thousand savepoints to look through


class End(NamedTuple):
    """Where a story ends."""

    order: str
    payments: list[str]
    refunds: list[str]
    tickets: list[str]
    code: str
    mails: list[str]


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    return time_machine


@pytest.fixture
def order(standin, clock):
    """One place with a code."""
    make_practice()
    standin.webhooks.mode = "drop"
    code = codes.issue_code(discount=make_discount(), email="noor@example.org", percent=20)
    return place(make_workshop(capacity=1), code=str(code))


@pytest.fixture
def ends_of(order, django_capture_on_commit_callbacks):
    """Each end that a permutation of these events has, and how many have it."""

    def receive(event):
        with django_capture_on_commit_callbacks(execute=True):
            return events.receive(event)

    def tell(waiting):
        """In this order, and again what was not worked on, as Stripe does."""
        for _ in range(MOST_ROUNDS):
            waiting = [event for event in waiting if not receive(event)]
        assert (waiting, StripeEvent.objects.filter(done_at=None).count()) == ([], 0)
        return state_of(order)

    def ends_after(told, waiting, rest):
        """`told` are those before, `waiting` those of them that Stripe will tell again, `rest` those to come."""
        if not rest:
            with undone():
                once, twice = tell(waiting), tell(told[::-1])
                assert once == twice
                yield once
        for event in rest:
            with undone():
                is_done = receive(event)
                others = [each for each in rest if each is not event]
                yield from ends_after([*told, event], waiting if is_done else [*waiting, event], others)

    def ends_that_begin(begin, told):
        with undone():
            waiting = [event for event in begin if not receive(event)]
            yield from ends_after(begin, waiting, [event for event in told if event not in begin])

    def count(told):
        ends = [end for begin in permutations(told, SHARED) for end in ends_that_begin([*begin], told)]
        different = [end for number, end in enumerate(ends) if end not in ends[:number]]
        return [(end, ends.count(end)) for end in different]

    return count


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_a_payment_and_its_refund(order, standin, ends_of):
    session = standin.pay(open_session(order))
    refund = standin.refund_from_dashboard(session["payment_intent"])
    standin.refer_to_refund(refund["id"])
    told = told_by(
        standin,
        *("checkout.session.completed", "payment_intent.succeeded", "charge.succeeded"),
        *("refund.created", "refund.updated", "charge.refunded"),
    )

    ends = ends_of(told)

    words = mails(order, "confirmation", "refunded")
    assert ends == [(End("refunded", ["paid"], ["succeeded"], ["confirmed"], "issued", words), 720)]


def test_a_page_that_expired_and_a_bank_that_paid_on_the_next(order, standin, clock, ends_of):
    session_id = second_page(order, standin, clock)
    standin.pay(session_id, method="delayed")
    standin.settle_delayed(session_id)
    told = told_by(
        standin,
        *("checkout.session.expired", "checkout.session.completed", "checkout.session.async_payment_succeeded"),
        *("payment_intent.succeeded", "charge.succeeded"),
    )

    ends = ends_of(told)

    words = mails(order, "confirmation")
    assert ends == [(End("paid", ["expired", "paid"], [], ["confirmed"], "redeemed", words), 120)]


def test_a_page_that_expired_and_a_bank_that_refused_on_the_next(order, standin, clock, ends_of):
    session_id = second_page(order, standin, clock)
    standin.pay(session_id, method="delayed")
    standin.settle_delayed(session_id, succeeded=False)
    told = told_by(
        standin,
        *("checkout.session.expired", "checkout.session.completed", "checkout.session.async_payment_failed"),
        "payment_intent.payment_failed",
    )

    ends = ends_of(told)

    assert ends == [(End("lapsed", ["expired", "failed"], [], ["lapsed"], "issued", []), 24)]


def test_money_for_places_that_are_gone_and_a_refund_whose_answer_was_lost(order, standin, clock, ends_of):
    session_id = open_session(order)
    standin.pay(session_id)
    clock.move_to(timezone.now() + timedelta(minutes=46), tick=False)
    place(order.workshop, by=buyer("ada@example.org"))
    standin.faults.add(method="POST", path="/v1/refunds", kind="drop_after")
    settle.settle(as_stripe_sees_it(session_id))
    told = told_by(
        standin,
        *("checkout.session.completed", "payment_intent.succeeded", "charge.succeeded"),
        *("refund.created", "charge.refunded"),
    )

    ends = ends_of(told)

    words = mails(order, "refunded", "unseated", "unseated:practice")
    assert ends == [(End("refunded", ["paid"], ["succeeded"], ["lapsed"], "issued", words), 120)]


def test_a_refund_that_only_its_charge_tells_of_is_told_again_until_the_payment_is_known(order, standin):
    session = standin.pay(open_session(order))
    standin.refund_from_dashboard(session["payment_intent"])
    by_kind = {event["type"]: event for event in standin.events}
    completed, refunded = by_kind["checkout.session.completed"], by_kind["charge.refunded"]

    done = [events.receive(refunded), events.receive(completed), events.receive(refunded)]

    order.refresh_from_db()
    assert (done, order.status, order.balance()) == ([False, True, True], Order.Status.REFUNDED, 0)


def told_by(standin, *kinds):
    """The events of these kinds. There are no others, and one of each."""
    found = {event["type"]: event for event in standin.events}
    assert (sorted(found), len(standin.events)) == (sorted(kinds), len(kinds))
    return [found[kind] for kind in kinds]


def second_page(order, standin, clock):
    """The first one ended by itself."""
    open_session(order)
    clock.move_to(timezone.now() + timedelta(minutes=36), tick=False)
    second = open_session(order)
    assert [each["status"] for each in standin.sessions] == ["expired", "open"]
    return second


def mails(order, *facts):
    return [f"order:{order.pk}:{fact}" for fact in facts]


def state_of(order):
    order.refresh_from_db()
    lines = order.lines.order_by("pk")
    return End(
        order.status,
        list(order.payments.order_by("attempt").values_list("status", flat=True)),
        list(Refund.objects.filter(payment__order=order).values_list("status", flat=True)),
        list(lines.values_list("ticket__status", flat=True)),
        order.discount_code.status,
        list(Message.objects.order_by("key").values_list("key", flat=True)),
    )
