"""Sales of any number of days as a file that the worker makes, part by part."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.admin import sales_desk
from orders.documents import sales_csv, sales_exports
from orders.documents.sales_exports import TooManyUnderWay, ask_for_sales, make_sales_exports
from orders.models import Order, SalesExport, SalesExportPart
from tests.builders import make_practice, make_user, make_workshop
from tests.orders.purchases import buyer, place

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/admin/orders/order/exports/"
NOVEMBER = {"first_day": date(2026, 11, 1), "last_day": date(2026, 11, 30)}


@pytest.fixture(autouse=True)
def owner(client):
    make_practice()
    user = make_user("owner@example.org", is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def orders(count, day=15):
    workshop = make_workshop()
    made = [place(workshop, by=buyer(f"{number}@example.org")) for number in range(count)]
    for number, order in enumerate(made):
        placed_at = datetime(2026, 11, day, 10, number, tzinfo=UTC)
        Order.objects.filter(pk=order.pk).update(placed_at=placed_at)
    return made


def downloaded(client, export):
    answer = client.get(f"{PAGE}{export.pk}/file/")
    assert answer["Content-Disposition"] == f'attachment; filename="{export.filename}"'
    *rows, end = csv.DictReader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    return [row["Order"] for row in rows], end["Order"]


@pytest.mark.parametrize(("count", "at_once", "parts"), [(0, 2, 1), (1, 2, 1), (2, 2, 2), (5, 2, 3)])
def test_the_file_has_each_order_once_as_they_were_placed_and_says_that_it_is_whole(
    client, monkeypatch, count, at_once, parts
):
    monkeypatch.setattr(sales_exports, "AT_ONCE", at_once)
    made = orders(count)
    export = ask_for_sales(**NOVEMBER, user=None)

    turns = (make_sales_exports(), make_sales_exports())

    assert turns == (parts, 0)
    numbers = [order.number for order in made]
    assert downloaded(client, export) == (numbers, f"End: {count} order{'' if count == 1 else 's'}")


def test_orders_of_one_moment_are_none_left_out_between_two_parts(client, monkeypatch):
    monkeypatch.setattr(sales_exports, "AT_ONCE", 2)
    made = orders(5)
    Order.objects.update(placed_at=datetime(2026, 11, 15, 10, tzinfo=UTC))
    export = ask_for_sales(**NOVEMBER, user=None)

    make_sales_exports()

    assert downloaded(client, export)[0] == [order.number for order in made]


def test_a_worker_that_dies_between_two_parts_leaves_the_rest_to_the_next(client, monkeypatch):
    monkeypatch.setattr(sales_exports, "AT_ONCE", 2)
    made = orders(3)
    export = ask_for_sales(**NOVEMBER, user=None)
    with monkeypatch.context() as broken:
        broken.setattr(sales_csv, "ending", fail)
        with pytest.raises(RuntimeError, match="the last part"):
            make_sales_exports()
    export.refresh_from_db()
    before = (export.parts_made, export.orders_done, export.made_at, export.parts.count())
    make_sales_exports()

    assert before == (1, 2, None, 1)
    assert downloaded(client, export) == ([order.number for order in made], "End: 3 orders")


def fail(count):
    raise RuntimeError("the last part")


def test_no_transaction_is_open_while_a_part_is_written_and_of_two_workers_one_stores_it(client, monkeypatch):
    """On SQLite whoever has one open that writes keeps everybody else from it: bookings, and webhooks."""
    monkeypatch.setattr(sales_exports, "AT_ONCE", 2)
    made, open_ones, ending = orders(3), [], sales_csv.ending
    export = ask_for_sales(**NOVEMBER, user=None)

    def overtaken(count):
        open_ones.append(connection.in_atomic_block)
        if len(open_ones) == 1:
            assert sales_exports._make_part(export.pk) == 1  # the other worker
        return ending(count)

    monkeypatch.setattr(sales_csv, "ending", overtaken)

    assert make_sales_exports() == 1
    assert open_ones == [False, False]
    assert downloaded(client, export) == ([order.number for order in made], "End: 3 orders")


def test_the_days_are_the_practices_and_both_ends_belong_to_them(client):
    make_practice(time_zone="Australia/Sydney")
    moments = ["2026-10-31T12:59Z", "2026-10-31T13:00Z", "2026-11-30T12:59Z", "2026-11-30T13:00Z"]
    made = orders(4)
    for order, moment in zip(made, moments, strict=True):
        Order.objects.filter(pk=order.pk).update(placed_at=moment)
    export = ask_for_sales(**NOVEMBER, user=None)

    make_sales_exports()

    assert downloaded(client, export)[0] == [order.number for order in made[1:3]]


def test_nobody_gets_a_file_that_is_not_whole(client):
    export = ask_for_sales(**NOVEMBER, user=None)

    assert client.get(f"{PAGE}{export.pk}/file/").status_code == 404


def test_who_asks_sees_how_far_it_is_and_then_the_file(client, owner, monkeypatch):
    monkeypatch.setattr(sales_exports, "AT_ONCE", 2)
    orders(3)

    answer = client.post(PAGE, {"first_day": "2026-11-01", "last_day": "2026-11-30"}, follow=True)
    export = SalesExport.objects.get()
    sales_exports._make_part(export.pk)
    halfway = client.get(PAGE).text
    make_sales_exports()
    whole = client.get(PAGE).text

    assert [str(each) for each in answer.context["messages"]] == [sales_desk.ASKED]
    assert export.asked_by == owner
    look = "See how far it is now"
    assert ('<progress max="3" value="2"' in halfway, "2 of 3 orders" in halfway, look in halfway) == (True,) * 3
    assert (f'href="{PAGE}{export.pk}/file/"' in whole, "3 orders" in whole, look in whole) == (True, True, False)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (("2026-11-30", "2026-11-01"), "The last day is before the first."),
        (("", "2026-11-01"), "This field is required."),
        (("0026-11-01", "2026-11-01"), "Write the years with four digits, for example 2026."),
        (("2026-11-01", "9999-12-31"), "Write the years with four digits, for example 2026."),
    ],
)
def test_days_that_make_no_sense_are_shown_again(client, days, words):
    answer = client.post(PAGE, dict(zip(("first_day", "last_day"), days, strict=True)))

    assert (answer.status_code, words in answer.text, SalesExport.objects.count()) == (422, True, 0)


def test_the_same_days_are_made_once_and_only_so_many_at_a_time(client):
    first = ask_for_sales(**NOVEMBER, user=None)
    for day in range(2, 1 + sales_exports.MOST_UNDER_WAY):
        ask_for_sales(first_day=date(2026, 11, day), last_day=date(2026, 11, 30), user=None)

    assert ask_for_sales(**NOVEMBER, user=None) == first
    with pytest.raises(TooManyUnderWay):
        ask_for_sales(first_day=date(2026, 1, 1), last_day=date(2026, 11, 30), user=None)
    answer = client.post(PAGE, {"first_day": "2026-01-01", "last_day": "2026-11-30"}, follow=True)
    assert [str(each) for each in answer.context["messages"]] == [sales_desk.BUSY]


def test_a_file_is_deleted_after_two_days_with_all_its_parts():
    old, new = (ask_for_sales(first_day=date(2026, 11, day), last_day=date(2026, 11, 30), user=None) for day in (1, 2))
    make_sales_exports()
    SalesExport.objects.filter(pk=old.pk).update(asked_at=timezone.now() - timedelta(days=2, minutes=1))

    deleted = (sales_exports.delete_old_exports(), sales_exports.delete_old_exports())

    assert (deleted, SalesExport.objects.get(), SalesExportPart.objects.get().export) == ((1, 0), new, new)


def test_a_list_of_many_orders_is_no_answer_but_leads_to_the_page_where_files_are_made(client, monkeypatch):
    monkeypatch.setattr(sales_desk, "MOST_AT_ONCE", 2)
    orders(2)

    answer = client.get("/admin/orders/order/sales/", follow=True)

    assert answer.redirect_chain == [(PAGE, 302)]
    assert [str(each) for each in answer.context["messages"]] == [sales_desk.TOO_MANY]


def test_a_part_asks_as_much_for_three_orders_as_for_one():
    counts = []
    for number in (1, 3):
        orders(number, day=number)
        export = ask_for_sales(first_day=date(2026, 11, number), last_day=date(2026, 11, number), user=None)
        with CaptureQueriesContext(connection) as asked:
            sales_exports._make_part(export.pk)
        counts.append(len(asked))

    assert counts[0] == counts[1]
