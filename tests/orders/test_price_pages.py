"""The first price that a visitor is shown is the one that is paid: workshop page, checkout, order, mail, Stripe."""

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.models import Workshop
from orders.models import GeneralCode, Order
from orders.pricing import codes
from orders.pricing.codes import UNKNOWN
from orders.pricing.prices import GROUP_IS_BETTER
from outbox.models import Message
from tests.builders import (
    at,
    make_discount,
    make_general_code,
    make_practice,
    make_sale_terms,
    make_terms,
    make_ticket,
    make_ticket_type,
    make_workshop,
)
from tests.markup import tidied
from tests.orders.purchases import buy, open_session, place
from tests.orders.test_views import answers, book, errors_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workshop():
    make_practice()
    make_terms()
    return make_workshop(capacity=8)


def places(workshop, count, **changes):
    kind = str(workshop.ticket_types.first().pk)
    more = {f"place{index}-ticket_type": kind for index in range(count)}
    people = {f"place{index}-name": f"Guest {index}" for index in range(1, count)}
    mails = {f"place{index}-email": f"guest{index}@example.org" for index in range(1, count)}
    return answers(workshop, places=str(count), **more, **people, **mails, **changes)


def sums(page):
    """The rows of the order box, as (name, amount)."""
    box = re.search(r'<dl class="total">(.*?)</dl>', page, re.S)[1]
    box = re.sub(r'\s*<span class="sr">.*?</span>', "", tidied(box), flags=re.S)  # whose, for those who do not see it
    rows = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", box, re.S)
    return [(unescape(name), amount) for name, amount in rows]


def read(client, workshop, query=""):
    return client.get(reverse("orders:book", args=[workshop.slug]) + query).content.decode()


# The group price ----------------------------------------------------------------


def test_the_price_box_says_from_how_many_places_a_group_pays_less(client, workshop):
    words = "From 3 places that stay booked: 10% off each full-price live place."
    before = client.get(workshop.get_absolute_url()).content.decode()
    Workshop.objects.update(group_places=3, group_percent=10)
    after = client.get(workshop.get_absolute_url()).content.decode()

    assert (words in before, words in after) == (False, True)


def test_a_group_that_finds_no_room_is_promised_nothing(client, workshop):
    Workshop.objects.update(group_places=3, group_percent=10, capacity=2)

    assert "From 3 places" not in client.get(workshop.get_absolute_url()).content.decode()


def test_the_checkout_reduces_each_place_as_soon_as_they_are_enough(client, workshop):
    Workshop.objects.update(group_places=3, group_percent=10)

    two, three = read(client, workshop, "?places=2"), read(client, workshop, "?places=3")
    url = reverse("orders:book", args=[workshop.slug])
    added = client.post(url, places(workshop, 2, action="add")).content.decode()
    removed = client.post(url, places(workshop, 3, action="remove")).content.decode()

    off = [("Full price", "£105.00"), ("Group price, 10% off", "−£10.50")]
    assert sums(two) == [("Full price", "£105.00")] * 2 + [("To pay", "£210.00")]
    assert sums(three) == off * 3 + [("To pay", "£283.50")]
    assert (sums(added), sums(removed)) == (sums(three), sums(two))


def test_a_group_price_is_the_same_on_checkout_order_mail_and_at_stripe(client, workshop, standin):
    Workshop.objects.update(group_places=2, group_percent=10)
    workshop.refresh_from_db()

    order = buy(standin, workshop, 2)

    off = [("Full price, Noor Haddad", "£105.00"), ("Group price, 10% off", "−£10.50")]
    assert sums(client.get(order.get_absolute_url()).content.decode()) == off * 2 + [("Paid", "£189.00")]
    mail = Message.objects.get(key__endswith=":confirmation")
    assert (mail.text.count("less £10.50"), "Group price, 10% off\nPaid: £189.00" in mail.text) == (2, True)
    assert standin.sessions[0]["amount_total"] == 18900


def test_a_group_price_that_changed_meanwhile_is_shown_before_it_is_paid(client, workshop, standin):
    Workshop.objects.update(group_places=2, group_percent=10)
    form = places(workshop, 2, shown_total="189.00")
    Workshop.objects.update(group_percent=5)

    response = client.post(reverse("orders:book", args=[workshop.slug]), form)

    assert response.status_code == 422
    assert "The price is not the one that you saw before" in errors_in(response)[0]
    assert (Order.objects.count(), 'name="shown_total" value="199.50"' in response.content.decode()) == (0, True)


def test_the_buyer_is_told_that_the_group_price_is_better_and_the_code_is_kept(client, workshop, standin):
    Workshop.objects.update(group_places=3, group_percent=10)
    own = codes.issue_code(discount=make_discount(), email="noor@example.org", percent=20)
    url = reverse("orders:book", args=[workshop.slug])

    seen = client.post(url, places(workshop, 3, action="update", code=str(own))).content.decode()
    client.post(url, places(workshop, 3, code=str(own), shown_total="283.50"))

    order, words = Order.objects.get(), "Group price, 10% off; your code gives no more and is kept"
    own.refresh_from_db()
    assert (GROUP_IS_BETTER in seen, "Code applied" in seen) == (True, False)
    assert sums(seen) == [("Full price", "£105.00"), (words, "−£10.50")] * 3 + [("To pay", "£283.50")]
    assert (order.discount_words, order.discount_code, own.status) == (words, None, "issued")


@pytest.mark.parametrize(("percent", "is_told"), [(20, True), (10, False)])
def test_a_code_that_makes_the_full_price_the_better_one_says_so(client, workshop, standin, percent, is_told):
    early = make_ticket_type(workshop, "Early bird", "89.00")
    own = codes.issue_code(discount=make_discount(), email="noor@example.org", percent=percent)
    form = places(workshop, 1, action="update", code=str(own)) | {"place0-ticket_type": early.pk}

    seen = client.post(reverse("orders:book", args=[workshop.slug]), form).content.decode()

    told = "With “Full price” it comes to £84.00: choose that ticket to use it."
    assert (told in seen, "choose that ticket" in seen) == (is_told, is_told)


# General codes --------------------------------------------------------------------


def test_a_general_code_is_shown_before_it_is_paid(client, workshop, standin):
    code = make_general_code("SPRING26", percent=10)

    seen = book(client, workshop, action="update", code="spring 26", terms="").content.decode()
    paid = book(client, workshop, code="Spring-26", shown_total="94.50")

    off = [("Full price", "£105.00"), ("10% off with SPRING26", "−£10.50"), ("To pay", "£94.50")]
    assert (sums(seen), "Code applied" in seen) == (off, True)
    order = Order.objects.get()
    assert (paid.status_code, order.total, order.general_code) == (303, Decimal("94.50"), code)
    assert standin.sessions[0]["amount_total"] == 9450


def test_a_code_needs_the_address_of_who_uses_it(client, workshop):
    make_general_code()

    response = book(client, workshop, action="update", code="SPRING26", email="")

    assert [each.strip() for each in errors_in(response)] == ["Fill in your email address, then apply the code again."]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": "AUTUMN26"}, UNKNOWN),
        ({"is_active": False}, "This code has ended."),
        ({"ends_at": at("2026-01-01 00:00"), "starts_at": at("2025-12-01 00:00")}, "This code ended on"),
        ({"starts_at": at("2099-01-01 00:00"), "ends_at": at("2099-02-01 00:00")}, "This code is not good yet."),
    ],
)
def test_a_code_that_cannot_be_used_says_why_and_the_price_stays(client, workshop, change, said):
    make_general_code()
    GeneralCode.objects.update(**change)

    response = book(client, workshop, code="SPRING26")

    assert response.status_code == 422
    assert said in unescape(errors_in(response)[0])
    assert (Order.objects.count(), sums(response.content.decode())[-1]) == (0, ("To pay", "£105.00"))


def test_the_last_use_lost_to_another_is_a_calm_answer(client, workshop):
    make_general_code(most_uses=1)
    place(workshop, code="SPRING26")
    Order.objects.update(status=Order.Status.PAID)

    response = book(client, workshop, email="ada@example.org", code="SPRING26", shown_total="94.50")

    assert "This code has been used as often as it can be." in errors_in(response)[0]
    assert (response.status_code, Order.objects.count()) == (422, 1)


@pytest.mark.parametrize("changes", [{"action": "update"}, {"terms": ""}])
@pytest.mark.parametrize("status", ["pending", "paid"])
def test_a_form_that_books_nothing_tells_nobody_who_has_used_a_code(client, workshop, status, changes, time_machine):
    time_machine.move_to(timezone.now(), tick=False)  # what is sealed in the page bears the second
    make_general_code()
    place(workshop, code="SPRING26")
    Order.objects.update(status=status)

    pages = [
        read_without_names(book(client, workshop, email=email, code="SPRING26", **changes))
        for email in ("noor@example.org", "ada@example.org")
    ]

    assert pages[0] == pages[1].replace("ada@", "noor@")


def test_pay_still_says_that_the_code_was_used(client, workshop):
    make_general_code()
    place(workshop, code="SPRING26")
    Order.objects.update(status=Order.Status.PAID)

    response = book(client, workshop, code="SPRING26", shown_total="94.50")

    assert (response.status_code, Order.objects.count()) == (422, 1)
    assert "You have used this code already." in errors_in(response)[0]


def read_without_names(response):
    """What differs from one visit to the next left out."""
    return re.sub(r'name="(key|csrfmiddlewaretoken)"\s+value="[^"]*"', "", response.content.decode())


# Nothing that is typed changes money ------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        {"shown_total": "-105.00"},
        {"shown_total": "1e309"},
        {"shown_total": "NaN"},
        {"shown_total": "Infinity"},
        {"shown_total": "１０５.00"},
        {"shown_total": "105.001"},
        {"shown_total": "0"},
        {"shown_total": "0", "code": "\ufdfa" * 60},
        {"code": "SPRING26\x00"},
        {"code": "x" * 5000},
        {"code": "%00"},
        {"places": "-3", "shown_total": "-315"},
        {"places": "9" * 400},
        {"places": "٣"},
        {"places": "1e3"},
        {"places": "2.5"},
        {"percent": "100", "discount": "105", "amount": "105", "price": "0", "total": "0", "general_code": "1"},
        {"place0-price": "0", "place0-discount": "105", "group_percent": "100", "group_places": "1"},
    ],
    ids=repr,
)
def test_whatever_is_posted_an_order_costs_its_price_or_is_not_made(client, workshop, typed, standin):
    make_general_code("OTHER", percent=100)

    response = book(client, workshop, **typed)

    assert response.status_code in {303, 422}
    assert set(Order.objects.values_list("total", "discount_words")) <= {(Decimal("105.00"), "")}
    assert {session["amount_total"] for session in standin.sessions} <= {10500}


# When an early bird ends --------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "last_day", "ends"),
    [
        ("Europe/London", "2027-01-15", "2027-01-16 00:00+00:00"),
        ("Europe/London", "2027-03-27", "2027-03-28 00:00+00:00"),  # the night before the clocks go forward
        ("Europe/London", "2027-03-28", "2027-03-28 23:00+00:00"),  # the day is 23 hours long
        ("Europe/London", "2027-10-30", "2027-10-30 23:00+00:00"),
        ("Europe/London", "2027-10-31", "2027-11-01 00:00+00:00"),  # the day is 25 hours long
        ("America/New_York", "2027-03-14", "2027-03-15 04:00+00:00"),
        ("Asia/Beirut", "2027-03-27", "2027-03-27 22:00+00:00"),  # the next day begins at one o'clock there
        ("Pacific/Auckland", "2027-04-04", "2027-04-04 12:00+00:00"),
        ("Asia/Kathmandu", "2027-01-15", "2027-01-15 18:15+00:00"),
    ],
)
def test_an_early_bird_is_sold_to_the_end_of_its_last_day_in_the_workshops_zone(zone, last_day, ends, time_machine):
    time_machine.move_to(at("2027-01-01 12:00"), tick=False)
    workshop = make_workshop(day=date(2027, 12, 10), time_zone=zone, price=None)
    early = make_ticket_type(workshop, "Early bird", "89.00", last_day=date.fromisoformat(last_day))
    end = at(ends)

    sold = []
    for moment in (end.timestamp() - 0.001, end.timestamp()):
        time_machine.move_to(moment, tick=False)
        sold.append(early.is_on_sale)

    assert (early.ends_at, sold) == (end, [True, False])


# One price everywhere -----------------------------------------------------------------


def test_the_price_on_the_list_is_the_price_on_the_page_the_checkout_and_at_stripe(client, workshop, standin):
    make_sale_terms(vat_rate=Decimal("20.0"))

    listed = client.get(reverse("courses:workshops")).content.decode()
    shown = client.get(workshop.get_absolute_url()).content.decode()
    asked = sums(read(client, workshop))
    order = place(workshop)
    open_session(order)

    assert (">£105<" in listed.replace(" ", ""), "<b>£105</b>" in shown) == (True, True)
    assert asked == [("Full price", "£105.00"), ("To pay", "£105.00")]
    assert (order.total, standin.sessions[0]["amount_total"]) == (Decimal("105.00"), 10500)


def test_a_free_place_from_the_desk_costs_nothing_and_is_no_order(workshop):
    ticket = make_ticket(workshop)

    assert (ticket.is_confirmed, Order.objects.count(), workshop.places_left()) == (True, 0, 7)
