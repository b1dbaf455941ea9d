import html
import re
from datetime import date, time

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from courses.models import Ticket
from kit import kept
from tests.builders import at, make_cities, make_practice, make_session, make_ticket, make_ticket_type, make_workshop
from tests.markup import markup

pytestmark = pytest.mark.django_db

DAY = date(2027, 1, 15)
LINK = "https://zoom.example/j/1"


@pytest.fixture(autouse=True)
def _site():
    make_practice()
    make_cities()


def page(client, ticket, moment):
    with time_machine.travel(at(moment), tick=False):
        response = client.get(f"/join/{ticket.secret}/")
    assert response.status_code == 200
    return markup(response)


def outside_links(text):
    return re.findall(r'<a class="button button--wide" href="([^"]+)" rel="noreferrer">Join on Zoom</a>', text)


def words(text, tag):
    return [
        html.unescape(re.sub(r"<[^>]+>", "", each)) for each in re.findall(rf"<{tag}[ >].*?</{tag}>", text, re.DOTALL)
    ]


@pytest.mark.parametrize(
    ("moment", "links"),
    [
        ("2027-01-15 09:29:59", []),
        ("2027-01-15 09:30", [LINK]),
        ("2027-01-15 12:00", [LINK]),
        ("2027-01-15 15:59:59", [LINK]),
        ("2027-01-15 16:00", []),
    ],
)
def test_the_zoom_link_is_shown_from_thirty_minutes_before_to_the_end(client, moment, links):
    text = page(client, make_ticket(make_workshop(day=DAY)), moment)

    assert outside_links(text) == links
    assert (text.count(LINK), text.count("willow")) == (len(links), len(links))


def test_passcode_and_phone_numbers_come_with_the_link(client):
    workshop = make_workshop(day=DAY)
    workshop.sessions.update(dial_in="+44 20 7946 0958\n+33 1 99 00 00 00")

    text = page(client, make_ticket(workshop), "2027-01-15 10:00")

    assert "<p>Passcode: <b>willow</b></p>" in text
    assert "<p>+44 20 7946 0958<br>+33 1 99 00 00 00</p>" in text


def test_before_that_the_page_counts_down_in_the_attendees_time(client):
    ticket = make_ticket(make_workshop(day=DAY), attendee_time_zone="America/New_York")

    text = page(client, ticket, "2027-01-01 10:00")

    assert re.findall(r'<b data-opens="([^"]+)">([^<]+)</b>', text) == [
        ("2027-01-15T09:30:00+00:00", "Opens Friday 15 January 2027 at 04:30, New York time")
    ]


def test_times_are_the_organisers_the_attendees_and_the_visitors(client):
    ticket = make_ticket(make_workshop(day=DAY, start=time(19), end=time(21)), attendee_time_zone="Asia/Kolkata")

    text = page(client, ticket, "2027-01-01 10:00")

    assert (
        words(text, "dl")[0].replace("\n", " ")
        == "London19:00–21:00 GMTKolkata00:30–02:30 IST Sat 16 JanUTC19:00–21:00"
    )
    assert 'data-start="2027-01-15T19:00Z" data-end="2027-01-15T21:00Z" data-day="Fri"' in text


def test_every_session_opens_by_itself(client):
    workshop = make_workshop(day=DAY)
    make_session(workshop, date(2027, 1, 16), join_url="https://zoom.example/j/2")

    text = page(client, make_ticket(workshop), "2027-01-16 09:45")

    assert outside_links(text) == ["https://zoom.example/j/2"]
    assert "<p>This session is over.</p>" in text


def test_a_session_without_a_link_says_who_adds_it(client):
    workshop = make_workshop(day=DAY)
    workshop.sessions.update(join_url="")
    ticket = make_ticket(workshop)

    early, late = (page(client, ticket, moment) for moment in ("2027-01-01 10:00", "2027-01-15 09:45"))

    assert "The organiser adds the Zoom link before then" in early
    assert "The organiser has not added the Zoom link yet." in late


@pytest.mark.parametrize(
    ("days", "words_of_thanks"),
    [
        (28, "The recording stays open to you for 28 days from its publication; its link comes to you by email."),
        (0, "This workshop was not recorded."),
    ],
)
def test_afterwards_the_page_thanks_and_tells_of_the_recording(client, days, words_of_thanks):
    text = page(client, make_ticket(make_workshop(day=DAY, catch_up_days=days)), "2027-01-15 16:00")

    assert f"<b>Thank you for coming.</b> {words_of_thanks}" in text


@pytest.mark.parametrize(
    ("status", "heading"),
    [
        (Ticket.Status.HELD, "Your place is held, not booked yet"),
        (Ticket.Status.LAPSED, "This place was not booked in time"),
        (Ticket.Status.CANCELLED, "This place was cancelled"),
    ],
)
def test_only_a_confirmed_ticket_opens_anything(client, status, heading):
    ticket = make_ticket(make_workshop(day=DAY), status, held_until=at("2027-01-15 11:00"))

    text = page(client, ticket, "2027-01-15 10:00")

    assert words(text, "h2")[0] == heading
    assert (LINK in text, "willow" in text, "calendar.ics" in text) == (False, False, False)


def test_a_hold_that_has_ended_is_told_as_such_before_anybody_tidies_it(client):
    ticket = make_ticket(make_workshop(day=DAY), Ticket.Status.HELD, held_until=at("2027-01-01 10:00"))

    assert words(page(client, ticket, "2027-01-01 10:00"), "h2")[0] == "This place was not booked in time"


def test_a_cancelled_workshop_opens_nothing(client):
    text = page(client, make_ticket(make_workshop(day=DAY, status="cancelled")), "2027-01-15 10:00")

    assert (words(text, "h2")[0], LINK in text) == ("This workshop is cancelled", False)


def test_a_catch_up_place_never_shows_the_live_link(client):
    workshop = make_workshop(day=DAY)
    catch_up = make_ticket_type(workshop, "Catch-up only", access="catch_up")
    ticket = make_ticket(workshop, ticket_type=catch_up, access="catch_up", place_number=None)

    text = page(client, ticket, "2027-01-15 10:00")

    assert (LINK in text, "willow" in text, "calendar.ics" in text) == (False, False, False)
    assert "It stays open to you for 28 days from its publication" in text


def test_the_page_is_kept_nowhere_and_found_by_nobody(client):
    ticket = make_ticket(make_workshop(day=DAY))

    for address in (f"/join/{ticket.secret}/", f"/join/{ticket.secret}/calendar.ics"):
        response = client.get(address)

        assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("private, no-store", "noindex, nofollow")
        assert response["Referrer-Policy"] == "same-origin"
        assert response.cookies == {}


@pytest.mark.parametrize("secret", ["x" * 32, "a", "x" * 400, "a%00b", "%C3%A9", "..%2f..", "a b", "%ED%A0%80"])
def test_what_is_no_secret_is_not_found(client, secret):
    make_ticket(make_workshop(day=DAY))

    codes = [client.get(f"/join/{secret}/{rest}").status_code for rest in ("", "calendar.ics")]

    assert codes == [404, 404]


def test_a_secret_is_taken_letter_by_letter(client):
    ticket = make_ticket(make_workshop(day=DAY), secret="AbCdEfGhIjKlMnOpQrStUvWxYz123456")

    assert client.get(f"/join/{ticket.secret.lower()}/").status_code == 404


def test_the_calendar_file_is_the_tickets_own(client):
    ticket = make_ticket(make_workshop(day=DAY, slug="grief"))

    response = client.get(f"/join/{ticket.secret}/calendar.ics")

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="grief.ics"'
    (event,) = Calendar.from_ical(response.content).walk("VEVENT")
    assert event["UID"].startswith(f"session-{ticket.workshop.sessions.get().pk}-{ticket.pk}@")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (Ticket.Status.CONFIRMED, 200),
        (Ticket.Status.CANCELLED, 200),
        (Ticket.Status.HELD, 404),
        (Ticket.Status.LAPSED, 404),
    ],
)
def test_a_calendar_file_is_for_places_that_were_booked(client, status, code):
    ticket = make_ticket(make_workshop(day=DAY), status)

    assert client.get(f"/join/{ticket.secret}/calendar.ics").status_code == code


def test_the_page_asks_as_many_questions_for_three_sessions_as_for_one(client):
    workshop = make_workshop(day=DAY)
    ticket = make_ticket(workshop)
    counts = []
    for days in ([], [16, 17]):
        for day in days:
            make_session(workshop, date(2027, 1, day))
        kept.forget()
        with CaptureQueriesContext(connection) as queries:
            page(client, ticket, "2027-01-01 10:00")
        counts.append(len(queries))

    assert counts == [6, 6]


def test_nothing_is_sent_to_the_joining_page(client):
    ticket = make_ticket(make_workshop(day=DAY))

    assert client.post(f"/join/{ticket.secret}/").status_code == 405
