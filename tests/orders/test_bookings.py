"""Find my booking: whoever has bought or attends gets in with a code, and finds their places and orders."""

import pytest
from django.urls import reverse

from accounts.models import User
from courses.models import Ticket, WaitingListEntry
from orders.changes import cancellations
from outbox.models import Message
from outbox.sealing import unsealed
from tests.accounts.test_flows import CODE
from tests.builders import make_ticket, make_user, make_workshop
from tests.orders.purchases import buy, buyer

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in_with_code(client, email):
    url = client.post(reverse("account_request_login_code"), {"email": email}).url
    letter = unsealed(Message.objects.latest("pk")).text
    return client.post(url, {"code": CODE.findall(letter)[0]}, follow=True).content.decode()


def test_a_guest_who_lost_every_mail_finds_order_and_joining_page_by_a_code(client, standin):
    order = buy(standin, make_workshop(), by=buyer("Lena.Kerr@example.org", "Lena Kerr"))
    Ticket.objects.update(attendee_email="Lena.Kerr@example.org")

    page = sign_in_with_code(client, "lena.kerr@example.org")

    links = [order.get_absolute_url(), *(each.get_absolute_url() for each in order.tickets())]
    assert [f'href="{link}"' in page for link in links] == [True, True]


@pytest.mark.parametrize("name", ["orders:bookings", "cpd:add"])
def test_who_signed_in_on_the_way_to_a_page_is_told_there_and_not_once_more_elsewhere(client, name):
    make_user("lena.kerr@example.org")
    code_page = f"{reverse('account_request_login_code')}?next={reverse(name)}"
    url = client.post(code_page, {"email": "lena.kerr@example.org", "next": reverse(name)}).url
    letter = unsealed(Message.objects.latest("pk")).text

    told = client.post(url, {"code": CODE.findall(letter)[0]}, follow=True)
    later = client.get(reverse("orders:bookings")).content.decode()

    assert told.request["PATH_INFO"] == reverse(name)
    assert "You are signed in as" in told.content.decode()
    assert "You are signed in as" not in later


def test_an_order_says_what_was_given_back_of_it(client, standin):
    order = buy(standin, make_workshop(), by=buyer("lena.kerr@example.org", "Lena Kerr"))
    client.force_login(make_user("lena.kerr@example.org"))
    before = client.get(reverse("orders:bookings")).content.decode()

    cancellations.cancel_places(order, tickets=order.tickets(), shown=order.total)

    after = client.get(reverse("orders:bookings")).content.decode()
    assert ("given back" in before, "· £105.00 · £105.00 given back" in " ".join(after.split())) == (False, True)


def test_an_attendee_finds_her_place_and_not_the_order_that_another_paid(client, standin):
    order = buy(standin, make_workshop(), by=buyer("boss@example.org", "The Boss"))

    page = sign_in_with_code(client, "noor@example.org")

    assert (order.tickets()[0].get_absolute_url() in page, order.get_absolute_url() in page) == (True, False)


def test_bookings_tell_of_nobody_elses_and_of_no_address_without_proof(client):
    workshop = make_workshop()
    make_ticket(workshop, attendee_email="dana@example.org")
    user = make_user("noor@example.org")
    user.emailaddress_set.create(email="dana@example.org", verified=False)
    client.force_login(user)

    page = client.get("/bookings/").content.decode()

    assert ("Nothing is booked with this address" in page, "/join/" in page) == (True, False)


def test_ended_and_cancelled_places_are_told_apart(client):
    soon, gone = make_workshop(), make_workshop(status="cancelled")
    make_ticket(soon, attendee_email="noor@example.org")
    make_ticket(gone, attendee_email="noor@example.org")
    make_ticket(soon, Ticket.Status.CANCELLED, attendee_email="noor@example.org", place_number=None)
    client.force_login(make_user("noor@example.org"))

    page = client.get("/bookings/").content.decode()

    assert (page.count('href="/join/'), page.count("Cancelled by us")) == (2, 1)


def test_what_one_waits_for_is_there(client):
    entry = WaitingListEntry.objects.create(
        workshop=make_workshop(capacity=1), email="noor@example.org", email_key="noor@example.org"
    )
    client.force_login(make_user("noor@example.org"))

    assert f'href="{entry.get_absolute_url()}"' in client.get("/bookings/").content.decode()
    assert User.objects.count() == 1
