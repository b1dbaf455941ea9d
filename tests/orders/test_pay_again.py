"""Who comes back and presses Pay again: Stripe is asked first, nothing is charged twice, no second order is made."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from orders.checkout import placing
from orders.deeds import Deed, address_after
from orders.models import Order, Payment
from orders.pricing import codes
from orders.settling import reconcile
from tests.builders import make_cities, make_discount, make_practice, make_terms, make_workshop
from tests.orders.purchases import buyer, open_session, place, ticket, wish

pytestmark = pytest.mark.django_db(transaction=True)
HIDDEN = re.compile(r'name="(key|instead|shown_total|place0-ticket_type)"\s+value="([^"]*)"')


@pytest.fixture
def workshop(standin):
    make_practice()
    make_cities()
    make_terms()
    standin.webhooks.mode = "drop"
    return make_workshop(capacity=1)


@pytest.fixture
def order(workshop):
    return place(workshop)


def press_pay(client, order):
    return client.post(reverse("orders:pay", args=[order.secret]))["Location"]


def asked(standin):
    return [(each["method"], each["path"].split("/")[3]) for each in standin.requests]


@pytest.mark.parametrize("later", [timedelta(minutes=1), timedelta(minutes=36), timedelta(minutes=50)])
def test_who_has_paid_is_booked_by_the_next_press_and_never_charged_again(client, order, standin, time_machine, later):
    standin.pay(open_session(order))

    time_machine.move_to(timezone.now() + later)
    location = press_pay(client, order)

    order.refresh_from_db()
    assert (location, order.status) == (address_after(Deed.PLACED, order), Order.Status.PAID)
    assert (len(standin.sessions), len(standin.charges), order.payments.count()) == (1, 1, 1)
    assert "You are booked, Noor Haddad." in client.get(location).content.decode()


def test_a_press_that_cannot_be_answered_opens_no_other_page(client, order, standin, time_machine):
    standin.pay(open_session(order))
    standin.faults.add(method="GET", path="/v1/checkout/sessions/*", kind="drop_before")

    time_machine.move_to(timezone.now() + timedelta(minutes=36))
    location = press_pay(client, order)

    page = client.get(location).content.decode()
    assert (len(standin.sessions), order.payments.count()) == (1, 1)
    assert "Stripe does not say whether this is paid already." in page


def test_a_page_that_is_still_open_is_shown_again(client, order, standin, time_machine):
    open_session(order)

    time_machine.move_to(timezone.now() + timedelta(minutes=5))

    assert press_pay(client, order) == Payment.objects.get().session_url


def test_a_page_whose_time_is_over_gives_way_to_another_and_the_place_stays_held(client, order, standin, time_machine):
    open_session(order)

    time_machine.move_to(timezone.now() + timedelta(minutes=37))
    location = press_pay(client, order)

    order.refresh_from_db()
    assert (location, order.is_holding) == (order.payments.get(attempt=2).session_url, True)
    assert [each.status for each in order.tickets()] == ["held"]


def test_a_press_right_after_the_first_asks_nothing(client, order, standin):
    open_session(order)

    press_pay(client, order)

    assert asked(standin) == [("POST", "sessions")]


def test_a_page_of_another_account_is_no_hindrance(client, order, standin, time_machine):
    open_session(order)
    Payment.objects.update(session_id="cs_test_elsewhere")

    time_machine.move_to(timezone.now() + timedelta(minutes=1))

    assert (press_pay(client, order), reconcile.settle_what_is_paid(order)) == (Payment.objects.get().session_url, True)


# Back from the payment page, with a fresh form --------------------------------------------------


def fresh_form(client, workshop):
    return client.get(f"/book/{workshop.slug}/").content.decode()


def send(client, workshop, form, **changes):
    answers = {"name": "Noor", "email": "noor@example.org", "time_zone": "Europe/London", "terms": "on"}
    answers |= dict(HIDDEN.findall(form)) | {"place0-ticket_type": workshop.ticket_types.get().pk}
    return client.post(f"/book/{workshop.slug}/", answers | {"action": "pay", "places": "1"} | changes)


def test_who_goes_back_and_presses_again_finds_her_own_order_and_the_last_place(client, workshop, standin):
    first = send(client, workshop, fresh_form(client, workshop))

    second = send(client, workshop, fresh_form(client, workshop))
    third = send(client, workshop, fresh_form(client, workshop))

    assert {first["Location"], second["Location"], third["Location"]} == {Payment.objects.get().session_url}
    assert Order.objects.count() == 1


def test_who_changes_her_answers_is_told_of_the_order_and_of_the_place_that_she_holds(client, workshop, standin):
    send(client, workshop, fresh_form(client, workshop))
    number = Order.objects.get().number

    told = send(client, workshop, fresh_form(client, workshop), name="Ada").content.decode()
    again = send(client, workshop, told, name="Ada")

    assert f"held for you as order {number}, which is not paid." in " ".join(re.sub(r"<[^>]+>", "", told).split())
    kept = Order.objects.get(status="pending")
    assert (again["Location"], kept.buyer_name) == (kept.payments.get().session_url, "Ada")
    assert [each.status for each in Order.objects.order_by("pk")] == ["cancelled", "pending"]  # it is the last place


def test_what_takes_the_place_of_a_held_order_is_booked_with_its_code(client, standin):
    workshop = make_workshop(capacity=2)
    code = str(codes.issue_code(discount=make_discount(), email="noor@example.org", percent=20))
    send(client, workshop, fresh_form(client, workshop), code=code, shown_total="84.00")

    told = send(client, workshop, fresh_form(client, workshop), name="Ada", code=code, shown_total="84.00")
    send(client, workshop, told.content.decode(), name="Ada", code=code, shown_total="84.00")

    old, new = Order.objects.order_by("pk")
    assert (old.status, new.status, new.total, new.discount_code.status) == (
        *("cancelled", "pending", Decimal(84), "reserved"),
    )


def test_an_order_stays_held_where_what_was_to_take_its_place_is_refused(client, workshop, standin):
    send(client, workshop, fresh_form(client, workshop))
    told = send(client, workshop, fresh_form(client, workshop), name="Ada").content.decode()

    refused = send(client, workshop, told, name="Ada", shown_total="1.00")

    order = Order.objects.get()
    assert (refused.status_code, order.status, order.tickets()[0].is_holding) == (422, "pending", True)
    assert press_pay(client, order) == order.payments.order_by("attempt").last().session_url


def test_an_order_that_is_paid_meanwhile_gives_way_to_nothing(client, workshop, standin):
    send(client, workshop, fresh_form(client, workshop))
    told = send(client, workshop, fresh_form(client, workshop), name="Ada").content.decode()
    standin.pay(Payment.objects.get().session_id)

    kept = send(client, workshop, told, name="Ada")

    assert (Order.objects.get().status, Payment.objects.count()) == ("paid", 1)
    assert "stays as it is, and nothing more was booked" in kept.content.decode()


def test_an_order_stays_while_stripe_does_not_say_that_its_page_is_closed(client, workshop, standin):
    send(client, workshop, fresh_form(client, workshop))
    told = send(client, workshop, fresh_form(client, workshop), name="Ada").content.decode()
    for method in ("GET", "POST"):
        standin.faults.add(method=method, path="*", kind="drop_before", times=9)

    kept = send(client, workshop, told, name="Ada")

    assert "stays as it is, and nothing more was booked" in kept.content.decode()
    assert (Order.objects.get().status, Order.objects.get().tickets()[0].is_holding) == ("pending", True)


def test_a_stranger_with_a_form_of_her_own_is_told_that_the_place_is_gone(client, workshop, standin):
    form = fresh_form(client, workshop)
    placing.place_order(workshop, wish([ticket(workshop.ticket_types.get())], by=buyer("ada@example.org")))

    assert "The last place has just gone." in send(client, workshop, form).content.decode()


def test_the_key_of_an_order_that_is_paid_or_given_back_is_not_given_again(client, workshop, standin):
    send(client, workshop, fresh_form(client, workshop))
    order = Order.objects.get()
    before = str(order.key) in fresh_form(client, workshop)

    reconcile.give_back(order)

    assert (before, str(order.key) in fresh_form(client, workshop)) == (True, False)
