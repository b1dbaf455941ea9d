"""What a code made free: its code goes back as any other's, and it is nobody's first course."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from orders.books import books
from orders.changes import cancellations
from orders.models import DiscountCode, Order
from orders.pricing import codes
from orders.pricing.refund_policy import refund_for
from outbox.models import Message
from tests.builders import make_discount, make_general_code, make_refund_tiers, make_sale_terms, make_workshop
from tests.orders.purchases import buy

pytestmark = pytest.mark.django_db(transaction=True)
IN_TIME, TOO_LATE = 30, 9
FREE, HALF = 100, 50


@pytest.fixture(autouse=True)
def _terms(standin):
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100), (7, 50))


def on(days):
    return make_workshop(day=timezone.localdate() + timedelta(days=days))


def personal(percent):
    return codes.issue_code(discount=make_discount(), email="noor@example.org", percent=percent)


def cancel(order):
    tickets = order.tickets()
    shown = refund_for(order, cancellations.lines_to_cancel(order, tickets), timezone.now()).total
    cancellations.cancel_places(order, tickets=tickets, shown=shown)
    order.refresh_from_db()


@pytest.mark.parametrize("percent", [FREE, HALF])
@pytest.mark.parametrize(("days", "after"), [(IN_TIME, "issued"), (TOO_LATE, "redeemed")])
def test_a_personal_code_goes_back_when_its_place_was_cancelled_in_time(standin, percent, days, after):
    code = personal(percent)
    order = buy(standin, on(days), code=str(code))

    cancel(order)

    code.refresh_from_db()
    assert (order.total, code.status) == (Decimal(105 - 105 * percent / 100), after)
    assert list(books.findings()) == []


@pytest.mark.parametrize("percent", [FREE, HALF])
def test_the_one_use_of_a_general_code_goes_back_too(standin, percent):
    code = make_general_code("ONCE", percent=percent, most_uses=1)
    order = buy(standin, on(IN_TIME), code=code.code)

    cancel(order)
    again = buy(standin, on(IN_TIME), code=code.code)

    assert (again.general_code, again.status, list(books.findings())) == (code, Order.Status.PAID, [])


def test_the_page_of_a_free_order_promises_no_money_back(standin, client):
    order = buy(standin, on(IN_TIME), code=str(personal(FREE)))

    cancel(order)

    page = client.get(order.get_absolute_url()).content.decode()
    assert ("Nothing had been paid." in page, "on its way back" in page) == (True, False)
    assert not Message.objects.filter(key__endswith=":refunded").exists()


def test_a_free_place_is_not_the_first_course(standin):
    make_general_code("FREE", percent=FREE, most_uses=5)
    buy(standin, on(IN_TIME), code="FREE")
    code = personal(HALF)

    order = buy(standin, on(IN_TIME), code=str(code))

    assert (order.discount_code, DiscountCode.objects.get().status) == (code, DiscountCode.Status.REDEEMED)
