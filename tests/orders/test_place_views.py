from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.models import Ticket
from kit.local.times import long_day
from orders.models import Order, Refund
from outbox.models import Message
from tests.builders import make_refund_tiers, make_sale_terms, make_session, make_workshop
from tests.markup import words_of
from tests.orders.purchases import buy, place

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(standin):
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100), (7, 50))
    return buy(standin, make_workshop(day=timezone.localdate() + timedelta(days=9)), 2)


def cancel_url(order, index=0):
    return reverse("orders:cancel_place", args=[order.secret, order.lines.all()[index].pk])


def snapshot():
    return [list(model.objects.order_by("pk").values()) for model in (Order, Ticket, Refund, Message)]


def test_the_amount_and_its_reason_are_shown_before_anything_happens(client, order):
    before = snapshot()

    response = client.get(cancel_url(order))

    text = words_of(response)
    assert (response.status_code, snapshot()) == (200, before)
    assert "Comes back £52.50 The workshop is 9 days away, so half comes back. This holds until" in text
    last_day = long_day(timezone.localdate() + timedelta(days=2))
    assert f"This holds until the end of {last_day}, London time." in text
    assert "Cancel it and get £52.50 back" in text
    assert set(response["Cache-Control"].split(", ")) == {"private", "no-store"}


@pytest.mark.parametrize("page", ["cancel_place", "hand_over", "move_place"])
def test_whoever_changes_a_place_reads_all_days_of_it(client, standin, page):
    first, second = (timezone.localdate() + timedelta(days=days) for days in (30, 37))
    workshop = make_workshop(day=first)
    make_session(workshop, day=second)
    order = buy(standin, workshop, 1)

    text = words_of(client.get(reverse(f"orders:{page}", args=[order.secret, order.lines.get().pk])))

    assert f"{workshop.title}, {long_day(first)} and {long_day(second)}." in text


def test_a_place_is_cancelled_by_the_button_and_the_order_page_tells_it(client, order, standin):
    response = client.post(cancel_url(order), {"shown": "52.50"})

    page = words_of(client.get(order.get_absolute_url()))
    told = f"{order.get_absolute_url()}?done=cancelled&place={order.lines.first().pk}"
    assert (response.status_code, response["Location"]) == (303, told)
    assert "£52.50 for Noor Haddad. It was sent back to your card" in page
    assert page.count("Joining page of Noor Haddad") == 1
    assert [each["amount"] for each in standin.refunds] == [5250]


def test_a_second_click_and_a_second_tab_change_nothing_more(client, order, standin):
    client.post(cancel_url(order), {"shown": "52.50"})
    before = snapshot()

    answers = [client.post(cancel_url(order), {"shown": "52.50"}), client.get(cancel_url(order))]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(303, order.get_absolute_url())] * 2
    assert (snapshot(), len(standin.refunds)) == (before, 1)


@pytest.mark.parametrize(
    "shown", ["105.00", "", "NaN", "sNaN", "-Infinity", "1e999999", "abc", "\x00", "52,50", "9" * 5000]
)
def test_any_other_amount_shows_the_true_one_first(client, order, shown):
    before = snapshot()

    response = client.post(cancel_url(order), {"shown": shown})

    assert (response.status_code, snapshot()) == (422, before)
    assert "Nothing was cancelled. What comes back is not what you saw before" in words_of(response)
    assert 'name="shown" value="52.50"' in response.content.decode()


def test_a_deadline_that_passes_between_page_and_click_is_shown(client, order, time_machine):
    time_machine.move_to(order.workshop.starts_at - timedelta(days=3))

    response = client.post(cancel_url(order), {"shown": "52.50"})

    assert (response.status_code, "Cancel it without a refund" in words_of(response)) == (422, True)
    assert Refund.objects.count() == 0


def test_once_it_has_started_the_page_says_whom_to_write_to(client, order, time_machine):
    time_machine.move_to(order.workshop.starts_at)

    seen, posted = client.get(cancel_url(order)), client.post(cancel_url(order), {"shown": "0.00"})

    assert (seen.status_code, posted.status_code) == (200, 422)
    for page in (words_of(seen), words_of(posted)):
        assert "so nothing comes back. This place can no longer be cancelled here." in page
        assert "write to desk@withyrooms.example with your order number" in page
    assert "Cancel the place" not in words_of(client.get(order.get_absolute_url()))
    assert Ticket.objects.filter(status=Ticket.Status.CONFIRMED).count() == 2


def test_all_places_cancelled_is_a_page_of_its_own(client, order):
    for index in (0, 1):
        client.post(cancel_url(order, index), {"shown": "52.50"})

    response = client.get(order.get_absolute_url())

    order.refresh_from_db()
    assert (order.status, "<h1>Your places are cancelled.</h1>" in response.content.decode()) == ("closed", True)
    assert words_of(response).count("£52.50 for Noor Haddad.") == 2


def test_an_unpaid_order_has_nothing_to_cancel_here(client, order, standin):
    unpaid = place(order.workshop)
    before = snapshot()

    response = client.post(cancel_url(unpaid), {"shown": "0"})

    assert (response.status_code, response["Location"], snapshot()) == (303, unpaid.get_absolute_url(), before)


def test_a_place_of_another_order_is_404(client, order, standin):
    other = buy(standin, order.workshop)
    before = snapshot()
    line = other.lines.get().pk

    for pk in (line, 0, 10**30):
        url = f"{order.get_absolute_url()}places/{pk}/cancel/"
        assert (client.get(url).status_code, client.post(url, {"shown": "52.50"}).status_code) == (404, 404)
    assert snapshot() == before


def test_a_guessed_secret_is_404(client, order):
    line = order.lines.first().pk

    assert client.post(f"/orders/guess/places/{line}/cancel/", {"shown": "52.50"}).status_code == 404


def test_a_post_without_a_token_is_refused(order):
    before = snapshot()

    response = Client(enforce_csrf_checks=True).post(cancel_url(order), {"shown": "52.50"})

    assert (response.status_code, snapshot()) == (403, before)


def test_a_bank_that_did_not_take_the_money_is_not_hidden(client, order, standin):
    standin.faults.add(method="POST", path="/v1/refunds", kind="status", status=402)
    client.post(cancel_url(order), {"shown": "52.50"})

    assert "Your bank did not take it. You need do nothing" in words_of(client.get(order.get_absolute_url()))
    assert order.balance() == Decimal("210.00")
