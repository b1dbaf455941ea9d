"""Ten words from Stripe, the buyer's return and the reconciler at the same moment: one place, one mail."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from courses.models import Ticket
from orders.books import books
from orders.models import Order, Payment, Refund, StripeEvent
from orders.settling import reconcile
from outbox.models import Message
from tests.builders import make_practice, make_workshop
from tests.flows.visitor import Visitor
from tests.orders.histories import untold
from tests.orders.purchases import open_session, place
from tests.races.server import running_site

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
WORDS = 10


@pytest.fixture
def order(standin):
    make_practice()
    standin.webhooks.mode = "hold"
    return place(make_workshop(capacity=1))


def test_ten_webhooks_the_return_page_and_the_reconciler_together_book_once(order, standin):
    standin.pay(open_session(order))

    answers = _all_at_once(order, standin, "checkout.session.completed")

    order.refresh_from_db()
    assert answers == [200] * len(answers)
    assert (order.status, Ticket.objects.get().status) == (Order.Status.PAID, Ticket.Status.CONFIRMED)
    assert list(Message.objects.values_list("key", flat=True)) == [f"order:{order.pk}:confirmation"]
    assert (StripeEvent.objects.count(), Payment.objects.count(), list(books.findings())) == (1, 1, [])
    assert untold() == []


def test_late_money_that_ten_webhooks_tell_of_together_goes_back_once(order, standin):
    standin.pay(open_session(order))
    Ticket.objects.update(status=Ticket.Status.LAPSED)
    place(order.workshop)

    answers = _all_at_once(order, standin, "checkout.session.completed")

    order.refresh_from_db()
    assert answers == [200] * len(answers)
    assert (order.status, Refund.objects.count(), len(standin.refunds)) == (Order.Status.REFUNDED, 1, 1)
    assert sorted(Message.objects.values_list("key", flat=True)) == [
        f"order:{order.pk}:{fact}" for fact in ("refunded", "unseated", "unseated:practice")
    ]


def _all_at_once(order: Order, standin, kind: str) -> list[int | str]:
    """The answers of the site."""
    [event] = [each["id"] for each in standin.events if each["type"] == kind]
    with running_site() as site, ThreadPoolExecutor(WORDS + 2) as pool:
        standin.webhooks.url = f"{site}/stripe/webhook/"
        told = [pool.submit(standin.webhooks.deliver, event) for _ in range(WORDS)]
        seen = pool.submit(lambda: Visitor().get(f"{site}{order.get_absolute_url()}return/").status)
        asked = pool.submit(_reconcile)
        asked.result()
        return [each.result() for each in [*told, seen]]


def _reconcile() -> None:
    try:
        reconcile.ask_about_open_attempts(at_once=True)
        reconcile.decide_recorded_money()
    finally:
        connections.close_all()
