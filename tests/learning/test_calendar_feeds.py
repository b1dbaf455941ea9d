"""One address for somebody's calendar: what stands there, who is shown it, and how it ends."""

from datetime import date
from urllib.parse import urlsplit

import pytest
import time_machine
from django.utils import timezone
from icalendar import Calendar

from courses.models import Ticket, Workshop
from learning.calendar_feeds import make_feed, path_of
from learning.models import CalendarFeed
from tests.builders import at, make_practice, make_session, make_ticket, make_user, make_workshop

pytestmark = pytest.mark.django_db
NOOR = "noor@example.org"


@pytest.fixture
def noor():
    make_practice()
    return make_user(NOOR)


@pytest.fixture
def signed_in(client, noor):
    client.force_login(noor)
    return client


def shown(client, feed):
    """Each event with its standing."""
    answer = client.get(path_of(feed))
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    return {str(event["UID"]).split("@")[0]: str(event["STATUS"]) for event in events}


def _of(email):
    return make_ticket(make_workshop(), attendee_email=email)


def name_of(ticket, session=None):
    return f"session-{(session or ticket.workshop.session_list[0]).pk}-{ticket.pk}"


def test_an_address_is_made_shown_and_ended_by_whoever_it_is_for(signed_in, noor, settings):
    page = "/calendar/"
    assert "Make my address" in signed_in.get(page).text

    for _ in range(2):  # a double click makes one
        assert signed_in.post("/calendar/make/")["Location"] == page
    feed = CalendarFeed.objects.get(user=noor)
    text = signed_in.get(page).text
    assert f"{settings.SITE_URL}{path_of(feed)}</p>" in text
    assert f'href="webcal://{urlsplit(settings.SITE_URL).netloc}{path_of(feed)}"' in text

    for _ in range(2):
        assert signed_in.post("/calendar/end/")["Location"] == page
    assert signed_in.get(path_of(feed)).status_code == 404
    assert make_feed(noor).secret != feed.secret


def test_to_look_at_the_pages_makes_and_ends_nothing(signed_in, noor):
    feed = make_feed(noor)

    codes = [signed_in.get(f"/calendar/{page}").status_code for page in ("", "make/", "end/")]

    assert (codes, list(CalendarFeed.objects.values_list("secret", flat=True))) == ([200, 405, 405], [feed.secret])


def test_all_that_one_comes_to_stands_there_whoever_booked_it(client, noor):
    own, others = make_ticket(make_workshop(), attendee_email="Noor@example.org"), _of("ada@example.org")
    catch_up = make_ticket(make_workshop(), attendee_email=NOOR, access="catch_up", place_number=None)
    held = make_ticket(make_workshop(), Ticket.Status.HELD, attendee_email=NOOR, held_until=timezone.now())
    past = make_ticket(make_workshop(day=date(2020, 1, 1)), attendee_email=NOOR)

    found = shown(client, make_feed(noor))

    assert found == {name_of(own): "CONFIRMED"}
    assert [name_of(each) in found for each in (others, catch_up, held, past)] == [False] * 4


def test_addresses_that_were_not_proved_show_nothing(client, noor):
    make_ticket(make_workshop(), attendee_email="boss@example.org")
    noor.emailaddress_set.create(email="boss@example.org", verified=False)

    assert shown(client, make_feed(noor)) == {}


@time_machine.travel(at("2026-09-01 08:00"), tick=False)
def test_what_was_cancelled_stays_as_cancelled_until_it_would_be_over(client, noor):
    day = date(2026, 10, 23)
    place = make_ticket(
        make_workshop(day=day), Ticket.Status.CANCELLED, attendee_email=NOOR, confirmed_at=timezone.now()
    )
    run = make_ticket(make_workshop(day=day, status=Workshop.Status.CANCELLED), attendee_email=NOOR)
    never_booked = make_ticket(make_workshop(day=day), Ticket.Status.CANCELLED, attendee_email=NOOR)

    feed = make_feed(noor)

    assert shown(client, feed) == {name_of(place): "CANCELLED", name_of(run): "CANCELLED"}
    assert name_of(never_booked) not in shown(client, feed)
    with time_machine.travel(at("2026-10-24 08:00")):
        assert shown(client, feed) == {}


def test_a_place_that_was_handed_on_is_not_theirs_any_more(client, noor):
    ticket = make_ticket(make_workshop(), attendee_email=NOOR)
    feed = make_feed(noor)
    Ticket.objects.filter(pk=ticket.pk).update(attendee_email="ada@example.org")

    assert shown(client, feed) == {}


@pytest.mark.parametrize("count", [1, 6])
def test_many_places_ask_no_more_than_few(client, noor, django_assert_num_queries, count):
    for _ in range(count):
        workshop = make_workshop()
        make_session(workshop, date(2031, 5, 5))
        make_ticket(workshop, attendee_email=NOOR)
    path = path_of(make_feed(noor))

    with django_assert_num_queries(5):
        client.get(path)


def test_it_asks_programs_to_come_back_each_hour_and_never_leads_into_zoom(client, noor):
    make_ticket(make_workshop(), attendee_email=NOOR)

    answer = client.get(path_of(make_feed(noor)))

    lines = answer.text.split("\r\n")
    assert [line in lines for line in ("REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H")] == [True, True]
    assert [word for word in ("zoom.example", "willow", "METHOD") if word in answer.text] == []


def test_a_program_that_has_it_is_sent_it_again_only_once_it_has_changed(client, noor):
    ticket = make_ticket(make_workshop(), attendee_email=NOOR)
    path = path_of(make_feed(noor))
    first = client.get(path)
    had = {"If-None-Match": first["ETag"]}

    same = client.get(path, headers=had)
    ticket.workshop.course.title = "Another title"
    ticket.workshop.course.save(update_fields=["title"])
    changed = client.get(path, headers=had)

    assert [(each.status_code, each["Cache-Control"]) for each in (first, same, changed)] == [
        (200, "private, no-cache"),
        (304, "private, no-cache"),
        (200, "private, no-cache"),
    ]
    assert (same.content, "Another title" in changed.text) == (b"", True)


def test_a_closed_account_and_an_unknown_address_show_nothing(client, noor):
    feed = make_feed(noor)
    noor.is_active = False
    noor.save(update_fields=["is_active"])

    codes = [client.get(path).status_code for path in (path_of(feed), f"/calendar/{'A' * 32}.ics", "/calendar/x.ics")]

    assert codes == [404, 404, 404]
