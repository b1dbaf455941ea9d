"""Stripe takes longer than we wait; the site runs as docs/running.md says: nobody else waits with the buyers."""

import re
import shlex
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.urls import reverse

from orders.settling import reconcile
from tests.builders import make_cities, make_practice, make_terms, make_workshop
from tests.flows.visitor import Visitor
from tests.orders.purchases import buyer, place
from tests.races.server import running_site

pytestmark = pytest.mark.django_db(transaction=True)
SESSIONS = "/v1/checkout/sessions"
BUYERS = 12
HANGS = 60  # seconds, unless the test lets go
PATIENT = ("--config", "tests/faults/patient_site.py")  # as long as the test takes, on a slow machine too


@pytest.fixture
def workshop(standin):
    make_practice()
    make_cities()
    make_terms()
    standin.webhooks.mode = "drop"
    return make_workshop(capacity=BUYERS)


def documented_options():
    """Gunicorn's, without the address."""
    line = re.search(r"ExecStart=\S+/bin/gunicorn practice_site.wsgi (.*)", _running())[1]
    options = shlex.split(re.sub(r"--bind \S+", "", line))
    return [*options, "--log-level", "error"]


def _running():
    return (settings.BASE_DIR / "docs/running.md").read_text()


def test_twelve_buyers_who_wait_for_stripe_keep_nobody_else_waiting(workshop, standin):
    orders = [place(workshop, by=buyer(f"noor{number}@example.org")) for number in range(BUYERS)]
    standin.faults.add(method="POST", path=SESSIONS, kind="slow", seconds=HANGS, times=BUYERS)

    with running_site([*documented_options(), *PATIENT]) as url, ThreadPoolExecutor(BUYERS) as pool:
        pages = [(noor := Visitor(), noor.get(url + order.get_absolute_url())) for order in orders]
        presses = [pool.submit(_press, *each) for each in pages]
        while len(standin.sessions) < BUYERS and not any(press.done() for press in presses):
            time.sleep(0.05)
        homes = [Visitor().get(f"{url}/").status for _ in range(6)]
        home_was_first = not any(press.done() for press in presses)
        standin.faults.let_go()
        statuses = {press.result() for press in presses}

    assert (homes, home_was_first, statuses) == ([200] * 6, True, {200})


def _press(visitor, page):
    return visitor.submit(page, "Pay").status


def test_after_three_silences_a_click_is_answered_at_once_and_the_worker_goes_on(client, workshop, standin):
    standin.faults.add(method="POST", path=SESSIONS, kind="drop_before", times=9)
    orders = [place(workshop, by=buyer(f"noor{number}@example.org")) for number in range(5)]

    pages = []
    for order in orders:
        client.post(reverse("orders:pay", args=[order.secret]))
        pages.append("Please try again in a moment." in client.get(order.get_absolute_url()).content.decode())
    asked_by_clicks = len(standin.requests)
    orders[0].payments.update(session_id="cs_test_1")
    reconcile.ask_about_open_attempts(at_once=True)

    assert (asked_by_clicks, pages) == (3, [True] * 5)
    assert len(standin.requests) == 4


def test_a_key_that_stripe_refuses_sends_no_buyer_away_unasked(client, workshop, standin):
    standin.faults.add(method="POST", path=SESSIONS, kind="status", status=403, times=9)

    for number in range(5):
        order = place(workshop, by=buyer(f"noor{number}@example.org"))
        client.post(reverse("orders:pay", args=[order.secret]))

    assert len(standin.requests) == 5
