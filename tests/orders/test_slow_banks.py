"""A delayed method: what the buyer reads while her bank has not said whether it pays."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.models import Ticket
from orders.changes import moves
from orders.changes.moves import MoveWish
from orders.mails.sent import mails_of
from orders.models import Order, Payment
from orders.settling import reconcile, settle, workshop_cancellation
from outbox.models import Message
from tests.builders import make_practice, make_user, make_workshop
from tests.orders.purchases import as_stripe_sees_it, buy, buyer, open_session, place

pytestmark = pytest.mark.django_db(transaction=True)

NOT_KEPT = "Your payment is on its way, but your place is not kept."


@pytest.fixture
def workshop(standin):
    make_practice()
    return make_workshop(capacity=1, day=timezone.localdate() + timedelta(days=60))


@pytest.fixture
def later(time_machine):
    """Moves the clock, which otherwise stands still."""
    now = timezone.now()
    time_machine.move_to(now, tick=False)

    def move(**delta):
        time_machine.move_to(now + timedelta(**delta), tick=False)

    return move


def choose_slow_method(standin, order):
    session_id = open_session(order)
    standin.webhooks.mode = "drop"
    standin.pay(session_id, method="delayed")
    return session_id


def ask_the_bank(standin, order):
    """Chosen, and heard of."""
    session_id = choose_slow_method(standin, order)
    settle.settle(as_stripe_sees_it(session_id))
    return session_id


def bank_speaks(standin, session_id, *, succeeded):
    standin.settle_delayed(session_id, succeeded=succeeded)
    reconcile.ask_about_open_attempts(at_once=True)


def keys(order):
    return [mail.key.removeprefix(f"order:{order.pk}:") for mail in Message.objects.order_by("pk")]


def state(order):
    order.refresh_from_db()
    return order.status, order.payments.get().status


def page_of(client, order):
    return client.get(order.get_absolute_url()).content.decode()


def bookings(client, email="noor@example.org"):
    client.force_login(make_user(email))
    return client.get(reverse("orders:bookings")).content.decode()


def test_the_page_stops_promising_the_place_at_the_end_of_its_time_before_any_job_ran(client, workshop, standin, later):
    order = place(workshop)
    ask_the_bank(standin, order)
    before = page_of(client, order)

    later(days=7)

    after = page_of(client, order)
    assert ("Your place is kept, and we write" in before, NOT_KEPT in before) == (True, False)
    assert (f"<h1>{NOT_KEPT}</h1>" in after, "Your place is kept, and we write" in after) == (True, False)


def test_after_its_time_the_places_go_back_and_the_buyer_is_told_once(client, workshop, standin, later):
    order = place(workshop)
    ask_the_bank(standin, order)
    later(days=7)

    for _ in range(2):
        reconcile.close_ended_holds()

    [mail] = Message.objects.all()
    page, listed = page_of(client, order), bookings(client)
    assert state(order) == (Order.Status.LAPSED, Payment.Status.PROCESSING)
    assert (Ticket.objects.get().status, workshop.places_left()) == (Ticket.Status.LAPSED, 1)
    assert (mail.to, mail.subject) == (order.buyer_email, f"Your place is not kept any longer: {workshop.title}")
    assert mail in mails_of(order)
    assert "Your payment of £105.00 is on its way" in mail.text
    assert "When the money comes, we book a place for you if one is free then; otherwise all of it goes back." in (
        " ".join(page.split())
    )
    assert ("Nothing was charged" in page, reverse("orders:pay", args=[order.secret]) in page) == (False, False)
    assert ("Payment on its way, place not kept" in listed, "Lapsed, not paid" in listed) == (True, False)


def test_while_the_bank_is_silent_the_page_says_what_is_on_its_way_and_leads_to_itself(client, workshop, standin):
    order = place(workshop)
    ask_the_bank(standin, order)

    page = page_of(client, order)

    assert re.findall(r'class="sum">\s*<dt>\s*(.*?)\s*</dt>\s*<dd>\s*(.*?)\s*</dd>', page) == [
        ("On its way", "£105.00")
    ]
    assert f'<a class="more" href="{order.get_absolute_url()}">Look again</a>' in page


def test_before_its_time_the_place_stays_whoever_looks(workshop, standin, later):
    order = place(workshop)
    ask_the_bank(standin, order)
    later(days=6, hours=23)

    reconcile.close_ended_holds()

    assert state(order) == (Order.Status.PROCESSING, Payment.Status.PROCESSING)
    assert (workshop.places_left(), Message.objects.count()) == (0, 0)


def test_money_that_comes_after_that_books_the_place_while_there_is_one(workshop, standin, later):
    order = place(workshop)
    session_id = ask_the_bank(standin, order)
    later(days=8)
    reconcile.close_ended_holds()

    bank_speaks(standin, session_id, succeeded=True)

    assert state(order) == (Order.Status.PAID, Payment.Status.PAID)
    assert keys(order) == [f"payment:{order.payments.get().pk}:not-kept", "confirmation"]


def test_money_that_comes_after_the_place_was_sold_goes_back(client, workshop, standin, later):
    order = place(workshop)
    session_id = ask_the_bank(standin, order)
    later(days=8)
    reconcile.close_ended_holds()
    buy(standin, workshop, by=buyer("lena@example.org", "Lena Kerr"))

    bank_speaks(standin, session_id, succeeded=True)

    assert state(order)[0] == Order.Status.REFUNDED
    assert {"unseated", f"payment:{order.payments.get().pk}:not-kept"} <= set(keys(order))


@pytest.mark.parametrize("is_closed_first", [True, False])
def test_a_bank_that_refuses_after_that_is_told(client, workshop, standin, later, is_closed_first):
    order = place(workshop)
    session_id = ask_the_bank(standin, order)
    later(days=8)
    if is_closed_first:
        reconcile.close_ended_holds()

    bank_speaks(standin, session_id, succeeded=False)

    payment = order.payments.get()
    told = [f"payment:{payment.pk}:not-kept"] if is_closed_first else []
    assert keys(order) == [*told, f"payment:{payment.pk}:refused"]
    assert "<h1>Your bank did not make the payment.</h1>" in page_of(client, order)


def test_a_bank_that_is_heard_of_when_the_place_is_gone_is_told_to_the_buyer(client, workshop, standin, later):
    order = place(workshop)
    session_id = choose_slow_method(standin, order)
    later(minutes=46)
    buy(standin, workshop, by=buyer("lena@example.org", "Lena Kerr"))

    client.get(reverse("orders:payment_return", args=[order.secret]))
    settle.settle(as_stripe_sees_it(session_id))

    assert state(order) == (Order.Status.LAPSED, Payment.Status.PROCESSING)
    assert keys(order).count(f"payment:{order.payments.get().pk}:not-kept") == 1
    assert f"<h1>{NOT_KEPT}</h1>" in page_of(client, order)


def test_who_gives_back_what_her_bank_pays_already_reads_that_she_has_it_still(client, workshop, standin):
    order = place(workshop)
    choose_slow_method(standin, order)

    response = client.post(reverse("orders:give_back", args=[order.secret]), follow=True)

    assert state(order) == (Order.Status.PROCESSING, Payment.Status.PROCESSING)
    assert "Noor Haddad still has the place on" in response.content.decode()


@pytest.mark.parametrize("succeeded", [True, False])
def test_a_workshop_that_is_cancelled_meanwhile_is_told_at_once_and_all_goes_back(
    client, workshop, standin, later, succeeded
):
    order = place(workshop)
    session_id = ask_the_bank(standin, order)
    workshop_cancellation.cancel_workshop(workshop, because="Our presenter is ill.")

    workshop_cancellation.follow_up()
    told, page = keys(order), " ".join(page_of(client, order).split())
    later(days=2)
    bank_speaks(standin, session_id, succeeded=succeeded)

    assert told == ["workshop-cancelled"]
    assert "Your payment is still on its way. When it comes, all of it goes back by itself" in page
    assert "Nothing was charged" not in page
    last = Message.objects.order_by("-pk").first()
    if succeeded:
        assert state(order)[0] == Order.Status.REFUNDED
    else:
        assert "We had cancelled the workshop, so there is nothing to pay." in last.text
        assert "went back on sale" not in last.text


def test_a_difference_that_a_bank_has_not_paid_is_no_move_that_nobody_paid(client, standin, later):
    make_practice()
    to = make_workshop(price="300.00").ticket_types.get()
    line = buy(standin, make_workshop()).lines.get()
    moved = moves.move_place(MoveWish(line, to, moves.quote_move(line, to).difference, uuid4()))
    ask_the_bank(standin, moved)
    later(days=7)

    page = " ".join(page_of(client, moved).split())

    assert "<h1>The place was not moved.</h1>" in page
    assert ("Your payment of the difference is on its way" in page, "Nothing was charged" in page) == (True, False)


def test_the_desk_says_what_becomes_of_it(admin_client, workshop, standin):
    order = place(workshop)
    ask_the_bank(standin, order)
    url = reverse("admin:orders_order_change", args=[order.pk])
    before = admin_client.get(url).content.decode()

    Order.objects.update(held_until=timezone.now())

    after = admin_client.get(url).content.decode()
    sentence = "The bank has not said yet whether it pays"
    assert ("the places are held for a week" in before, sentence in before, sentence in after) == (True, False, True)
