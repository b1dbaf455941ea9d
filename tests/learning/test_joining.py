import html
import re
from datetime import date, time

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from courses.models import Ticket
from kit.pages import kept
from learning.models import JoinClick
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


def ways_in(text):
    """The numbers of the sessions that the page has a button for."""
    return [int(each) for each in re.findall(r'action="/join/[^/]+/sessions/(\d+)/"', text)]


def press(client, ticket, moment, session=None):
    pk = (session or ticket.workshop.sessions.first()).pk
    with time_machine.travel(at(moment), tick=False):
        return client.post(f"/join/{ticket.secret}/sessions/{pk}/")


def heading(text):
    return words(text, "h1")[0].strip()


def words(text, tag):
    return [
        html.unescape(re.sub(r"<[^>]+>", "", each)) for each in re.findall(rf"<{tag}[ >].*?</{tag}>", text, re.DOTALL)
    ]


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2027-01-15 09:29:59", False),
        ("2027-01-15 09:30", True),
        ("2027-01-15 12:00", True),
        ("2027-01-15 15:59:59", True),
        ("2027-01-15 16:00", False),
    ],
)
def test_the_button_lets_in_from_thirty_minutes_before_to_the_end_and_the_press_is_noted(client, moment, is_open):
    ticket = make_ticket(make_workshop(day=DAY))
    session = ticket.workshop.sessions.get()

    text, answer = page(client, ticket, moment), press(client, ticket, moment)

    assert (ways_in(text), LINK in text, "willow" in text) == ([session.pk] if is_open else [], False, False)
    assert (answer.status_code, JoinClick.objects.count()) == ((200, 1) if is_open else (303, 0))
    if is_open:
        click = JoinClick.objects.get()
        assert (click.ticket, click.session, click.clicked_at) == (ticket, session, at(moment))


def test_link_passcode_and_phone_numbers_stand_on_the_page_between(client):
    workshop = make_workshop(day=DAY)
    workshop.sessions.update(dial_in="+44 20 7946 0958\n+33 1 99 00 00 00", join_url=f"{LINK}?a=1&pwd=x")

    text = markup(press(client, make_ticket(workshop), "2027-01-15 10:00"))

    assert f'content="0; url={LINK}?a=1&amp;pwd=x"' in text
    assert f'<a class="button button--wide" href="{LINK}?a=1&amp;pwd=x" rel="noreferrer">Open Zoom</a>' in text
    assert "<p>If you are asked for a passcode: <b>willow</b></p>" in text
    assert "<p>+44 20 7946 0958<br>+33 1 99 00 00 00</p>" in text


def test_a_changed_link_counts_at_once(client):
    ticket = make_ticket(make_workshop(day=DAY))
    press(client, ticket, "2027-01-15 10:00")
    ticket.workshop.sessions.update(join_url="https://zoom.example/j/2")

    assert 'href="https://zoom.example/j/2"' in markup(press(client, ticket, "2027-01-15 10:05"))


def test_a_double_click_is_one_and_coming_back_later_is_another(client):
    ticket = make_ticket(make_workshop(day=DAY))

    for moment in ("2027-01-15 10:00", "2027-01-15 10:00:59", "2027-01-15 10:01"):
        press(client, ticket, moment)

    assert [click.clicked_at for click in JoinClick.objects.all()] == [at("2027-01-15 10:00"), at("2027-01-15 10:01")]


def test_opening_the_address_of_the_button_changes_nothing_and_leads_back(client):
    ticket = make_ticket(make_workshop(day=DAY))

    with time_machine.travel(at("2027-01-15 10:00"), tick=False):
        answer = client.get(f"/join/{ticket.secret}/sessions/{ticket.workshop.sessions.get().pk}/")

    assert (answer.status_code, answer["Location"], JoinClick.objects.count()) == (303, ticket.get_absolute_url(), 0)


def test_nobody_enters_another_workshops_session_or_with_a_place_that_opens_nothing(client):
    workshop, other = make_workshop(day=DAY), make_workshop(day=DAY)
    catch_up = make_ticket_type(workshop, "Catch-up only", access="catch_up")
    tickets = [
        make_ticket(workshop, Ticket.Status.CANCELLED),
        make_ticket(workshop, Ticket.Status.HELD),
        make_ticket(workshop, ticket_type=catch_up, access="catch_up", place_number=None),
        make_ticket(make_workshop(day=DAY, status="cancelled")),
        make_ticket(other),
    ]
    sessions = [*[workshop.sessions.get()] * 3, tickets[3].workshop.sessions.get(), workshop.sessions.get()]

    answers = [press(client, *each) for each in zip(tickets, ["2027-01-15 10:00"] * 5, sessions, strict=True)]

    assert [(each.status_code, LINK in each.text) for each in answers] == [(303, False)] * 5
    assert JoinClick.objects.count() == 0


@pytest.mark.parametrize(
    ("moment", "words_of_it"),
    [
        ("2027-01-15 09:50", "Starts Friday 15 January 2027 at 10:00, London time, in 10 minutes"),
        ("2027-01-15 10:20", "It began Friday 15 January 2027 at 10:00, London time."),
    ],
)
def test_when_it_is_open_the_button_comes_first_and_the_page_says_when_it_begins(client, moment, words_of_it):
    text = page(client, make_ticket(make_workshop(day=DAY)), moment)
    plain = " ".join(re.sub(r"<[^>]+>", "", text).split())

    assert (heading(text), words_of_it in plain) == ("Come in", True)
    assert text.index("Join on Zoom") < text.index('class="lede"') < text.index('class="ticket"')


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
        == "London19:00–21:00 GMTKolkataSat 16 Jan, 00:30–02:30 ISTUTC19:00–21:00"
    )
    assert 'data-start="2027-01-15T19:00Z" data-end="2027-01-15T21:00Z" data-day="Fri"' in text


def test_every_session_opens_by_itself(client):
    workshop = make_workshop(day=DAY)
    make_session(workshop, date(2027, 1, 16), join_url="https://zoom.example/j/2")

    text = page(client, make_ticket(workshop), "2027-01-16 09:45")

    assert ways_in(text) == [workshop.sessions.last().pk]
    assert "<p>This session is over.</p>" in text


def test_calendar_file_and_reminders_of_all_sessions_are_offered_once(client):
    workshop = make_workshop(day=DAY)
    make_session(workshop, date(2027, 1, 16))
    make_session(workshop, date(2027, 1, 17))
    offers = "calendar.ics", "Choose your reminders", "calendar.google.com"

    before, between = (page(client, make_ticket(workshop), day) for day in ("2027-01-01 10:00", "2027-01-15 20:00"))

    assert [[text.count(each) for each in offers] for text in (before, between)] == [[1, 1, 3], [1, 1, 2]]


def test_a_session_without_a_link_says_who_adds_it(client):
    workshop = make_workshop(day=DAY)
    workshop.sessions.update(join_url="")
    ticket = make_ticket(workshop)

    early, late = (page(client, ticket, moment) for moment in ("2027-01-01 10:00", "2027-01-15 09:45"))

    assert "The organiser adds the Zoom link before then" in early
    assert "The organiser has not added the Zoom link yet." in late


@pytest.mark.parametrize(
    ("days", "words_of_it"), [(28, "stays open to you for 28 days from its publication."), (0, "was not recorded.")]
)
def test_afterwards_the_page_thanks_and_tells_of_the_recording(client, days, words_of_it):
    text = page(client, make_ticket(make_workshop(day=DAY, catch_up_days=days)), "2027-01-15 16:00")

    assert (heading(text), words_of_it in " ".join(text.split())) == ("Thank you for coming", True)


@pytest.mark.parametrize(
    ("moment", "said"), [("2027-01-14 09:59", "Your place"), ("2027-01-14 10:00", "It is nearly time")]
)
def test_a_day_before_it_is_nearly_time(client, moment, said):
    text = page(client, make_ticket(make_workshop(day=DAY)), moment)

    assert (heading(text), 'href="https://zoom.us/test"' in text) == (said, True)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (Ticket.Status.HELD, "Your place is held, not booked yet"),
        (Ticket.Status.LAPSED, "This place was not booked in time"),
        (Ticket.Status.CANCELLED, "This place was cancelled"),
    ],
)
def test_only_a_confirmed_ticket_opens_anything(client, status, said):
    ticket = make_ticket(make_workshop(day=DAY), status, held_until=at("2027-01-15 11:00"))

    text = page(client, ticket, "2027-01-15 10:00")

    assert heading(text) == said
    assert (ways_in(text), "calendar.ics" in text) == ([], False)


def test_a_hold_that_has_ended_is_told_as_such_before_anybody_tidies_it(client):
    ticket = make_ticket(make_workshop(day=DAY), Ticket.Status.HELD, held_until=at("2027-01-01 10:00"))

    assert heading(page(client, ticket, "2027-01-01 10:00")) == "This place was not booked in time"


def test_a_cancelled_workshop_opens_nothing(client):
    text = page(client, make_ticket(make_workshop(day=DAY, status="cancelled")), "2027-01-15 10:00")

    assert (heading(text), ways_in(text)) == ("This workshop is cancelled", [])


def test_a_catch_up_place_never_shows_the_live_link(client):
    workshop = make_workshop(day=DAY)
    catch_up = make_ticket_type(workshop, "Catch-up only", access="catch_up")
    ticket = make_ticket(workshop, ticket_type=catch_up, access="catch_up", place_number=None)

    text = page(client, ticket, "2027-01-15 10:00")

    assert (ways_in(text), "calendar.ics" in text) == ([], False)
    assert "The recording stays open to you for 28 days from its publication" in text


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

    assert counts == [11, 11]


def test_nothing_is_sent_to_the_joining_page(client):
    ticket = make_ticket(make_workshop(day=DAY))

    assert client.post(f"/join/{ticket.secret}/").status_code == 405


def test_on_paper_the_page_says_its_own_address(client, settings):
    settings.SITE_URL = "https://www.example.org"
    ticket = make_ticket(make_workshop(day=DAY))

    text = page(client, ticket, "2027-01-10 12:00")

    assert f'<p class="printed">This page: https://www.example.org{ticket.get_absolute_url()}</p>' in text
