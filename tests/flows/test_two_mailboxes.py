"""An ß in a domain: its owner books, and whoever has the same letters with ss sees nothing of it."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from newsletter.models import Subscriber
from orders.models import Order
from orders.settling import settle
from outbox.delivery import deliver_due
from outbox.models import Message
from tests.accounts.test_flows import last_code
from tests.builders import make_practice, make_terms, make_workshop
from tests.orders.purchases import as_stripe_sees_it
from tests.orders.test_views import answers
from tests.outbox.test_delivery import smtp  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
BERTA, STRANGER = "berta@faß.example", "berta@fass.example"
DELIVERED = "berta@xn--fa-hia.example"


@pytest.fixture
def workshop():
    make_practice()
    make_terms()
    return make_workshop(capacity=4)


def book(workshop, email: str) -> Order:
    posted = answers(workshop, email=email)
    assert Client().post(reverse("orders:book", args=[workshop.slug]), posted).status_code == 303
    return Order.objects.get(key=posted["key"])


def signed_up(email: str) -> Client:
    """By the code in the mailbox of that address."""
    client = Client()
    answer = client.post(reverse("account_signup"), {"email": email})
    client.post(answer.url, {"code": last_code()})
    return client


def bookings(client: Client) -> str:
    response = client.get(reverse("orders:bookings"))
    assert response.status_code == 200
    return response.content.decode()


def test_who_has_the_other_mailbox_sees_nothing(workshop, standin, smtp):  # noqa: F811
    order = book(workshop, BERTA)
    session = standin.sessions[0]
    standin.pay(session["id"])
    settle.settle(as_stripe_sees_it(session["id"]))
    deliver_due()
    strangers, bertas = signed_up(STRANGER), signed_up(BERTA)

    assert session["customer_email"] == DELIVERED
    assert {line for line in smtp.envelopes if line.startswith("RCPT")} == {f"RCPT TO:<{DELIVERED}>"}
    assert order.number not in bookings(strangers)
    assert order.number in bookings(bertas)


@pytest.mark.parametrize("spelling", [BERTA, "Berta@FAẞ.example", DELIVERED, " berta@faß.example\u200b"])
def test_however_she_writes_it_she_finds_her_order(workshop, standin, spelling):
    order = book(workshop, "BERTA@faß.example")

    assert order.number in bookings(signed_up(spelling))


def test_written_twice_in_two_spellings_it_is_still_one_person_who_gets_one_mail(workshop, standin):
    posted = answers(workshop, **{"email": BERTA, "place0-name": "Berta Ott", "place0-email": "Berta@FAẞ.example"})

    Client().post(reverse("orders:book", args=[workshop.slug]), posted)
    session = standin.sessions[0]
    standin.pay(session["id"])
    settle.settle(as_stripe_sees_it(session["id"]))

    assert list(Message.objects.values_list("to", flat=True)) == [DELIVERED]


def test_she_signs_in_by_any_spelling_and_the_other_address_gets_an_account_of_its_own(workshop):
    signed_up(BERTA)
    ask, stranger = reverse("account_request_login_code"), Client()

    Client().post(ask, {"email": "Berta@FAẞ.example"})
    hers = Message.objects.latest("pk")
    answer = stranger.post(ask, {"email": STRANGER})
    other = Message.objects.latest("pk")
    stranger.post(answer.url, {"code": last_code()})

    assert [(each.to, each.subject) for each in (hers, other)] == [
        (DELIVERED, "Your code to sign in"),
        (STRANGER, "Your code to sign in"),
    ]
    assert (User.objects.count(), User.objects.filter(email=STRANGER).count()) == (2, 1)


def test_each_of_them_subscribes_alone(workshop, client):
    for email in (BERTA, STRANGER, "Berta@FAẞ.example"):
        client.post(reverse("newsletter:subscribe"), {"email": email, "audience": "both", "placement": "footer"})

    assert sorted(Subscriber.objects.values_list("email", "email_key")) == [
        (STRANGER, STRANGER),
        (DELIVERED, DELIVERED),
    ]
    assert sorted(Message.objects.values_list("to", flat=True)) == [STRANGER, DELIVERED]
