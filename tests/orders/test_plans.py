"""SQLite counts no rows: it takes an index for one that finds few, though nearly all rows have the value. What it would
read whole, perhaps for each row of another table, is asked of another index.
"""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter import due
from orders.books import balance_books
from orders.changes import refunds
from orders.documents import issuing, journal
from orders.models import Document, Order
from orders.settling import fees, workshop_cancellation

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite,  # PostgreSQL counts how many rows have a value
]
NO_REFUND, PAID, PAID_ORDERS = "(refund_id=?)", "payment_by_status", "COVERING INDEX order_by_status"
SINCE = timezone.now() - timedelta(days=30)


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda: Document.objects.filter(order=1).of_no_refund(), NO_REFUND),
        (lambda: issuing.with_reduced_invoice(Order.objects.all()), NO_REFUND),
        (lambda: journal.transfers_received(SINCE, timezone.now()), PAID),
        (balance_books.payments_of_another_amount, PAID),
        (lambda: [refunds.paid_by("pi_1")], PAID),
        (lambda: [fees.ask_for_unknown_fees()], PAID),
        (lambda: issuing.orders_without(since=SINCE), PAID),
        (lambda: [workshop_cancellation.follow_up()], PAID_ORDERS),
        (lambda: [due.ask_buyers_to_confirm()], "order_by_status"),
    ],
)
def test_what_nearly_all_rows_have_is_not_looked_for(ask, index):
    with CaptureQueriesContext(connection) as asked:
        list(ask())

    with connection.cursor() as cursor:
        plans = [cursor.execute(f"EXPLAIN QUERY PLAN {each['sql']}").fetchall() for each in asked.captured_queries]
    assert plans
    assert [row for plan in plans for row in plan if index in row[-1]] == []
