"""What becomes of a series long after its sale, and in the books: its VAT, moves at the desk, a second try, its end."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from courses.models import Ticket
from orders import ended_sales
from orders.books import books
from orders.changes import cancellations, moves
from orders.changes.moves import MoveWish
from orders.documents import issuing
from orders.models import Document, Order
from orders.settling import settle
from tests.builders import (
    make_practice,
    make_refund_tiers,
    make_sale_terms,
    make_series,
    make_terms,
    make_workshop,
)
from tests.orders.purchases import as_stripe_sees_it, open_session
from tests.orders.series_purchases import buy, place

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _practice():
    make_practice()
    make_terms()
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100))


def in_days(days, **fields):
    return make_workshop(day=timezone.localdate() + timedelta(days=days), **fields)


def pay(standin, order):
    session_id = open_session(order)
    standin.pay(session_id)
    settle.settle(as_stripe_sees_it(session_id))
    return Order.objects.get(pk=order.pk)


def faults():
    issuing.issue_missing()
    return list(books.findings())


def test_each_part_keeps_its_own_vat_on_the_receipt_and_on_what_goes_back(standin):
    make_sale_terms(refund_free_days=0, vat_rate=Decimal("20"), vat_number="GB123456789")
    parts = [in_days(days) for days in (20, 30, 40)]
    for part, treatment in zip(parts, ("standard", "exempt", "zero"), strict=True):
        part.ticket_types.update(vat_treatment=treatment)

    order = buy(standin, make_series(*parts, price="250.01"))
    cancellations.cancel_places(order, tickets=order.tickets()[:1], shown=Decimal("250.01"))

    assert [line.vat for line in order.lines.all()] == [Decimal("13.89"), 0, 0]
    assert faults() == []
    papers = Document.objects.filter(kind=Document.Kind.CREDIT_NOTE)
    assert sum(paper.total for paper in papers) == Decimal("250.01")


def test_a_part_that_the_desk_moved_goes_back_with_its_own_order_and_the_rest_with_the_series(standin):
    order = buy(standin, make_series())
    line, to = order.lines.all()[1], in_days(100, price="150.00").ticket_types.get()
    quote = moves.quote_move(line, to)
    new = pay(standin, moves.move_at_desk(MoveWish(line, to, quote.difference, uuid4())))

    cancellations.cancel_places(order, tickets=order.tickets()[:1], shown=Decimal("180.00"))
    cancellations.cancel_places(new, tickets=new.tickets(), shown=Decimal("150.00"))

    assert (quote.difference, Ticket.objects.confirmed().count(), faults()) == (Decimal("60.00"), 0, [])


def test_a_page_that_expired_at_stripe_frees_all_and_may_be_opened_once_more(standin):
    order = place(make_series())
    session_id = open_session(order)
    standin.expire(session_id)
    settle.settle(as_stripe_sees_it(session_id))
    assert not Ticket.objects.occupying().exists()

    order = pay(standin, Order.objects.get(pk=order.pk))

    assert (order.status, Ticket.objects.confirmed().count(), faults()) == (Order.Status.PAID, 3, [])


def test_its_buyer_is_forgotten_six_years_after_the_last_of_its_workshops(standin):
    make_sale_terms(financial_year_ends=3)
    with time_machine.travel(datetime(2026, 5, 4, 12, tzinfo=UTC)):
        order = buy(standin, make_series(make_workshop(day=date(2026, 7, 1)), make_workshop(day=date(2027, 6, 1))))
        assert faults() == []

    ended = []
    for year in (2033, 2034):
        with time_machine.travel(datetime(year, 4, 2, 12, tzinfo=UTC)):
            ended.append(ended_sales.forget_ended_sales())

    order.refresh_from_db()
    assert (ended, order.buyer_email, list(books.findings())) == ([0, 1], "", [])
