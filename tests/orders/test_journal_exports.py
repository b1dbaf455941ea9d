"""The journal of money as a file that the worker makes, some days at a time."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest

from orders.documents import journal, sales_exports
from orders.documents.sales_exports import ask_for_sales, make_sales_exports
from orders.models import Movement, SalesExport
from tests.builders import make_practice, make_user

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/admin/orders/order/exports/"
NOVEMBER = {"first_day": date(2026, 11, 1), "last_day": date(2026, 11, 30)}
JOURNAL = SalesExport.What.JOURNAL


@pytest.fixture(autouse=True)
def _owner(client):
    make_practice()
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))


def moved(number, moment, **fields):
    facts = {"kind": "payment", "amount": Decimal("105.00"), "fee": Decimal("1.78"), "currency": "GBP", "words": "=1+1"}
    return Movement.objects.create(transaction_id=f"txn_{number}", moved_at=moment, **facts | fields)


def downloaded(client, export):
    answer = client.get(f"{PAGE}{export.pk}/file/")
    assert answer["Content-Disposition"] == f'attachment; filename="journal-{export.first_day}-{export.last_day}.csv"'
    *rows, end = csv.DictReader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    return rows, end["Day"]


@pytest.mark.parametrize(("at_once", "parts"), [(31, 1), (30, 1), (29, 2), (7, 5)])
def test_every_line_stands_there_once_in_the_order_it_moved_and_the_end_says_that_it_is_whole(
    client, monkeypatch, at_once, parts
):
    monkeypatch.setattr(sales_exports, "DAYS_AT_ONCE", at_once)
    for number in (30, 1, 7, 8, 29):
        moved(number, datetime(2026, 11, number, 12, tzinfo=UTC))
    export = ask_for_sales(**NOVEMBER, user=None, what=JOURNAL)

    turns = (make_sales_exports(), make_sales_exports())

    rows, end = downloaded(client, export)
    assert (turns, end) == ((parts, 0), "End: 30 days")
    assert [row["Reference"] for row in rows] == [f"txn_{number}" for number in (1, 7, 8, 29, 30)]


def test_a_line_has_day_and_sums_and_no_formula_runs(client):
    moved(1, "2026-11-15T23:30Z", kind="other", amount=Decimal("-12.50"), fee=0)
    make_practice(time_zone="Australia/Sydney")
    export = ask_for_sales(**NOVEMBER, user=None, what=JOURNAL)
    make_sales_exports()

    [row], _ = downloaded(client, export)

    assert list(row) == journal.COLUMNS
    assert (row["Day"], row["Time"], row["What"], row["Through"]) == ("2026-11-16", "10:30", "other", "Stripe")
    assert (row["Amount"], row["Fee"], row["Net"], row["Stripe's words"]) == ("-12.50", "0.00", "-12.50", "'=1+1")


def test_both_ends_belong_to_it_in_the_practices_zone(client):
    make_practice(time_zone="Australia/Sydney")
    moments = ["2026-10-31T12:59Z", "2026-10-31T13:00Z", "2026-11-30T12:59Z", "2026-11-30T13:00Z"]
    for number, moment in enumerate(moments):
        moved(number, moment)
    export = ask_for_sales(**NOVEMBER, user=None, what=JOURNAL)
    make_sales_exports()

    rows, _ = downloaded(client, export)

    assert [row["Reference"] for row in rows] == ["txn_1", "txn_2"]


def test_a_worker_that_dies_between_two_parts_leaves_the_rest_to_the_next(client, monkeypatch):
    monkeypatch.setattr(sales_exports, "DAYS_AT_ONCE", 20)
    moved(1, "2026-11-02T12:00Z")
    moved(2, "2026-11-28T12:00Z")
    export = ask_for_sales(**NOVEMBER, user=None, what=JOURNAL)
    with monkeypatch.context() as broken:
        broken.setattr(journal, "ending", lambda days: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            make_sales_exports()
    export.refresh_from_db()
    before = (export.parts_made, export.orders_done, export.made_at)
    make_sales_exports()

    rows, _ = downloaded(client, export)
    assert (before, [row["Reference"] for row in rows]) == ((1, 20, None), ["txn_1", "txn_2"])


def test_sales_and_journal_of_the_same_days_are_two_files():
    sales = ask_for_sales(**NOVEMBER, user=None)
    money = ask_for_sales(**NOVEMBER, user=None, what=JOURNAL)

    assert (sales.filename, money.filename) == (
        "sales-2026-11-01-2026-11-30.csv",
        "journal-2026-11-01-2026-11-30.csv",
    )
    assert ask_for_sales(**NOVEMBER, user=None, what=JOURNAL) == money


@pytest.mark.parametrize(
    ("query", "first_day"), [("2026-02", date(2026, 2, 1)), ("9999-12", None), ("x", None), ("0000-00", None)]
)
def test_the_form_knows_the_month_one_comes_from(client, query, first_day):
    page = client.get(PAGE, {"what": "journal", "month": query})

    initial = page.context["form"].initial
    assert page.status_code == 200
    assert first_day in {None, initial["first_day"]}
    assert (initial["what"], '<option value="journal" selected>' in page.text) == ("journal", True)


def test_who_asks_for_a_journal_sees_its_days(client):
    data = {"what": "journal", "first_day": "2026-11-01", "last_day": "2026-11-30"}

    client.post(PAGE, data)
    page = client.get(PAGE).text
    make_sales_exports()

    assert (SalesExport.objects.get().what, "0 of 30 days" in page, "30 days" in client.get(PAGE).text) == (
        JOURNAL,
        True,
        True,
    )
