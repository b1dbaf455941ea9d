import csv
from decimal import Decimal
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orders.models import Order, Payment, Refund
from orders.pricing import codes
from practice_site.groups import set_up_groups
from tests.builders import make_discount, make_practice, make_sale_terms, make_series, make_user, make_workshop
from tests.orders import series_purchases
from tests.orders.purchases import buy, buyer, place

pytestmark = pytest.mark.django_db(transaction=True)
SALES = "/admin/orders/order/sales/"


@pytest.fixture(autouse=True)
def desk(client):
    make_sale_terms(vat_rate=Decimal("20"))
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))


def table(client, **query):
    """The rows of the download, each by its columns; all of them, as its last line says."""
    response = client.get(SALES, query)
    assert (response.status_code, response["Content-Disposition"]) == (200, 'attachment; filename="sales.csv"')
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    *rows, end = csv.DictReader(StringIO(text))
    assert end["Order"] == f"End: {len(rows)} order{'' if len(rows) == 1 else 's'}"
    return rows


def test_an_order_is_a_line_with_all_that_a_bookkeeper_asks(client, standin):
    code = str(codes.issue_code(discount=make_discount(), email="noor@example.org", percent=20))
    order = buy(standin, make_workshop(), code=code)
    payment = order.payments.get()
    Payment.objects.update(fee=Decimal("1.46"))
    Refund.objects.create(payment=payment, amount=4, reason="Test.", status=Refund.Status.SUCCEEDED)
    Refund.objects.create(payment=payment, amount=80, reason="Test.", status=Refund.Status.FAILED)

    (row,) = table(client)

    assert (row["Order"], row["Buyer"], row["Email"]) == (order.number, "Noor Haddad", "noor@example.org")
    money = ["List price", "Discount", "VAT", "Total", "Paid", "Refunded", "Stripe's fee", "Net"]
    assert [row[name] for name in money] == ["105.00", "21.00", "14.00", "84.00", "84.00", "4.00", "1.46", "78.54"]
    assert (row["Discount rule"], row["Paid by"], row["Currency"], row["Documents"]) == (
        "First course",
        "Stripe",
        "GBP",
        "R-000001",
    )
    assert code not in str(row)
    assert (row["Workshop"], row["First day"], row["Places"]) == (
        order.workshop.title,
        str(order.workshop.session_list[0].day),
        "1",
    )


def test_fee_and_net_are_empty_until_stripe_has_told_the_fee(client, standin):
    buy(standin, make_workshop())
    Payment.objects.update(fee=None)

    (row,) = table(client)

    assert (row["Paid"], row["Stripe's fee"], row["Net"]) == ("105.00", "", "")


def test_what_went_back_with_its_fee_lost_is_a_net_below_nothing_and_still_a_number(client, standin):
    order = buy(standin, make_workshop())
    Payment.objects.update(fee=Decimal("1.78"))
    Refund.objects.create(payment=order.payments.get(), amount=105, reason="T.", status=Refund.Status.SUCCEEDED)

    assert table(client)[0]["Net"] == "-1.78"


def test_nothing_is_run_as_a_formula(client):
    place(make_workshop(), by=buyer(name='=HYPERLINK("http://evil.example")'))
    Order.objects.update(organisation="+44 Ltd", po_number="@SUM(A1)")

    (row,) = table(client)

    assert (row["Buyer"], row["Organisation"], row["Purchase order"]) == (
        '\'=HYPERLINK("http://evil.example")',
        "'+44 Ltd",
        "'@SUM(A1)",
    )


def test_the_download_follows_the_lists_filters_and_search(client):
    one, other = place(make_workshop()), place(make_workshop(), by=buyer("ada@example.org", "Ada Byron"))

    by_workshop = table(client, workshop__id__exact=one.workshop_id)
    by_name = table(client, q="Byron")

    assert ([row["Order"] for row in by_workshop], [row["Order"] for row in by_name]) == ([one.number], [other.number])


def test_days_are_the_practices(client):
    make_practice(time_zone="Australia/Sydney")
    order = place(make_workshop())
    Order.objects.filter(pk=order.pk).update(placed_at="2027-01-01T20:00Z")

    assert table(client)[0]["Placed on"] == "2027-01-02"


def test_a_series_is_a_line_with_its_name_and_its_first_day(client):
    series = make_series()
    order = series_purchases.place(series)

    (row,) = table(client)

    day = order.first_workshop.session_list[0].day
    assert (row["Workshop"], row["First day"], row["Places"]) == (series.title, str(day), "3")


def test_the_number_of_queries_does_not_grow_with_the_orders(client, standin):
    buy(standin, make_workshop(), 2, by=buyer("first@example.org"))
    table(client)

    with CaptureQueriesContext(connection) as for_one:
        one = table(client)
    buy(standin, make_workshop(), 2, by=buyer("second@example.org"))
    series_purchases.buy(standin, make_series(), by=buyer("third@example.org"))
    with CaptureQueriesContext(connection) as for_three:
        three = table(client)

    assert (len(one), len(three)) == (1, 3)
    assert len(for_one) == len(for_three)


def test_both_lists_offer_it_and_only_those_who_may_see_orders_get_it(client):
    order = place(make_workshop())
    page = client.get("/admin/orders/order/", {"status__exact": "pending"}).content.decode()
    assert f'href="{SALES}?status__exact=pending"' in page
    workshop = reverse("admin:courses_workshop_change", args=[order.workshop_id])
    assert f'href="{SALES}?workshop__id__exact={order.workshop_id}"' in client.get(workshop).content.decode()

    set_up_groups()
    statuses = []
    for group in ("Editors", "Organisers"):
        user = make_user(is_staff=True)
        user.groups.add(Group.objects.get(name=group))
        client.force_login(user)
        statuses.append(client.get(SALES).status_code)

    assert statuses == [403, 200]


def test_a_filter_that_makes_no_sense_leads_back_to_the_list(client):
    response = client.get(SALES, {"placed_at__gte": "x"})

    assert (response.status_code, response["Location"]) == (302, "/admin/orders/order/?e=1")
