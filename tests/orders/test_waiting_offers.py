"""An offer of the waiting list, from the place that came free to the booking."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from courses.models import Ticket, WaitingListEntry
from courses.seats import places, waiting_offers
from courses.seats.places import SoldOut
from courses.seats.waiting import join_waiting_list
from courses.seats.waiting_offers import OfferEnded, OfferInUse
from orders.books import books
from orders.changes import cancellations, taking_back
from orders.checkout import paying, placing
from orders.models import Order
from orders.settling import reconcile, settle
from outbox.models import Message
from tests.builders import (
    at,
    make_cities,
    make_practice,
    make_refund_tiers,
    make_terms,
    make_ticket,
    make_ticket_type,
    make_workshop,
)
from tests.orders.purchases import as_stripe_sees_it, buy, buyer, open_session, place

pytestmark = pytest.mark.django_db(transaction=True)

NOW = at("2026-11-22 09:00")
ADA, BEN = "ada@example.org", "ben@example.org"


@pytest.fixture(autouse=True)
def _today(time_machine, standin):
    make_practice()
    make_cities()
    make_terms()
    make_refund_tiers((14, 100))
    time_machine.move_to(NOW, tick=False)
    standin.webhooks.mode = "drop"


@pytest.fixture
def workshop():
    """Of one place, which is taken; Ada waits first, then Ben."""
    workshop = make_workshop(day=date(2027, 1, 15), capacity=1, slug="full")
    make_ticket(workshop)
    for email in (ADA, BEN):
        join_waiting_list(workshop=workshop, email=email)
    return workshop


@pytest.fixture
def offer(workshop):
    """The secret of Ada's."""
    taking_back.take_back(workshop.tickets.all())
    return entry(ADA).secret


def entry(email):
    return WaitingListEntry.objects.select_related("ticket").get(email=email)


def statuses():
    return [each.status for each in WaitingListEntry.objects.order_by("email")]


def words():
    return [str(finding) for finding in books.findings()]


def book_with(offer, workshop, count=1, **options):
    return place(workshop, count, by=buyer(ADA), waiting_offer=offer, **options)


def pay(standin, order):
    session_id = open_session(order)
    standin.pay(session_id)
    settle.settle(as_stripe_sees_it(session_id))
    order.refresh_from_db()


def test_a_place_taken_back_at_the_desk_is_offered_in_the_same_breath(workshop, offer):
    assert (statuses(), words()) == (["offered", "waiting"], [])


def test_a_place_that_its_buyer_cancels_is_offered_in_the_same_breath(standin):
    workshop = make_workshop(day=date(2027, 1, 15), capacity=1)
    order = buy(standin, workshop)
    join_waiting_list(workshop=workshop, email=ADA)

    cancellations.cancel_places(order, tickets=[order.lines.get().ticket], shown=order.total)

    assert (statuses(), words()) == (["offered"], [])


def test_a_place_that_nobody_paid_for_is_offered_in_the_same_breath(time_machine):
    workshop = make_workshop(day=date(2027, 1, 15), capacity=1)
    place(workshop)
    join_waiting_list(workshop=workshop, email=ADA)
    time_machine.shift(placing.HOLD)

    reconcile.close_ended_holds()

    assert (statuses(), words()) == (["offered"], [])


def test_whoever_has_the_link_books_the_offered_place(workshop, offer, standin):
    order = place(workshop, by=buyer("somebody@example.org"), waiting_offer=offer)
    pay(standin, order)

    assert (order.status, statuses(), workshop.free_places()) == (Order.Status.PAID, ["booked", "waiting"], 0)
    assert words() == []


def test_a_free_place_is_booked_at_once():
    workshop = make_workshop(day=date(2027, 1, 15), capacity=1, price="0.00")
    make_ticket(workshop)
    join_waiting_list(workshop=workshop, email=ADA)
    taking_back.take_back(workshop.tickets.all())

    order = book_with(entry(ADA).secret, workshop)

    assert (order.status, statuses(), words()) == (Order.Status.PAID, ["booked"], [])


def test_the_public_finds_the_offered_place_taken(workshop, offer):
    with pytest.raises(SoldOut):
        place(workshop, by=buyer("zoe@example.org"))


def test_an_offer_is_one_place(workshop, offer):
    with pytest.raises(SoldOut) as error:
        book_with(offer, workshop, 2)

    assert (error.value.places_left, statuses(), entry(ADA).ticket.status) == (1, ["offered", "waiting"], "held")


def test_an_offer_and_a_place_for_everybody_are_booked_together(workshop, offer):
    type(workshop).objects.update(capacity=4)
    workshop.refresh_from_db()
    waiting_offers.offer_everywhere()

    order = book_with(offer, workshop, 2)

    assert (order.lines.count(), workshop.free_places(), statuses()) == (2, 1, ["offered", "offered"])


def test_a_double_click_books_once(workshop, offer):
    key = uuid4()

    first, second = (book_with(offer, workshop, key=key) for _ in range(2))

    assert (first, Order.objects.count(), words()) == (second, 1, [])


def test_a_second_booking_does_not_take_the_place_of_the_first(workshop, offer):
    book_with(offer, workshop)

    with pytest.raises(OfferInUse):
        book_with(offer, workshop)

    assert (Order.objects.get().is_holding, statuses()) == (True, ["offered", "waiting"])


@pytest.mark.parametrize("secret", ["x", "A" * 40])
def test_a_forged_offer_books_nothing(workshop, offer, secret):
    with pytest.raises(OfferEnded):
        book_with(secret, workshop)

    assert Order.objects.count() == 0


def test_an_offer_is_good_for_its_own_workshop_only(workshop, offer):
    with pytest.raises(OfferEnded):
        book_with(offer, make_workshop())


def test_an_offer_that_ended_books_nothing_and_its_place_goes_on(workshop, offer, time_machine):
    time_machine.shift(timedelta(hours=24))

    with pytest.raises(OfferEnded):
        book_with(offer, workshop)
    waiting_offers.offer_everywhere()

    assert (Order.objects.count(), statuses(), words()) == (0, ["expired", "offered"], [])


def test_a_booking_that_lapses_leaves_the_offer_for_the_rest_of_its_time(workshop, offer, time_machine):
    ends_at = entry(ADA).offer_ends_at
    order = book_with(offer, workshop)
    time_machine.shift(placing.HOLD)

    reconcile.close_ended_holds()

    ada = entry(ADA)
    order.refresh_from_db()
    assert (order.status, statuses()) == (Order.Status.LAPSED, ["offered", "waiting"])
    assert (ada.offer_ends_at, ada.ticket.status, ada.ticket.held_until) == (ends_at, "held", ends_at)
    assert (words(), Message.objects.filter(key__endswith=":offer").count()) == ([], 1)


def test_a_booking_that_another_sale_let_lapse_leaves_her_the_place_until_the_offer_is_brought_up_to_date(
    workshop, offer, time_machine
):
    book_with(offer, workshop)
    time_machine.shift(placing.HOLD)

    with pytest.raises(SoldOut):  # it writes down what had ended; the rest is the worker's
        place(workshop, by=buyer("lea@example.org"))
    places.lapse_ended_holds(workshop)

    assert (entry(ADA).ticket.status, words()) == ("lapsed", [])
    with pytest.raises(SoldOut):
        place(workshop, by=buyer("lea@example.org"))
    waiting_offers.offer_everywhere()
    assert (entry(ADA).ticket.status, statuses(), words()) == ("held", ["offered", "waiting"], [])


def test_a_lapsed_booking_that_is_tried_again_uses_the_offer_again(standin, workshop, offer, time_machine):
    order = book_with(offer, workshop)
    time_machine.shift(placing.HOLD)
    reconcile.close_ended_holds()
    order.refresh_from_db()
    was_in_use = entry(ADA).is_being_booked

    open_session(order)

    assert (was_in_use, entry(ADA).is_being_booked) == (False, True)
    with pytest.raises(OfferInUse):
        waiting_offers.give_up(entry(ADA))


def test_a_booking_that_is_given_back_leaves_the_offer_for_the_rest_of_its_time(workshop, offer):
    order = book_with(offer, workshop)

    reconcile.give_back(order)

    ada = entry(ADA)
    assert (statuses(), ada.ticket.held_until, ada.ticket.status) == (["offered", "waiting"], ada.offer_ends_at, "held")
    assert words() == []


def test_after_a_booking_that_lapsed_the_offer_books_again(workshop, offer, time_machine, standin):
    book_with(offer, workshop)
    time_machine.shift(placing.HOLD)
    reconcile.close_ended_holds()

    order = book_with(offer, workshop)
    pay(standin, order)

    assert (order.status, statuses(), words()) == (Order.Status.PAID, ["booked", "waiting"], [])


def test_money_that_comes_late_finds_the_place_that_the_offer_still_holds(workshop, offer, time_machine, standin):
    order = book_with(offer, workshop)
    session_id = open_session(order)
    standin.pay(session_id)
    time_machine.shift(placing.HOLD)
    Order.objects.update(held_until=timezone.now())
    waiting_offers.offer_everywhere()  # before anybody asked Stripe

    settle.settle(as_stripe_sees_it(session_id))

    order.refresh_from_db()
    assert (order.status, statuses(), words()) == (Order.Status.PAID, ["booked", "waiting"], [])


def test_a_booking_that_lapses_after_the_offers_end_lets_the_next_have_the_place(workshop, offer, time_machine):
    time_machine.shift(timedelta(hours=23, minutes=30))
    book_with(offer, workshop)
    time_machine.shift(timedelta(minutes=31))
    assert (waiting_offers.offer_everywhere(), statuses()) == (0, ["offered", "waiting"])  # its own hold counts

    time_machine.shift(timedelta(minutes=15))
    reconcile.close_ended_holds()

    assert (statuses(), words()) == (["expired", "offered"], [])
    assert Message.objects.filter(key__endswith=":expired").values_list("to", flat=True).get() == ADA


def test_catch_up_booked_with_an_offer_leaves_the_place_on_offer(workshop, offer):
    catch_up = make_ticket_type(workshop, "Catch-up only", "50.00", access="catch_up")

    place(workshop, ticket_types=[catch_up], by=buyer(ADA), waiting_offer=offer)

    ada = entry(ADA)
    assert (ada.status, ada.ticket.held_until, ada.is_being_booked) == ("offered", ada.offer_ends_at, False)


def test_a_lapsed_order_does_not_take_a_place_from_people_who_wait(time_machine):
    workshop = make_workshop(day=date(2027, 1, 15), capacity=1)
    order = place(workshop)
    join_waiting_list(workshop=workshop, email=ADA)
    Ticket.objects.update(status="lapsed")
    Order.objects.update(status="lapsed")

    with pytest.raises(SoldOut):
        paying.start_payment(order)


# In the browser -----------------------------------------------------------------


def fill_in(client, path):
    page = client.get(path).content.decode()
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    kind = re.search(r'<option value="(\d+)"[^>]*>Full price', page)[1]
    mine = {"name": "Ada", "email": ADA, "time_zone": "Europe/London", "terms": "on", "place0-ticket_type": kind}
    return hidden | mine | {"action": "pay"}


def test_the_link_of_the_mail_leads_to_the_booking(client, workshop, offer, standin):
    mail = Message.objects.get(key__endswith=":offer")
    link = re.search(r"/waiting-list/\S+", mail.text)[0]
    page = client.get(link).content.decode()
    book = re.search(r'href="(/book/full/\?offer=[^"]+)"', page)[1]

    response = client.post("/book/full/", fill_in(client, book))

    assert (response.status_code, response["Location"]) == (303, standin.sessions[0]["url"])
    assert (entry(ADA).is_being_booked, Order.objects.get().buyer_email) == (True, ADA)


def test_a_form_reached_by_an_offer_knows_the_address_that_it_was_sent_to(client, workshop, offer):
    pages = [client.get(f"/book/full/?offer={secret}") for secret in (offer, "A" * 32, "a\x00b")]

    assert [f'value="{ADA}"' in page.text for page in pages] == [True, False, False]


def test_the_form_of_a_full_workshop_leads_to_its_page_which_has_the_waiting_list(client, workshop, offer):
    response = client.get("/book/full/")

    assert (response.status_code, response["Location"]) == (302, workshop.get_absolute_url())


def test_an_offer_that_ended_is_said_in_words(client, workshop, offer, time_machine):
    answers = fill_in(client, f"/book/full/?offer={offer}")
    time_machine.shift(timedelta(hours=24))

    response = client.post("/book/full/", answers)

    assert (response.status_code, Order.objects.count()) == (422, 0)
    assert "The offer from the waiting list has ended" in response.content.decode()


def test_an_offer_in_use_is_said_in_words(client, workshop, offer):
    answers = fill_in(client, f"/book/full/?offer={offer}")
    book_with(offer, workshop)

    response = client.post("/book/full/", answers)

    assert (response.status_code, Order.objects.count()) == (422, 1)
    assert "A booking with this offer has begun already" in response.content.decode()


@pytest.mark.parametrize("forged", ["x", "A" * 5000, "%00", "%ED%A0%80"])
def test_a_forged_offer_is_refused_in_words(client, workshop, offer, forged):
    page = client.get(f"/book/full/?offer={forged}")
    answers = fill_in(client, "/book/full/?offer=x") | {"offer": forged}

    response = client.post("/book/full/", answers)

    assert (page.status_code, response.status_code, Order.objects.count()) == (200, 422, 0)


def test_the_link_of_an_offer_that_is_over_leads_to_the_page_that_says_so(client, workshop, offer, time_machine):
    time_machine.move_to(entry(ADA).offer_ends_at, tick=False)

    answer = client.get(f"/book/{workshop.slug}/?offer={offer}")

    assert (answer.status_code, answer["Location"]) == (302, f"/waiting-list/{offer}/")
    assert "This offer has ended." in client.get(answer["Location"]).content.decode()
