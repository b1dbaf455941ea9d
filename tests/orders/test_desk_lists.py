"""Long lists of the desk: what a search finds, and that no page grows with what was sold and taught before."""

import re
from datetime import datetime, timedelta

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry
from courses.models import Ticket
from courses.workshop_filter import WorkshopFilter
from kit.desk import listed_lookups
from orders.admin import forms
from orders.models import Order
from tests.builders import make_practice, make_ticket, make_user, make_workshop
from tests.orders.purchases import buyer, place

pytestmark = pytest.mark.django_db(transaction=True)
ORDERS, TICKETS, AUDIT = "/admin/orders/order/", "/admin/courses/ticket/", "/admin/accounts/auditentry/"


@pytest.fixture(autouse=True)
def _desk(client, standin):
    make_practice()
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))


def found(client, path, **query):
    return [str(row) for row in client.get(path, query).context["cl"].result_list]


def test_an_order_is_found_by_words_of_its_people_or_by_how_its_number_begins(client):
    workshop = make_workshop()
    place(workshop, by=buyer("tom@example.org", name="Tom Selby"))
    ada = place(workshop, by=buyer("Ada.Byron@example.net", name="Ada Byron-King"))
    asked = ["byron", "Ada By", "king", "ada.byron@EXAMPLE.net", ada.number.lower(), ada.number[:7]]

    assert {query: found(client, ORDERS, q=query) for query in asked} == {query: [ada.number] for query in asked}
    assert (len(found(client, ORDERS, q="haddad")), found(client, ORDERS, q="Ada Selby")) == (2, [])


def test_words_that_stand_in_different_columns_find_an_order_together(client):
    order = place(make_workshop(), by=buyer("ada@example.net", name="Ada Byron"))

    assert found(client, ORDERS, q="Haddad ada@example.net") == [order.number]


def test_a_search_that_finds_too_many_says_that_it_shows_the_newest(client, monkeypatch):
    monkeypatch.setattr(listed_lookups, "MOST_FOUND", 2)
    workshop = make_workshop()
    orders = [place(workshop, by=buyer(f"{number}@example.org", name="Noor")) for number in range(3)]

    page = client.get(ORDERS, {"q": "noor"})

    assert [row.number for row in page.context["cl"].result_list] == [orders[2].number, orders[1].number]
    assert [str(each) for each in page.context["messages"]] == [listed_lookups.TOO_MANY]


def test_years_are_offered_from_the_first_row_to_the_last(client):
    for number, year in enumerate((2024, 2026)):
        order = place(make_workshop(), by=buyer(f"{number}@example.org"))
        Order.objects.filter(pk=order.pk).update(placed_at=timezone.now().replace(year=year, day=1))

    page = client.get(ORDERS).text

    assert [f"?placed_at__year={year}" in page for year in (2023, 2024, 2025, 2026)] == [False, True, True, True]


@pytest.fixture
def placed():
    """At midnight of the practice's clock, and a minute before; twice in one month, and in the next year."""
    moments = ["2025-01-31 23:59", "2025-06-30 22:59", "2025-06-30 23:00", "2025-07-02 09:00", "2026-01-01 00:00"]
    for number, moment in enumerate(moments):
        order = place(make_workshop(), by=buyer(f"{number}@example.org"))
        Order.objects.filter(pk=order.pk).update(placed_at=datetime.fromisoformat(f"{moment}Z"))


OFFERED = {"": [], "?placed_at__year=2025": [1, 6, 7], "?placed_at__year=2025&placed_at__month=7": [1, 2]}


@pytest.mark.parametrize("query", OFFERED)
@pytest.mark.parametrize("most", [1, 1_000], ids=["many rows", "few"])
def test_months_and_days_are_offered_that_have_rows(client, monkeypatch, placed, query, most):
    monkeypatch.setattr(listed_lookups, "MOST_FOUND", most)

    page = client.get(ORDERS + query).text

    offered = re.findall(r'placed_at__(?:day|month)=(\d+)[^"]*">\s*(?:\d+ )?(?:January|June|July)', page)
    assert [int(number) for number in offered] == OFFERED[query]


@pytest.mark.parametrize("query", OFFERED)
def test_what_days_a_long_list_has_is_asked_of_an_index(client, monkeypatch, placed, query):
    monkeypatch.setattr(listed_lookups, "MOST_FOUND", 1)

    with CaptureQueriesContext(connection) as asked:
        client.get(ORDERS + query)

    of_days = [each["sql"] for each in asked if "placed_at" in each["sql"].partition("FROM")[0]]
    assert [sql for sql in of_days if "DISTINCT" in sql or ("MIN(" in sql and "MAX(" in sql)] == []


def test_the_box_before_a_row_is_djangos():
    desk, order = admin.site._registry[Order], Order(pk=7, number='<W>&"1"')

    assert desk.action_checkbox(order) == ModelAdmin.action_checkbox(desk, order)


@pytest.mark.parametrize(("query", "kept"), [("", ""), ("?q=noor+h&p=1", "?_changelist_filters=q%3Dnoor%2Bh%26p%3D1")])
def test_a_row_leads_to_its_page_and_from_there_back_to_what_was_asked(client, query, kept):
    order = place(make_workshop(), by=buyer("noor@example.org", name="Noor Haddad"))

    page = client.get(ORDERS + query).text

    assert re.findall(r'<a href="([^"]+/change/[^"]*)"', page) == [f"{ORDERS}{order.pk}/change/{kept}"]


def test_the_filter_by_workshop_offers_the_newest_and_the_chosen_one(client, monkeypatch):
    monkeypatch.setattr(WorkshopFilter, "SHOWN", 2)
    oldest, *newer = (make_ticket(make_workshop()).workshop for _ in range(4))

    offered = [
        {each.pk for each in [oldest, *newer] if f"workshop__id__exact={each.pk}" in client.get(TICKETS, query).text}
        for query in ({}, {"workshop__id__exact": oldest.pk})
    ]

    assert offered == [{each.pk for each in newer[1:]}, {each.pk for each in (oldest, *newer[1:])}]
    assert len(found(client, TICKETS, workshop__id__exact=oldest.pk)) == 1


def test_the_actors_of_the_audit_are_each_offered_once(client):
    for actor in ("the buyer", "Stripe", "the buyer", "the desk"):
        AuditEntry.objects.create(model="orders.order", object_id=1, label="Order 1", actor=actor, after="paid")

    page = client.get(AUDIT).text

    assert [page.count(f"?actor={actor}") for actor in ("Stripe", "the+buyer", "the+desk")] == [1, 1, 1]
    assert len(found(client, AUDIT, actor="the buyer")) == 2


def test_the_form_of_a_free_place_offers_the_types_of_the_newest_workshops_or_of_the_chosen_one(client, monkeypatch):
    monkeypatch.setattr(forms, "MOST_WORKSHOPS", 1)
    older, newer = make_workshop(), make_workshop()
    typed = {"ticket_type": older.ticket_types.get().pk, "attendee_name": "Noor", "attendee_email": "noor@example.org"}

    offered = [
        [each for each in (older, newer) if f"{each.slug}: Full price" in client.get(f"{TICKETS}add/", query).text]
        for query in ({}, {"workshop": older.pk})
    ]
    answer = client.post(f"{TICKETS}add/", {**typed, "workshop": older.pk, "attendee_time_zone": "Europe/London"})

    assert offered == [[newer], [older]]
    assert (answer.status_code, older.tickets.count()) == (302, 1)


def test_dates_of_this_week_are_still_a_filter(client):
    order = place(make_workshop())
    Order.objects.update(placed_at=timezone.now() - timedelta(days=1))

    week = (timezone.now() - timedelta(days=7)).isoformat()

    assert found(client, ORDERS, placed_at__gte=week) == [order.number]


def test_the_list_of_orders_says_for_whom_each_is_with_as_many_questions_for_many(client):
    def asked():
        with CaptureQueriesContext(connection) as seen:
            told = re.findall(r'field-for_whom">([^<]+)<', client.get(ORDERS).text)
        return told, len(seen)

    def order_for(*names):
        order = place(make_workshop(), count=len(names))
        for line, name in zip(order.lines.all(), names, strict=True):
            Ticket.objects.filter(pk=line.ticket_id).update(attendee_name=name)

    order_for("Noor Haddad")
    client.get(ORDERS)
    first, questions = asked()
    order_for("Ivo Brandt", "Zoe Lind", "Ann Byrne")

    assert first == ["Noor Haddad"]
    assert asked() == (["Ivo Brandt and 2 more", "Noor Haddad"], questions)
