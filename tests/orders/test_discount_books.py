"""A discount and the words that the buyer was given say the same."""

from decimal import Decimal

import pytest

from orders.books import books
from orders.models import Order, OrderLine
from orders.pricing import codes
from tests.builders import make_discount, make_general_code, make_practice, make_ticket_type, make_workshop
from tests.orders.purchases import buyer, place

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _practice():
    make_practice()


def found():
    return [finding.words for finding in books.findings()]


def test_every_kind_of_discount_is_in_order():
    group = make_workshop(group_places=2, group_percent=15, price="33.33")
    own = codes.issue_code(discount=make_discount(), email="noor@example.org", percent=20)
    make_general_code("SPRING26", percent=7)
    make_general_code("TENOFF", amount="10.00")
    make_general_code("HUGE", amount="1234.50", full_price_only=False)

    place(group, 3)
    place(group, 3, code=str(own))
    place(group, code="SPRING26")
    place(group, code="TENOFF", ticket_types=[group.ticket_types.get(), make_ticket_type(group, "Concession", "9.00")])
    place(group, code="HUGE", by=buyer("ada@example.org"))

    assert (Order.objects.count(), found()) == (5, [])


def test_a_rest_that_was_waived_is_in_order():
    make_general_code("NEARLY", percent=99)

    place(make_workshop(price="20.00"), code="NEARLY")

    assert (Order.objects.get().total, found()) == (0, [])


def test_a_discount_without_words_is_found():
    place(make_workshop(group_places=2, group_percent=10), 2)
    Order.objects.update(discount_words="")

    assert found() == ["£21.00 is taken off, and its words are “”"]


def test_words_without_a_discount_are_found():
    place(make_workshop())
    Order.objects.update(discount_words="Group price, 10% off")

    assert found() == ["£0.00 is taken off, and its words are “Group price, 10% off”"]


def test_words_that_name_another_code_are_found():
    make_general_code("SPRING26")
    place(make_workshop(), code="SPRING26")
    Order.objects.update(discount_words="10% off with AUTUMN26")

    assert found() == ["its words do not name SPRING26"]


@pytest.mark.parametrize("words", ["11% off with SPRING26", "£10.00 off the booking with SPRING26"])
def test_words_of_another_amount_are_found(words):
    make_general_code("SPRING26")
    place(make_workshop(), code="SPRING26")
    Order.objects.update(discount_words=words)

    assert found() == [f"£10.50 is taken off, and its words are “{words}”"]


def test_a_line_that_was_changed_by_hand_is_found():
    place(make_workshop(group_places=2, group_percent=10), 2)
    OrderLine.objects.filter(pk=OrderLine.objects.first().pk).update(discount=Decimal("11.00"))
    Order.objects.update(total=Decimal("188.50"))

    assert found() == ["£21.50 is taken off, and its words are “Group price, 10% off”"]
