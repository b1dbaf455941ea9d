"""Stripe promises no order and no single delivery: every order of an order's events ends in one state and one mail.

What comes next depends on the rows and on what was told, not on the way there. So ways that have met are walked once,
and with that all orders are tried. What the site does after its commits is done at once. Told again, at any moment,
an event that is done changes nothing.
"""

from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from courses.models import Ticket
from orders.changes import cancellations, moves
from orders.changes.moves import MoveWish
from orders.models import DiscountCode, Document, Order, OrderLine, Payment, Refund
from orders.pricing import codes
from orders.settling import events, settle
from outbox.models import Message
from tests.builders import make_discount, make_practice, make_refund_tiers, make_workshop
from tests.orders.purchases import as_stripe_sees_it, buy, buyer, open_session, place

pytestmark = pytest.mark.django_db(transaction=True)
READ_AGAIN = [Order, OrderLine, DiscountCode, Payment, Refund, Document, Ticket, Message]
DIFFERS = {"id", "key", "series", "refund", "secret"}


class End(NamedTuple):
    """Where a story ends."""

    order: str
    payments: list[str]
    refunds: list[str]
    tickets: list[str]
    code: str
    documents: list[str]
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
    """Each end that these events can have, in whatever order they are told."""

    def receive(name):
        with django_capture_on_commit_callbacks(execute=True):
            return events.receive(told[name])

    def walk(done, waiting, new):
        """From here on, whichever is told next. Those that wait came too early, and Stripe tells them again."""
        here = (frozenset(waiting), frozenset(new), rows())
        if here in walked:
            return
        walked.add(here)
        with undone():
            assert [receive(name) for name in done] == [True] * len(done)
            assert rows() == here[-1]
        if not (waiting or new):
            ends.extend(state_of(each) for each in of)
            return
        helped = [step(name, done, waiting, new) for name in waiting + new]
        assert any(helped) or new, "nothing helps those that wait"

    def step(name, done, waiting, new):
        waiting, new = ([each for each in names if each != name] for names in (waiting, new))
        with undone():
            is_done = receive(name)
            walk([*done, name], waiting, new) if is_done else walk(done, [*waiting, name], new)
        return is_done

    told, walked, ends, of = {}, set(), [], []

    def all_ends(all_told, *orders):
        of.extend(orders or [order])
        told.update((event["id"], event) for event in all_told)
        walk([], [], list(told))
        return [end for number, end in enumerate(ends) if end not in ends[:number]]

    return all_ends


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rows():
    """What was written and is read again, but for what differs by the way alone: new rows' keys, random secrets."""
    return tuple(
        (model.__name__, *map(str, values))
        for model in READ_AGAIN
        for fields in [[each.attname for each in model._meta.concrete_fields if each.name not in DIFFERS]]
        for values in model.objects.order_by("pk").values_list(*fields)
    )


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
    assert ends == [End("refunded", ["paid"], ["succeeded"], ["confirmed"], "issued", ["C-000001", "R-000001"], words)]


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
    assert ends == [End("paid", ["expired", "paid"], [], ["confirmed"], "redeemed", ["R-000001"], words)]


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

    words = [f"payment:{order.payments.get(session_id=session_id).pk}:refused"]
    assert ends == [End("lapsed", ["expired", "failed"], [], ["lapsed"], "issued", [], words)]


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
    assert ends == [End("refunded", ["paid"], ["succeeded"], ["lapsed"], "issued", [], words)]


def test_a_refund_of_moved_money_that_failed_and_one_of_the_dashboard_for_all_of_it(standin, clock, ends_of):
    """The failed one is learned of first, whatever is told first: its money was there for the other."""
    make_practice()
    make_refund_tiers((14, 100))
    old = buy(standin, make_workshop(price="105.00"), 2)
    to = make_workshop(price="105.00").ticket_types.get()
    new = moves.move_place(MoveWish(old.lines.first(), to, Decimal(), uuid4()), at_desk=False)
    cancellations.cancel_places(new, tickets=new.tickets(), shown=Decimal("105.00"))
    standin.fail_refund(standin.refunds[0]["id"])
    standin.refund_from_dashboard(standin.sessions[0]["payment_intent"])
    told = [event for event in standin.events if event["type"].startswith(("refund.", "charge.refunded"))]

    ends = ends_of(told, old, new)

    assert len(told) == len({event["id"] for event in told}) == 6
    assert [(end.order, end.refunds) for end in ends] == [
        ("refunded", ["succeeded", "succeeded"]),
        ("refunded", ["succeeded", "replaced"]),
    ]


def test_a_refund_that_only_its_charge_tells_of_is_told_again_until_the_payment_is_known(order, standin):
    session = standin.pay(open_session(order))
    standin.refund_from_dashboard(session["payment_intent"])
    by_kind = {event["type"]: event for event in standin.events}
    completed, refunded = by_kind["checkout.session.completed"], by_kind["charge.refunded"]

    done = [events.receive(refunded), events.receive(completed), events.receive(refunded)]

    order.refresh_from_db()
    assert (done, order.status, order.balance()) == ([False, True, True], Order.Status.REFUNDED, 0)


def test_the_walk_finds_an_event_that_must_come_last(order, standin, ends_of, monkeypatch):
    session = standin.pay(open_session(order))
    standin.refund_from_dashboard(session["payment_intent"])
    monkeypatch.setattr(events, "_wait_for_payment", lambda intent_id: None)  # too early is lost, then

    ends = ends_of([event for event in standin.events if event["type"] in events.HANDLED])

    assert sorted(end.order for end in ends) == ["paid", "refunded"]


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
        order.discount_code.status if order.discount_code else "",
        list(order.documents.order_by("number").values_list("number", flat=True)),
        list(Message.objects.order_by("key").values_list("key", flat=True)),
    )
