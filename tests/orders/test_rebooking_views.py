import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from courses.models import Ticket, Workshop
from orders.models import Dispute, Order, Payment, RebookingOffer, Refund
from orders.settling import workshop_cancellation
from outbox.models import Message
from tests.builders import make_refund_tiers, make_sale_terms, make_workshop
from tests.markup import answered, words_of
from tests.orders.purchases import buy, buyer, place

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def offer(standin):
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100))
    workshop = make_workshop(day=timezone.localdate() + timedelta(days=3))
    buy(standin, workshop, by=buyer("ada@example.org", "Ada Field"))
    workshop_cancellation.cancel_workshop(workshop, because="Our presenter is ill.")
    return RebookingOffer.objects.get()


def another_run(offer, price="105.00", **fields):
    course = offer.line.order.workshop.course
    return make_workshop(course=course, price=price, day=timezone.localdate() + timedelta(days=40), **fields)


def snapshot():
    models = (Order, Ticket, Payment, Refund, Message, RebookingOffer, Workshop)
    return [list(model.objects.order_by("pk").values()) for model in models]


def press(client, offer, to, **changes):
    page = client.get(offer.get_absolute_url(), {"to": to.ticket_types.get().pk}).content.decode()
    fields = dict(re.findall(r'name="(to|shown|key)" value="([^"]*)"', page))
    return client.post(offer.get_absolute_url(), fields | changes)


def test_the_link_of_the_mail_shows_both_ways_and_changes_nothing(client, offer):
    to = another_run(offer, "120.00")
    before = snapshot()

    response = client.get(offer.get_absolute_url())

    page = words_of(response)
    assert f"{to.title} {to.starts_on}" in page
    assert ("Choose: nothing to pay" in page, "Send £105.00 back" in page) == (True, True)
    assert set(response["Cache-Control"].split(", ")) == {"private", "no-store"}
    assert snapshot() == before


def test_without_another_run_the_money_is_what_is_left_to_choose(client, offer):
    page = words_of(client.get(offer.get_absolute_url()))

    assert ("No other date of this workshop" in page, "Send £105.00 back" in page) == (True, True)


def test_the_button_sends_the_money_back_once(client, offer, standin):
    answers = [client.post(offer.get_absolute_url(), {"shown": "105.00"}) for _ in range(2)]

    page = words_of(client.get(offer.get_absolute_url()))
    assert [(each.status_code, each["Location"]) for each in answers] == [
        (303, f"{offer.get_absolute_url()}?done=1")
    ] * 2
    assert [each["amount"] for each in standin.refunds] == [10500]
    assert "£105.00 goes back to the card that was used." in page
    assert [answered(client.get(each["Location"])) for each in answers] == ["Your place is given up."] * 2


def test_another_run_is_taken_after_its_own_page(client, offer):
    response = press(client, offer, another_run(offer, "120.00"))

    page = words_of(client.get(offer.get_absolute_url()))
    new = Order.objects.get(moved_from=offer.line)
    assert (response.status_code, new.status, new.total) == (303, Order.Status.PAID, Decimal("105.00"))
    assert "Your place has moved." in page
    assert new.secret not in client.get(offer.get_absolute_url()).content.decode()


@pytest.mark.parametrize("shown", ["104.00", "", "NaN", "abc", "\x00", "1e999999"])
def test_any_other_amount_changes_nothing(client, offer, shown):
    before = snapshot()

    response = client.post(offer.get_absolute_url(), {"shown": shown})

    assert (response.status_code, snapshot()) == (422, before)
    assert "Nothing was changed." in words_of(response)


def test_while_a_bank_asks_for_the_money_it_is_not_sent_too(client, offer, standin):
    payment = offer.line.order.payments.get()
    Dispute.objects.create(payment=payment, dispute_id="dp_1", amount=Decimal("105.00"), status="needs_response")

    response = client.post(offer.get_absolute_url(), {"shown": "105.00"})

    assert (response.status_code, standin.refunds) == (422, [])
    assert "The bank is asking us for this payment back" in words_of(response)


def test_a_run_that_is_full_by_now_is_not_taken(client, offer):
    to = another_run(offer, capacity=1)
    key = to.ticket_types.get().pk
    place(to, by=buyer("lea@example.org"))
    before = snapshot()

    response = client.post(offer.get_absolute_url(), {"to": key, "shown": "0.00"})

    assert (response.status_code, snapshot()) == (422, before)


def test_the_page_names_no_buyer_and_leads_to_no_order(client, offer):
    text = client.get(offer.get_absolute_url()).content.decode()

    assert ("Ada" in text, offer.line.order.secret in text) == (False, False)


def test_a_wrong_link_is_not_found_and_the_post_needs_the_token(client, offer):
    strict = Client(enforce_csrf_checks=True)

    assert client.get("/rebook/none-such/").status_code == 404
    assert strict.post(offer.get_absolute_url(), {"shown": "105.00"}).status_code == 403
    assert Refund.objects.count() == 0


def test_the_order_page_leads_the_buyer_to_the_choice(client, offer):
    page = client.get(offer.line.order.get_absolute_url()).content.decode()

    assert f'href="{offer.get_absolute_url()}"' in page


@pytest.fixture
def two(standin):
    """Two colleagues on one booking of a workshop that we cancelled."""
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100))
    workshop = make_workshop(day=timezone.localdate() + timedelta(days=3))
    order = buy(standin, workshop, 2, by=buyer("ada@example.org", "Ada Field"))
    workshop_cancellation.cancel_workshop(workshop, because="Our presenter is ill.")
    return order


def test_when_one_moves_and_one_does_not_the_order_says_where_each_went(client, two):
    first, second = RebookingOffer.objects.order_by("pk")
    to = another_run(first)

    press(client, first, to)
    client.post(second.get_absolute_url(), {"shown": "105.00"})

    page = words_of(client.get(two.get_absolute_url()))
    assert "Nobody is left on this booking." in page
    assert f"Moved To {to.title}, {to.starts_on}" in page
    assert "Noor Haddad Cancelled Full price" in page


def test_nobody_is_called_booked_or_asked_whether_it_is_a_mistake(client, two):
    client.post(RebookingOffer.objects.first().get_absolute_url(), {"shown": "105.00"})

    to_buyer, to_attendee = Message.objects.filter(key__contains=":cancelled").order_by("pk")
    assert "Still to choose: Noor Haddad" in to_buyer.text
    assert "Still booked" not in to_buyer.text
    assert (
        "We have cancelled this workshop, so the place that Ada Field had booked for Noor Haddad ends."
        in to_attendee.text
    )
    assert "mistake" not in to_attendee.text


def test_who_had_not_paid_is_told_that_we_cancelled(client, standin):
    unpaid = place(make_workshop())
    workshop_cancellation.cancel_workshop(unpaid.workshop, because="Our presenter is ill.")
    workshop_cancellation.follow_up()

    page = words_of(client.get(unpaid.get_absolute_url()))
    assert ("We have cancelled this workshop." in page, "You gave" in page, "given back" in page) == (
        True,
        False,
        False,
    )
