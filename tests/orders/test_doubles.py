"""Who has a place already is asked before she books another."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from orders.models import Order
from orders.settling import reconcile
from outbox.models import Message
from tests.builders import make_practice, make_terms, make_ticket_type, make_user, make_workshop
from tests.orders.invoices import invoice, make_invoicing_practice
from tests.orders.purchases import buy, buyer
from tests.orders.test_views import book, errors_in

pytestmark = pytest.mark.django_db(transaction=True)
ASKED = "There is a place for this address already, booked before. Tick the box if you would like it all the same."
UNSETTLED = ASKED.replace(
    "There is a place for this address already, booked before.",
    "A place for this address was ordered before, and that order is not settled yet.",
)


@pytest.fixture
def workshop():
    make_practice()
    make_terms()
    return make_workshop(capacity=6)


def second(workshop, **changes):
    kind = str(workshop.ticket_types.first().pk)
    form = {"places": "2", "shown_total": "210.00", "place1-ticket_type": kind}
    return form | {"place1-name": "Noor  haddad", "place1-email": "NOOR@example.org"} | changes


@pytest.fixture
def paid(client, workshop, standin):
    """Booked and paid in this browser."""
    book(client, workshop)
    order = Order.objects.get()
    standin.pay(order.payments.get().session_id)
    client.get(f"{order.get_absolute_url()}return/")
    return order


def test_paid_and_bought_again_in_the_same_browser_is_asked_about(client, workshop, paid):
    asked = book(client, workshop)

    page = asked.content.decode()
    assert (asked.status_code, errors_in(asked), Order.objects.count()) == (422, [ASKED], 1)
    assert page.count('name="again"') == 1
    assert (book(client, workshop, again="on").status_code, Order.objects.count()) == (303, 2)


@pytest.fixture
def at_the_bank(client, workshop, standin):
    """Paid in this browser by a method whose bank says yes or no days later; her cookie knows the order."""
    book(client, workshop)
    order = Order.objects.get()
    standin.pay(order.payments.get().session_id, method="delayed")
    client.get(f"{order.get_absolute_url()}return/")
    return order


def test_a_place_whose_payment_is_at_the_bank_is_asked_about_in_any_browser(client, workshop, at_the_bank):
    at_the_bank.refresh_from_db()
    assert at_the_bank.status == "processing"
    elsewhere = Client()
    elsewhere.force_login(make_user("noor@example.org"))

    for each in (client, elsewhere):
        assert (errors_in(book(each, workshop)), Order.objects.count()) == ([UNSETTLED], 1)
    page = client.get(f"/book/{workshop.slug}/").content.decode()
    assert "The payment for an order of yours for this workshop is on its way." in page
    assert (book(client, workshop, again="on").status_code, Order.objects.count()) == (303, 2)


def test_while_the_bank_is_silent_she_is_asked_though_her_place_is_not_kept(client, workshop, at_the_bank):
    later = Order.objects.get().held_until + timedelta(days=1)

    with time_machine.travel(later, tick=False):
        assert errors_in(book(client, workshop)) == [UNSETTLED]


def test_a_place_that_a_transfer_is_awaited_for_is_asked_about(client, workshop):
    make_invoicing_practice()
    invoice(workshop)
    client.force_login(make_user("noor@example.org"))

    assert errors_in(book(client, workshop)) == [UNSETTLED]


def test_what_was_not_paid_or_failed_at_the_bank_is_not_asked_about(client, workshop, standin, at_the_bank):
    standin.settle_delayed(at_the_bank.payments.get().session_id, succeeded=False)
    reconcile.ask_about_open_attempts(at_once=True)

    assert (book(client, workshop).status_code, Order.objects.count()) == (303, 2)


def test_a_place_that_cost_something_else_is_a_place_too_and_a_recording_is_none(client, workshop, paid):
    early = make_ticket_type(workshop, "Early bird", "89.00")
    recording = make_ticket_type(workshop, "Recording", "60.00", access="catch_up")

    asked = book(client, workshop, **{"place0-ticket_type": str(early.pk), "shown_total": "89.00"})

    assert errors_in(asked) == [ASKED]
    other = {"place0-ticket_type": str(recording.pk), "shown_total": "60.00"}
    assert book(client, workshop, **other).status_code == 303


def test_a_place_on_another_workshop_is_none_on_this_one(client, workshop, paid):
    assert book(client, make_workshop()).status_code == 303


def test_the_second_mail_says_that_there_was_a_place_already_and_of_nobody_elses(workshop, standin):
    said = "You had a place here already, from an earlier booking."
    orders = [buy(standin, workshop), buy(standin, workshop), buy(standin, workshop, by=buyer("ada@example.org"))]

    mails = [Message.objects.get(key=f"order:{order.pk}:confirmation") for order in orders]

    assert [mail.text.count(said) for mail in mails] == [0, 1, 0]
    assert [mail.html.count("You had a place here already") for mail in mails] == [0, 1, 0]


def test_the_second_mail_says_so_whatever_the_place_cost_and_not_of_a_recording(workshop, standin):
    others = [make_ticket_type(workshop, "Early bird"), make_ticket_type(workshop, "Recording", access="catch_up")]
    buy(standin, workshop)

    orders = [buy(standin, workshop, ticket_types=[each]) for each in others]

    mails = [Message.objects.get(key=f"order:{order.pk}:confirmation") for order in orders]
    assert ["You had a place here already" in mail.text for mail in mails] == [True, False]


def test_nobody_is_asked_on_a_first_visit_or_for_a_colleague(client, workshop, paid):
    colleague = {"place0-name": "Ada Field", "place0-email": "ada@example.org"}

    response = book(client, workshop, **colleague)

    assert (response.status_code, Order.objects.count()) == (303, 2)


def test_the_form_that_was_paid_and_is_sent_again_leads_to_its_order(client, workshop, paid):
    response = book(client, workshop, key=str(paid.key))

    assert (response["Location"].partition("?")[0], Order.objects.count()) == (paid.get_absolute_url(), 1)


def test_signed_in_she_is_asked_in_any_browser(client, workshop, standin):
    buy(standin, workshop, by=buyer("noor@example.org"))
    client.force_login(make_user("noor@example.org"))

    assert errors_in(book(client, workshop)) == [ASKED]


def test_a_stranger_is_not_told_who_has_a_place(client, workshop, standin):
    buy(standin, workshop, by=buyer("noor@example.org"))

    assert book(client, workshop).status_code == 303


def test_two_places_for_one_person_in_one_form_are_asked_about(client, workshop, standin):
    asked = book(client, workshop, **second(workshop))

    assert (asked.status_code, Order.objects.count()) == (422, 0)
    assert "Two of these places are for the same person" in errors_in(asked)[0]
    assert book(client, workshop, again="on", **second(workshop)).status_code == 303


def test_two_places_for_one_person_are_two_whatever_each_costs(client, workshop, standin):
    early = make_ticket_type(workshop, "Early bird", "89.00")

    asked = book(client, workshop, **second(workshop, **{"place1-ticket_type": str(early.pk), "shown_total": "194.00"}))

    assert (asked.status_code, Order.objects.count()) == (422, 0)
    assert "Two of these places are for the same person" in errors_in(asked)[0]


def test_two_people_with_one_address_are_not_asked_about(client, workshop, standin):
    assert book(client, workshop, **second(workshop, **{"place1-name": "Ada Field"})).status_code == 303
