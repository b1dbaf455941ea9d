import re
import time
from datetime import timedelta
from html import unescape

import pytest
from django.core.cache import cache
from django.utils import timezone

from courses.models import Workshop
from learning import link_views, links_again
from orders.models import Order
from outbox.models import Message
from tests.builders import make_cities, make_practice, make_recording, make_ticket, make_workshop
from tests.orders.test_codes import make_order

pytestmark = pytest.mark.django_db

ASK = "/bookings/send-links/"
NOOR = "noor@example.org"


@pytest.fixture(autouse=True)
def _site(settings, monkeypatch):
    monkeypatch.setattr(link_views, "EVEN_TIME", 0)
    settings.SITE_URL = "https://www.example.org"
    make_practice()
    make_cities()


def ask(client, email=NOOR):
    cache.clear()  # the limit of one network is another matter
    return client.post(ASK, {"email": email}, follow=True)


def mail(to=NOOR):
    return Message.objects.filter(to=to).latest("pk")


def over(workshop, *, days_ago):
    then = timezone.now() - timedelta(days=days_ago)
    span = {"starts_at": then - timedelta(hours=6), "ends_at": then}
    Workshop.objects.filter(pk=workshop.pk).update(**span)
    workshop.sessions.update(**span)


def test_the_address_is_sent_the_joining_pages_of_what_is_to_come(client):
    ticket, other = make_ticket(make_workshop(), attendee_email="Noor@Example.org"), make_ticket(make_workshop())

    ask(client)

    links = re.findall(r"https://www.example.org(/join/\S+)", mail().text)
    assert sorted(links) == sorted([ticket.get_absolute_url(), other.get_absolute_url()])
    assert mail().subject == "Your links, as you asked"


def test_what_is_to_come_is_told_the_soonest_first_and_none_of_it_is_lost_behind_what_comes_later(client, monkeypatch):
    monkeypatch.setattr(links_again, "MOST", 2)
    days = [timezone.localdate() + timedelta(days=days) for days in (90, 30, 60)]
    tickets = [make_ticket(make_workshop(day=day)) for day in days]

    ask(client)

    links = re.findall(r"https://www.example.org(/join/\S+)", mail().text)
    assert links == [tickets[1].get_absolute_url(), tickets[2].get_absolute_url()]


def test_the_page_is_the_same_whoever_is_booked(client):
    make_ticket(make_workshop())

    known, unknown = ask(client), ask(client, "nobody@example.org")

    assert (known.status_code, known.content) == (200, unknown.content)
    assert [known.redirect_chain, known.cookies] == [unknown.redirect_chain, {}]
    assert Message.objects.count() == 2


@pytest.mark.parametrize("email", [NOOR, "nobody@example.org"])
def test_the_answer_takes_as_long_whoever_is_booked(client, monkeypatch, email):
    monkeypatch.setattr(link_views, "EVEN_TIME", 0.5)
    make_ticket(make_workshop())

    begins = time.monotonic()
    ask(client, email)

    assert time.monotonic() - begins >= 0.5


def test_an_address_without_bookings_is_told_so_and_given_no_link_of_others(client):
    ticket = make_ticket(make_workshop())

    ask(client, "nobody@example.org")

    told = mail("nobody@example.org")
    assert told.subject == "We found no booking with this address"
    assert ticket.secret not in told.text + told.html


def test_what_is_over_is_sent_while_it_can_be_watched(client):
    watchable, gone = make_workshop(catch_up_days=28), make_workshop(catch_up_days=28)
    ticket, past = make_ticket(watchable), make_ticket(gone)
    make_recording(watchable, published_at=timezone.now() - timedelta(days=1))
    make_recording(gone, published_at=timezone.now() - timedelta(days=40))
    over(watchable, days_ago=2)
    over(gone, days_ago=41)

    ask(client)

    assert f"To watch it: https://www.example.org{ticket.get_absolute_url()}" in mail().text
    assert past.secret not in mail().text


@pytest.mark.parametrize("status", ["cancelled", "held", "lapsed"])
def test_a_place_that_is_not_booked_has_no_link(client, status):
    make_ticket(make_workshop(), status=status, **({"place_number": None} if status != "held" else {}))

    ask(client)

    assert mail().subject == "We found no booking with this address"


def test_a_buyer_who_is_not_coming_is_sent_the_page_of_the_order(client):
    workshop = make_workshop()
    order = make_order(email="ana@example.org", status=Order.Status.PAID, workshop=workshop)
    make_ticket(workshop)

    ask(client, "ana@example.org")

    text = mail("ana@example.org").text
    assert (order.get_absolute_url() in text, "/join/" in text) == (True, False)


def test_one_address_is_sent_two_a_day_and_the_page_says_the_same(client):
    make_ticket(make_workshop())

    answers = [ask(client).content for _ in range(4)]

    assert (Message.objects.count(), len(set(answers))) == (2, 1)


def test_who_is_booked_gets_her_links_though_strangers_ask_for_thousands_of_addresses(client):
    make_ticket(make_workshop())
    Message.objects.bulk_create(
        Message(key=f"n{number}", kind=links_again.NOTHING, person=f"n{number}", to="n@example.com")
        for number in range(200)
    )

    ask(client, "nobody@example.org")
    ask(client)

    assert list(Message.objects.exclude(key__startswith="n").values_list("to", flat=True)) == [NOOR]


def test_a_wrong_address_is_answered_at_its_field(client):
    response = ask(client, "noor@")

    assert response.status_code == 422
    text = unescape(response.content.decode())
    assert re.findall(r"<title>(.*?) –", text) == ["Error: Send me my links again"]
    assert 'value="noor@"' in text
    assert Message.objects.count() == 0


def test_it_is_reached_from_every_page_where_workshops_are_taught(client):
    assert f'href="{ASK}"' in client.get("/therapy/").text.split("<footer")[1]
