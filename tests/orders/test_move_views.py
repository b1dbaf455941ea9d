import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.models import Ticket
from orders.models import Order, Payment, Refund
from outbox.models import Message
from tests.builders import make_refund_tiers, make_sale_terms, make_user, make_workshop
from tests.markup import words_of
from tests.orders.purchases import buy, buyer, open_session, place

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workshop():
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100), (7, 50))
    return make_workshop()


@pytest.fixture
def order(standin, workshop):
    return buy(standin, workshop)


def url(order, query=""):
    return reverse("orders:move_place", args=[order.secret, order.lines.first().pk]) + query


def chosen(workshop):
    return f"?to={workshop.ticket_types.get().pk}"


def press(client, order, to, **changes):
    """The button on the page that shows the difference."""
    page = client.get(url(order, chosen(to))).content.decode()
    fields = dict(re.findall(r'name="(to|shown|key)" value="([^"]*)"', page))
    return client.post(url(order), fields | changes)


def snapshot():
    return [list(model.objects.order_by("pk").values()) for model in (Order, Ticket, Payment, Refund, Message)]


def test_the_place_leads_to_what_can_be_booked_with_the_difference_of_each(client, order, workshop):
    make_workshop(course=workshop.course, day=timezone.localdate() + timedelta(days=60))
    make_workshop(price="120.00")
    make_workshop(price="80.00")
    before = snapshot()

    response = client.get(url(order))

    assert f'href="{url(order)}"' in client.get(order.get_absolute_url()).content.decode()
    assert re.findall(r"Choose: (.*?) \(", words_of(response)) == [
        "nothing to pay",
        "£15.00 to pay",
        "£25.00 comes back",
    ]
    assert set(response["Cache-Control"].split(", ")) == {"private", "no-store"}
    assert snapshot() == before


def test_the_exact_difference_is_shown_before_anything_happens(client, order):
    before = snapshot()

    page = words_of(client.get(url(order, chosen(make_workshop(price="80.00")))))

    assert "Full price £80.00 Paid already −£105.00 Comes back £25.00" in page
    assert ("Move it and get £25.00 back" in page, snapshot()) == (True, before)


def test_the_button_moves_the_place_and_both_orders_tell_it(client, order, standin):
    to = make_workshop(price="80.00")

    response = press(client, order, to)

    new = Order.objects.get(moved_from__order=order)
    old_page, new_page = words_of(client.get(order.get_absolute_url())), words_of(client.get(new.get_absolute_url()))
    assert (response.status_code, response["Location"]) == (303, f"{new.get_absolute_url()}?done=moved")
    assert "Your place has moved." in old_page
    assert f"£80.00 for Noor Haddad. It went along to order {new.number}." in old_page
    assert "£25.00 for Noor Haddad. It was sent back to your card" in old_page
    assert "You are booked, Noor Haddad." in new_page
    assert f"Paid £80.00 of that with order {order.number} £80.00" in new_page


def test_the_list_of_bookings_calls_it_moved(client, order):
    press(client, order, make_workshop())
    client.force_login(make_user("noor@example.org"))

    page = words_of(client.get(reverse("orders:bookings")))

    assert (page.count("Moved"), page.count("Paid")) == (1, 1)


def test_a_second_click_moves_nothing_more(client, order):
    to = make_workshop()
    page = client.get(url(order, chosen(to))).content.decode()
    fields = dict(re.findall(r'name="(to|shown|key)" value="([^"]*)"', page))

    first = client.post(url(order), fields)
    before = snapshot()
    second = client.post(url(order), fields)

    assert (first.status_code, second.status_code, snapshot()) == (303, 303, before)


def test_the_key_of_anothers_order_leads_to_no_order_but_ones_own(client, order, workshop):
    anothers = place(workshop, by=buyer("ada@example.org"))
    to = make_workshop()

    response = press(client, order, to, key=str(anothers.key))

    new = Order.objects.get(moved_from__order=order)
    assert (response.status_code, response["Location"].partition("?")[0]) == (303, new.get_absolute_url())


@pytest.mark.parametrize("shown", ["-24.00", "0", "", "NaN", "sNaN", "abc", "\x00", "1e999999"])
def test_any_other_amount_shows_the_true_one_first(client, order, shown):
    to = make_workshop(price="80.00")
    before = snapshot()

    response = press(client, order, to, shown=shown)

    assert (response.status_code, snapshot()) == (422, before)
    assert 'name="shown" value="-25.00"' in response.content.decode()


@pytest.mark.parametrize("to", ["0", "abc", "\x00", "9" * 40])
def test_a_workshop_that_is_not_to_be_had_shows_the_others(client, order, to):
    make_workshop()

    response = client.get(url(order), {"to": to})

    assert (response.status_code, words_of(response).count("Choose:")) == (422, 1)


def test_a_key_that_is_none_still_moves_once(client, order):
    to = make_workshop()

    response = press(client, order, to, key="nonsense")

    assert (response.status_code, Order.objects.filter(moved_from__order=order).count()) == (303, 1)


def test_a_dearer_workshop_leads_to_stripe_and_the_old_place_stays_meanwhile(client, order):
    to = make_workshop(price="120.00")

    response = press(client, order, to)

    new = Order.objects.get(moved_from__order=order)
    page = words_of(client.get(new.get_absolute_url()))
    assert (response.status_code, response["Location"]) == (303, new.payments.get().session_url)
    assert "The new place is held. It is yours when the difference of £15.00 is paid. Until then the place on" in page
    assert "Pay £15.00" in page
    assert client.get(url(order))["Location"] == new.get_absolute_url()
    assert "You are booked" in words_of(client.get(order.get_absolute_url()))


def test_a_dearer_place_given_back_leaves_the_old_one_and_says_so(client, order, standin):
    press(client, order, make_workshop(price="120.00"))
    new = Order.objects.get(moved_from__order=order)

    client.post(reverse("orders:give_back", args=[new.secret]))

    page = words_of(client.get(new.get_absolute_url()))
    assert "The place was not moved. You gave the new place back. Nothing was charged." in page
    assert client.get(url(order)).status_code == 200


def test_without_other_workshops_the_page_says_so(client, order):
    assert "No other workshop can be booked now" in words_of(client.get(url(order)))


def test_too_late_the_page_says_why_and_whom_to_ask(client, standin, workshop):
    soon = buy(standin, make_workshop(day=timezone.localdate() + timedelta(days=9)))
    before = snapshot()

    page = words_of(client.get(url(soon, chosen(workshop))))
    client.post(url(soon), {"to": workshop.ticket_types.get().pk, "shown": "0.00"})

    assert "as long as cancelling it would bring all the money back" in page
    assert snapshot() == before


def test_a_workshop_that_filled_up_meanwhile_moves_nobody(client, order, standin):
    to = make_workshop(capacity=1)
    page = client.get(url(order, chosen(to))).content.decode()
    fields = dict(re.findall(r'name="(to|shown|key)" value="([^"]*)"', page))
    place(to, by=buyer("ada@example.org"))

    response = client.post(url(order), fields)

    assert response.status_code == 422
    assert "Nothing was moved." in words_of(response)


def test_an_unpaid_or_strange_place_cannot_be_moved(client, order):
    unpaid = place(make_workshop())
    open_session(unpaid)

    assert client.get(url(unpaid))["Location"] == unpaid.get_absolute_url()
    assert client.get(reverse("orders:move_place", args=[order.secret, unpaid.lines.get().pk])).status_code == 404


def test_the_post_needs_the_token(order):
    to = make_workshop()

    response = Client(enforce_csrf_checks=True).post(
        url(order), {"to": to.ticket_types.get().pk, "shown": str(Decimal())}
    )

    assert (response.status_code, Order.objects.count()) == (403, 1)
