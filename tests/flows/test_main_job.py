"""Read, subscribe, get a code, book with it, pay, join: over real HTTP, with the real Stripe library."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from courses.models import Ticket
from newsletter.models import Subscriber
from orders.models import DiscountCode, Order, StripeEvent
from outbox.delivery import deliver_due
from tests.builders import (
    make_article,
    make_cities,
    make_offer,
    make_practice,
    make_terms,
    make_workshop,
)
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
LINK = re.compile(r"http://\S+")


@pytest.fixture
def site(live_server, standin, settings):
    settings.SITE_URL = live_server.url
    standin.webhooks.url = f"{live_server.url}/stripe/webhook/"
    make_practice()
    make_cities()
    make_terms()
    make_offer(20)
    return live_server.url


def read_mail(subject):
    """Delivers what is due and returns the text of the newest mail with these words in its subject."""
    deliver_due()
    return next(letter.body for letter in reversed(mail.outbox) if subject in letter.subject)


def test_a_reader_becomes_a_subscriber_a_buyer_and_an_attendee(site, standin, time_machine):
    article = make_article("Minds are made between people", audience="therapists")
    workshop = make_workshop(capacity=3, day=timezone.localdate() + timedelta(days=20))
    noor = Visitor()

    page = noor.get(site + article.get_absolute_url())
    page = noor.submit(page, 'name="placement"', **{_email_field(page): "noor@example.org"})
    assert (page.status, page.url) == (200, f"{site}/newsletter/check-your-inbox/")

    link = next(url for url in LINK.findall(read_mail("onfirm")) if "/confirm/" in url)
    page = noor.get(link)
    assert Subscriber.objects.get().status == Subscriber.Status.PENDING  # a link that was opened does nothing yet
    page = noor.submit(page, "<button")
    code = DiscountCode.objects.get()
    assert (str(code) in page.text, code.percent) == (True, 20)
    assert len(noor.cookies) == 0

    page = noor.get(f"{site}/workshops/")
    page = noor.get(site + workshop.get_absolute_url())
    page = noor.submit(page, 'name="ticket"')
    answers = {"name": "Noor Haddad", "email": "noor@example.org", "time_zone": "America/New_York", "code": str(code)}
    page = noor.submit(page, 'name="shown_total"', action="update", **answers)
    assert "£84.00" in page.text
    page = noor.submit(page, 'name="shown_total"', action="pay", terms="on")
    assert ("TEST PAYMENT" in page.text, page.url.startswith(standin.url)) == (True, True)

    page = noor.submit(page, 'value="pay"', action="pay")
    assert standin.wait_idle()
    order = Order.objects.get()
    assert ("You are booked, Noor Haddad." in page.text, order.status, order.total) == (True, Order.Status.PAID, 84)
    assert StripeEvent.objects.filter(type="checkout.session.completed").exclude(done_at=None).count() == 1
    code.refresh_from_db()
    assert code.status == DiscountCode.Status.REDEEMED

    letter = read_mail("You are booked")
    assert ("New York: " in letter, "London: " in letter) == (True, True)
    joining = next(url for url in LINK.findall(letter) if "/join/" in url)
    assert "zoom.example" not in Visitor().get(joining).text

    time_machine.move_to(workshop.starts_at - timedelta(minutes=29))
    place = Visitor().get(joining)
    assert "https://zoom.example/j/1" not in place.text  # whoever looks at the page has not joined
    assert 'href="https://zoom.example/j/1"' in Visitor().submit(place, "Join on Zoom").text


def test_an_event_alone_books_when_the_buyer_never_comes_back(site, standin):
    workshop = make_workshop()
    noor = Visitor()
    page = noor.get(f"{site}/book/{workshop.slug}/")
    noor.submit(page, 'name="shown_total"', action="pay", name="Noor", email="noor@example.org", terms="on")

    standin.pay(standin.sessions[0]["id"])
    assert standin.wait_idle()

    assert (Order.objects.get().status, Ticket.objects.get().status) == (Order.Status.PAID, Ticket.Status.CONFIRMED)


def test_going_back_from_the_payment_page_keeps_the_place_until_it_is_given_back(site, standin):
    workshop = make_workshop(capacity=1)
    noor = Visitor()
    page = noor.get(f"{site}/book/{workshop.slug}/")
    page = noor.submit(page, 'name="shown_total"', action="pay", name="Noor", email="noor@example.org", terms="on")

    page = noor.get(re.search(r'href="([^"]+/orders/[^"]+)"', page.text)[1])
    assert ("Your place is held." in page.text, workshop.places_left()) == (True, 0)
    page = noor.submit(page, "Give the place back")

    assert ("Your place was given back." in page.text, workshop.places_left()) == (True, 1)


def test_no_link_in_any_mail_acts_when_it_is_only_opened(site, standin):
    workshop = make_workshop()
    noor = Visitor()
    page = noor.get(f"{site}/newsletter/")
    noor.submit(page, 'name="placement"', **{_email_field(page): "noor@example.org"})
    page = noor.get(f"{site}/book/{workshop.slug}/")
    page = noor.submit(page, 'name="shown_total"', action="pay", name="Noor", email="noor@example.org", terms="on")
    noor.submit(page, 'value="pay"', action="pay")
    assert standin.wait_idle()
    deliver_due()
    before = _snapshot()

    links = {url for letter in mail.outbox for url in LINK.findall(letter.body)}
    answers = {Visitor().get(link).status for link in links}

    assert (answers, _snapshot()) == ({200}, before)
    assert {link.split("/")[2] for link in links} == {site.split("/")[2]}


def _email_field(page):
    return re.search(r'type="email" name="([^"]+)"', page.text)[1]


def _snapshot():
    return [
        list(Subscriber.objects.values()),
        list(Order.objects.values()),
        list(Ticket.objects.values()),
        list(DiscountCode.objects.values()),
    ]
