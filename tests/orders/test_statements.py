"""How many statements the database is asked for one order: one place, paid by card, without a code.

Each step is a request. What begins and ends transactions is not counted, savepoints are.
"""

import re
from contextlib import contextmanager

import pytest
from django.db import connection

from kit.pages import kept
from orders.models import Order, Payment
from tests.builders import make_cities, make_practice, make_terms, make_workshop

pytestmark = pytest.mark.django_db(transaction=True)

STEPS = {"form": 2, "place": 15, "webhook": 18, "return": 1, "page": 2}
HIDDEN = re.compile(r'name="(key|shown_total|place0-ticket_type)"\s+value="([^"]*)"')


class Statements(dict):
    """By the name of a step."""

    @contextmanager
    def of(self, step):
        self[step] = 0

        def count(execute, sql, *rest):
            self[step] += not sql.startswith("BEGIN")
            return execute(sql, *rest)

        with connection.execute_wrapper(count):
            yield


def order_a_place(client, standin, workshop):
    """As a buyer does it, and Stripe tells it."""
    client.cookies.clear()
    asked, book = Statements(), f"/book/{workshop.slug}/"
    with asked.of("form"):
        form = client.get(book).content.decode()
    answers = {"name": "Noor", "email": "noor@example.org", "time_zone": "Europe/London", "terms": "on"}
    answers |= dict(HIDDEN.findall(form)) | {"place0-ticket_type": workshop.ticket_types.get().pk}
    with asked.of("place"):
        client.post(book, answers | {"action": "pay", "places": "1"})
    order, payment = Order.objects.latest("pk"), Payment.objects.latest("pk")
    standin.pay(payment.session_id)
    told = next(each for each in standin.events[::-1] if each["type"] == "checkout.session.completed")
    body, signature = standin.webhooks.signed(told["id"])
    with asked.of("webhook"):
        headers = {"Stripe-Signature": signature}
        client.post("/stripe/webhook/", body, content_type="application/json", headers=headers)
    with asked.of("return"):
        client.get(f"{order.get_absolute_url()}return/")
    with asked.of("page"):
        page = client.get(order.get_absolute_url()).content.decode()
    assert "You are booked, Noor." in page
    return asked


def test_an_order_asks_the_database_a_fixed_number_of_questions(client, standin, monkeypatch):
    monkeypatch.setattr(kept, "SECONDS", 600)  # however slow the machine is, what pages share is found
    make_practice()
    make_cities()
    make_terms()
    standin.webhooks.mode = "hold"
    workshop = make_workshop()
    order_a_place(client, standin, workshop)  # what is found once for a process, or for an issuer's numbers, is found

    asked = [order_a_place(client, standin, workshop) for _ in range(2)]

    assert asked == [STEPS] * 2
