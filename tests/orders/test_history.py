"""The desk reads what happened to an order on its page, and every entry in a list that nobody can change."""

import re
from html import unescape

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.audit import acting, record
from accounts.models import AuditEntry
from orders import locks
from orders.admin.history import history_of
from orders.changes import refunds
from orders.checkout import releasing
from orders.models import DiscountCode, Order
from orders.pricing import codes
from tests.builders import make_cities, make_discount, make_practice, make_terms, make_user, make_workshop
from tests.orders import purchases

pytestmark = pytest.mark.django_db
ENTRIES = "/admin/accounts/auditentry/"


@pytest.fixture
def workshop():
    make_practice()
    make_cities()
    make_terms()
    return make_workshop()


@pytest.fixture
def owner():
    return make_user("owner@example.org", is_staff=True, is_superuser=True)


@pytest.fixture
def desk(client, owner):
    client.force_login(owner)
    return client


def page_of(desk, order):
    return desk.get(f"/admin/orders/order/{order.pk}/change/").content.decode()


def read(page):
    """The rows of the order's history."""
    table = page.split('scope="col">Why</th>')[1].split("</table>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.S)
    return [[unescape(cell).strip() for cell in re.findall(r"<td>(.*?)</td>", row, re.S)] for row in rows]


def test_an_order_tells_what_happened_to_it_and_all_that_belongs_to_it_oldest_first(standin, workshop):
    code = codes.issue_code(discount=make_discount(), email="noor@example.org", percent=20)
    order = purchases.buy(standin, workshop, code=str(code))
    purchases.buy(standin, workshop)  # somebody else's is not shown
    refund = refunds.send_back(order.payments.get(), reason="A mistake.")

    payment, ticket = f"Payment 1 of order {order.number}", f"Ticket {order.lines.get().ticket_id}"
    assert [(entry.label, entry.after) for entry in history_of(order)] == [
        (f"Code {code.pk}", "issued"),
        (ticket, "held"),
        (f"Order {order.number}", "pending"),
        (f"Code {code.pk}", "reserved"),
        (payment, "new"),
        (payment, "open"),
        (payment, "paid"),
        (ticket, "confirmed"),
        (f"Code {code.pk}", "redeemed"),
        (f"Order {order.number}", "paid"),
        (f"Refund {refund.pk} of order {order.number}", "requested"),
    ]


def test_the_orders_page_shows_moment_change_who_and_why_in_the_practices_time(desk, owner, workshop):
    order = purchases.place(workshop)
    AuditEntry.objects.all().delete()
    with acting("the desk", user=owner):
        record(order, before="paid", after="closed", reason="She is <ill>.")
    AuditEntry.objects.update(at=timezone.datetime(2026, 7, 1, 9, 0, 5, tzinfo=timezone.get_fixed_timezone(0)))

    assert read(page_of(desk, order)) == [
        [
            "1 Jul 2026, 10:00:05",
            f"Order {order.number}",
            "paid → cancelled after booking",
            "the desk (owner@example.org)",
            "She is <ill>.",
        ]
    ]


def test_the_orders_page_asks_as_many_questions_for_many_entries_as_for_few(desk, owner, workshop):
    order = purchases.place(workshop)
    page_of(desk, order)  # what is found once for a process is found before

    with CaptureQueriesContext(connection) as few:
        page_of(desk, order)
    with acting("the desk", user=owner):
        for number in range(5):
            record(order, before="pending", after=f"x{number}")
    with CaptureQueriesContext(connection) as many:
        page = page_of(desk, order)

    assert (len(many), len(read(page))) == (len(few), 8)


def test_an_entry_is_found_by_the_orders_number_and_shows_its_facts(desk, workshop):
    order, _other = purchases.place(workshop), purchases.place(workshop)

    page = desk.get(ENTRIES, {"q": order.number}).content.decode()

    assert re.findall(r'<th class="field-label">.*?>([^<]+)</a>', page) == [
        f"Payment 1 of order {order.number}",
        f"Order {order.number}",
    ]
    assert re.findall(r'<td class="field-what_changed">([^<]+)<', page) == ["not at Stripe yet", "waiting for payment"]


def test_nobody_adds_changes_or_deletes_an_entry(desk, workshop):
    purchases.place(workshop)
    entry = AuditEntry.objects.first()
    before = list(AuditEntry.objects.values())

    answers = [
        desk.post(f"{ENTRIES}{path}", {"label": "Mine", "post": "yes"}).status_code
        for path in ("add/", f"{entry.pk}/change/", f"{entry.pk}/delete/")
    ]

    assert (answers, list(AuditEntry.objects.values())) == ([403, 403, 403], before)


def test_an_entry_of_a_status_that_is_no_longer_known_is_shown_as_it_was_written(workshop):
    order = purchases.place(workshop)

    record(order, before="waiting-room", after="paid")

    assert AuditEntry.objects.latest("pk").change == "waiting-room → paid"


@pytest.mark.django_db(transaction=True)
def test_a_code_that_was_used_before_tells_of_both_orders(standin, workshop):
    code = codes.issue_code(discount=make_discount(), email="noor@example.org", percent=20)
    first = purchases.place(workshop, code=str(code))
    with transaction.atomic():
        releasing.release_order(locks.locked_order(first.pk), Order.Status.LAPSED)
    second = purchases.place(workshop, code=str(code))

    of_code = [entry for entry in history_of(second) if entry.model == DiscountCode._meta.label_lower]
    assert [(entry.after, entry.reason) for entry in of_code] == [
        ("issued", ""),
        ("reserved", f"Order {first.number}"),
        ("issued", f"Order {first.number}"),
        ("reserved", f"Order {second.number}"),
    ]
