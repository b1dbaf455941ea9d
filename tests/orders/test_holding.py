"""How much one person or one network may hold without having paid for it."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from courses.seats.waiting import join_waiting_list
from orders.booking.booking_views import BEGUN
from orders.checkout import paying
from orders.checkout.holding import HeldByOnePerson, TooManyHeld
from orders.checkout.visitors import Visitor
from orders.models import Order
from orders.settling import reconcile
from tests.builders import make_series, make_terms, make_user, make_workshop
from tests.orders import series_purchases
from tests.orders.invoices import make_invoicing_practice
from tests.orders.purchases import buyer, place
from tests.orders.test_views import answers, errors_in
from tests.orders.test_views import book as book_one

pytestmark = pytest.mark.django_db(transaction=True)
PAYER = {"by": "invoice", "start": "on", "organisation": "Humber Care Trust", "organisation_address": "1 Dock Road"}


@pytest.fixture(autouse=True)
def _practice(settings):
    settings.TRUSTED_PROXY_COUNT = 1
    make_invoicing_practice()
    make_terms()


def book(client, workshop, count=1, *, at="192.0.2.1", **changes):
    """As many places as asked for, from this address, with the form that this browser was shown."""
    client.get(f"/book/{workshop.slug}/", headers={"X-Forwarded-For": at})
    form = answers(workshop, places=str(count), shown_total=f"{105 * count}.00") | changes
    for index in range(1, count):
        form |= {f"place{index}-{name}": form.get(f"place0-{name}", "") for name in ("ticket_type", "access_needs")}
        form |= {f"place{index}-name": f"Guest {index}", f"place{index}-email": f"guest{index}@example.org"}
    return client.post(f"/book/{workshop.slug}/", form, headers={"X-Forwarded-For": at})


class Cookieless(Client):
    """Keeps nothing that it is told to keep."""

    def request(self, **request):
        self.cookies.clear()
        return super().request(**request)


def held():
    return sum(order.lines.count() for order in Order.objects.all() if order.is_holding)


@pytest.mark.parametrize("payer", [{}, PAYER], ids=["card", "invoice"])
def test_one_visitor_does_not_take_all_places_of_the_catalogue(client, standin, payer):
    workshops = [make_workshop(capacity=4) for _ in range(7)]

    answered = [book(client, each, 4, **payer).status_code for each in workshops]

    assert (set(answered[1:]) <= {422, 429}, held() <= 6) == (True, True)


def test_a_third_unpaid_order_of_one_person_is_refused_and_keeps_what_was_typed(client, standin):
    first, second, third = (book(client, make_workshop(), at=f"192.0.2.{n}") for n in range(3))

    page = third.content.decode()
    assert (first.status_code, second.status_code, third.status_code, Order.objects.count()) == (303, 303, 429, 2)
    assert 'value="Noor Haddad"' in page
    assert "Pay for those, or give them back" in errors_in(third)[0]


def close_tab(client):
    """The form of this workshop opens empty, and the browser is the same."""
    del client.cookies[BEGUN]


def states():
    return list(Order.objects.order_by("pk").values_list("status", flat=True))


def test_who_closed_the_tab_twice_begins_anew_and_the_first_page_is_closed(client, standin):
    workshop = make_workshop()
    for _ in range(2):
        book(client, workshop)
        close_tab(client)

    third = book(client, workshop)

    assert (third.status_code, states()) == (303, ["cancelled", "pending", "pending"])
    assert [session["status"] for session in standin.sessions] == ["expired", "open", "open"]


def test_unpaid_orders_of_other_workshops_give_way_once_nobody_can_be_paying_them(client, standin):
    for _ in range(2):
        book(client, make_workshop())

    at_once = book(client, make_workshop())
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        later = book(client, make_workshop())
        left = states()

    assert (at_once.status_code, later.status_code, left) == (429, 303, ["cancelled", "pending", "pending"])


def test_what_was_paid_meanwhile_stays_and_is_not_counted(client, standin):
    standin.webhooks.mode = "drop"
    workshop = make_workshop()
    for _ in range(2):
        book(client, workshop)
        close_tab(client)
    standin.pay(standin.sessions[0]["id"])

    third = book(client, workshop)

    assert (third.status_code, states()) == (303, ["paid", "cancelled", "pending"])


@pytest.mark.parametrize("at", ["192.0.2.1", "198.51.100.7"], ids=["the same network", "another network"])
@pytest.mark.parametrize("other", [Client, Cookieless], ids=["browser", "program without cookies"])
def test_nobody_else_frees_the_places_of_an_address(client, standin, other, at):
    """Who knows the address may sit beside her."""
    workshop = make_workshop()
    for _ in range(2):
        book(client, workshop)
        close_tab(client)

    assert (book(other(), workshop, at=at).status_code, states()) == (429, ["pending", "pending"])


def test_two_programs_without_cookies_are_not_one_browser(standin):
    workshop = make_workshop()

    assert [book(Cookieless(), workshop).status_code for _ in range(3)] == [303, 303, 429]


def test_who_has_proven_the_address_begins_anew_on_another_device(client, standin):
    workshop = make_workshop()
    for _ in range(2):
        book(client, workshop)
        close_tab(client)
    phone = Client()
    phone.force_login(make_user("noor@example.org"))

    answered = book(phone, workshop, at="198.51.100.7")

    assert (answered.status_code, states()) == (303, ["cancelled", "pending", "pending"])


def test_a_place_that_people_wait_for_is_not_given_up(client, standin):
    workshop = make_workshop(capacity=2)
    for _ in range(2):
        book(client, workshop)
        close_tab(client)
    join_waiting_list(workshop=workshop, email="ada@example.org")

    assert (book(client, workshop).status_code, states()) == (429, ["pending", "pending"])


def test_where_stripe_does_not_answer_nothing_is_given_up(client, standin):
    workshop = make_workshop()
    for _ in range(2):
        book(client, workshop)
        close_tab(client)
    standin.faults.add(method="POST", path="/v1/checkout/sessions/*/expire", kind="status", status=503, times=9)

    assert (book(client, workshop).status_code, states()) == (429, ["pending", "pending"])


@pytest.mark.parametrize("email", ["noor+2@example.org", "NOOR@example.org"])
def test_other_spellings_of_one_mailbox_are_one_person(client, standin, email):
    for n in range(2):
        book(client, make_workshop(), at=f"192.0.2.{n}")

    assert book(client, make_workshop(), at="192.0.2.9", email=email).status_code == 429


def test_a_network_holds_twelve_places_whatever_the_addresses_and_half_of_ipv6_is_one(client, standin):
    answered = [
        book(client, make_workshop(capacity=9), 6, at=f"2001:db8:1:2::{n}", email=f"a{n}@example.org").status_code
        for n in range(3)
    ]
    elsewhere = book(Client(), make_workshop(), at="2001:db8:1:3::1", email="b@example.org")

    assert (answered, elsewhere.status_code) == ([303, 303, 429], 303)


@pytest.mark.parametrize(("visitor", "third"), [(Client, 429), (Cookieless, 303)], ids=["browser", "no cookies"])
def test_a_browser_holds_no_more_by_coming_from_other_networks(standin, visitor, third):
    one = visitor()

    answered = [
        book(one, make_workshop(capacity=9), 6, at=f"192.0.2.{n}", email=f"a{n}@example.org").status_code
        for n in range(3)
    ]

    assert answered == [303, 303, third]


def test_what_was_paid_given_back_or_has_ended_counts_no_more(client, standin):
    for n in range(2):
        book(client, make_workshop(), at=f"192.0.2.{n}")
    refused = book(client, make_workshop()).status_code
    reconcile.give_back(Order.objects.first())

    assert (refused, book(client, make_workshop()).status_code) == (429, 303)


def test_an_order_that_lapsed_is_not_taken_up_beside_as_many_as_may_be_held(client, standin):
    book(client, make_workshop())
    lapsed = Order.objects.get()
    with time_machine.travel(timezone.now() + timedelta(minutes=46)):
        reconcile.close_ended_holds()
        for _ in range(2):
            book(client, make_workshop())

        lapsed.refresh_from_db()
        with pytest.raises(paying.HoldEnded):
            paying.start_payment(lapsed)


def test_an_editor_is_not_bounded(standin):
    for _ in range(4):
        place(make_workshop())

    assert held() == 4


def test_invoices_hold_half_of_a_workshop_at_most(client):
    workshop = make_workshop(capacity=4)
    client.force_login(make_user("noor@example.org"))

    first = book(client, workshop, 2, **PAYER)
    second = book(client, workshop, 1, again="on", **PAYER)

    assert (first.status_code, second.status_code, held()) == (303, 422, 2)
    assert "You can pay by card, or write to us" in errors_in(second)[0]
    assert book(client, workshop, 1, again="on").status_code == 303


def test_a_workshop_for_one_can_be_booked_by_invoice(client):
    client.force_login(make_user("noor@example.org"))

    assert book(client, make_workshop(capacity=1), **PAYER).status_code == 303


def test_invoices_of_a_proven_address_are_bounded_too(client):
    client.force_login(make_user("noor@example.org"))

    answered = [book(client, make_workshop(capacity=12), 6, **PAYER).status_code for _ in range(3)]

    assert answered == [303, 303, 429]


def test_no_address_of_a_visitor_stands_in_a_row(client, standin):
    book(client, make_workshop())

    assert re.fullmatch(r"[0-9a-f]{64}", Order.objects.get().from_network)


def test_a_form_without_the_shown_total_is_asked_again(client):
    response = book_one(client, make_workshop(), shown_total="")

    assert (response.status_code, Order.objects.count()) == (422, 0)
    assert "The price is not the one that you saw before." in errors_in(response)[0]


def test_the_key_of_anothers_form_shows_nothing_of_the_order(client, standin):
    workshop = make_workshop()
    form = answers(workshop)
    client.post(f"/book/{workshop.slug}/", form)
    order = Order.objects.get()
    close_tab(client)

    response = client.post(f"/book/{workshop.slug}/", form | {"email": "stranger@example.org"})

    page = response.content.decode()
    assert (response.status_code, order.secret in page, order.number in page) == (422, False, False)
    assert order.secret not in str(response.cookies)


def test_a_series_counts_by_its_places_for_a_person_and_for_a_network(standin):
    series = make_series(*[make_workshop(capacity=9) for _ in range(6)])
    network = Visitor("192.0.2.1")
    for number in range(2):
        series_purchases.place(series, by=buyer(f"{number}@example.org"), visitor=network)

    with pytest.raises(TooManyHeld):  # twelve places are held from there
        place(make_workshop(), by=buyer("lea@example.org"), visitor=network)
    with pytest.raises(HeldByOnePerson):  # six by this address
        series_purchases.place(make_series(), by=buyer("0@example.org"), visitor=Visitor("192.0.2.2"))
