"""Stripe refuses, hangs, stammers or hangs up: the visitor gets a calm page, and no order is left half done."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from courses.models import Workshop
from orders import stripe_api
from orders.changes import cancellations
from orders.models import Order, Payment, Refund
from orders.settling import reconcile
from tests.builders import make_cities, make_practice, make_terms, make_workshop
from tests.flows.visitor import Visitor
from tests.orders.purchases import buy, buyer, open_session, place

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 1.5  # seconds, in place of the real eight, where Stripe hangs
HANGS = 60  # seconds, unless the test lets go
FAULTS = {
    "answers 500": {"kind": "status", "status": 500},
    "answers 503": {"kind": "status", "status": 503},
    "answers 429": {"kind": "status", "status": 429},
    "answers 409": {"kind": "status", "status": 409},
    "is half a JSON": {"kind": "garbage"},
    "is an HTML page": {"kind": "garbage", "html": True},
    "hangs up at once": {"kind": "drop_before"},
    "does the work and hangs up": {"kind": "drop_after"},
    "hangs": {"kind": "slow", "seconds": HANGS},
}
each_fault = pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)


@pytest.fixture
def workshop(standin):
    make_practice()
    make_cities()
    make_terms()
    standin.webhooks.mode = "drop"
    return make_workshop(capacity=2)


@pytest.fixture
def site(sites, workshop, fault):
    with sites.serving(patience=PATIENCE if fault["kind"] == "slow" else 0) as running:
        yield running.url


@each_fault
def test_a_buyer_whom_stripe_fails_keeps_the_place_and_pays_a_moment_later(fault, site, workshop, standin):
    standin.faults.add(method="POST", path="/v1/checkout/sessions", **fault)
    noor = Visitor()

    began = time.monotonic()
    page = _book(noor, site, workshop)
    waited = time.monotonic() - began
    order = Order.objects.get()
    before = (page.status, page.url.partition("?")[0], order.status, workshop.places_left())
    _let_go(standin, "/v1/checkout/sessions")
    again = noor.submit(page, "Pay")

    assert before == (200, site + order.get_absolute_url(), Order.Status.PENDING, 1)
    assert waited < HANGS
    assert ("TEST PAYMENT" in again.text, Order.objects.count(), len(standin.sessions)) == (True, 1, 1)
    assert [each["method"] for each in standin.requests] == ["POST", "POST"]  # nobody tried on their own


def test_a_stripe_that_is_gone_is_a_calm_page(sites, workshop):
    with sites.serving(STRIPE_API_BASE="http://127.0.0.1:9") as gone:
        page = _book(Visitor(), gone.url, workshop)

    order = Order.objects.get()
    assert (page.status, order.status, order.payments.get().status) == (200, Order.Status.PENDING, Payment.Status.NEW)


@each_fault
def test_the_return_page_does_not_fail_with_stripe_and_books_when_it_is_back(fault, site, workshop, standin):
    order = place(workshop)
    standin.pay(open_session(order))
    standin.faults.add(method="GET", path="/v1/checkout/sessions/*", **fault)
    address = f"{site}{order.get_absolute_url()}return/"

    first = Visitor().get(address)
    order.refresh_from_db()
    before = order.status
    second = Visitor().get(address)

    order.refresh_from_db()
    assert (first.status, second.status) == (200, 200)
    assert (before, order.status) == (Order.Status.PENDING, Order.Status.PAID)


@each_fault
def test_a_place_is_given_back_only_when_stripe_has_closed_its_page(fault, site, workshop, standin):
    order = place(workshop)
    open_session(order)
    for method in ("POST", "GET"):
        standin.faults.add(method=method, path="/v1/checkout/sessions/*", **fault)
    noor = Visitor()

    page = noor.get(site + order.get_absolute_url())
    first = noor.submit(page, "Give the place back")
    order.refresh_from_db()
    before = order.status
    standin.faults.clear()
    second = noor.submit(first, "Give the place back")

    order.refresh_from_db()
    assert (first.status, second.status) == (200, 200)
    assert (before, order.status) == (Order.Status.PENDING, Order.Status.CANCELLED)
    assert [session["status"] for session in standin.sessions] == ["expired"]


@each_fault
def test_money_goes_back_once_however_stripe_fails_while_it_is_asked(fault, workshop, standin, monkeypatch):
    monkeypatch.setattr(stripe_api, "READ_SECONDS", PATIENCE)
    order = buy(standin, workshop)
    standin.faults.add(method="POST", path="/v1/refunds", **fault)
    ticket, decision = order.lines.get().ticket, cancellations.Decision(order.total, "Sorry")

    cancellations.cancel_at_desk(order, tickets=[ticket], shown=order.total, decision=decision)
    order.refresh_from_db()
    before = (order.status, Refund.objects.get().status)
    _let_go(standin, "/v1/refunds")
    reconcile.send_waiting_refunds()

    order.refresh_from_db()
    assert before == (Order.Status.CLOSED, Refund.Status.REQUESTED)
    assert (order.status, order.balance(), len(standin.refunds)) == (Order.Status.REFUNDED, 0, 1)


def test_nothing_is_locked_while_stripe_is_asked(sites, workshop, standin):
    standin.faults.add(method="POST", path="/v1/checkout/sessions", kind="slow", seconds=HANGS)

    with sites.serving(patience=HANGS) as patient, ThreadPoolExecutor(1) as pool:
        page = pool.submit(_book, Visitor(), patient.url, workshop)
        _wait_for(lambda: standin.sessions)
        place(workshop, by=buyer("ada@example.org"))
        _lock_everything()
        is_asking, transactions = not page.done(), _open_transactions()
        standin.faults.let_go()
        page.result()

    assert (is_asking, transactions) == (True, 0)
    assert workshop.places_left() == 0


def test_a_request_waits_ten_seconds_at_most_for_one_answer():
    assert stripe_api.CONNECT_SECONDS + stripe_api.READ_SECONDS <= 10


def _book(visitor, site, workshop):
    page = visitor.get(f"{site}/book/{workshop.slug}/")
    answers = {"name": "Noor", "email": "noor@example.org", "terms": "on", "action": "pay"}
    return visitor.submit(page, 'name="shown_total"', **answers)


def _let_go(standin, path):
    """Until Stripe is done with a request it refuses the same."""
    standin.faults.let_go()
    _wait_for(lambda: path in {each["path"] for each in standin.requests})


def _wait_for(fact, seconds=HANGS):
    ends = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < ends
        time.sleep(0.02)


def _lock_everything():
    """Raises OperationalError if another process holds one of the rows."""
    with transaction.atomic():
        for model in (Workshop, Order, Payment):
            list(model.objects.select_for_update(nowait=connection.features.has_select_for_update_nowait))


def _open_transactions():
    """Those of other processes that wait for something outside of the database."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in trans%'"
        )
        return cursor.fetchone()[0]
