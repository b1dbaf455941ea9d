from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from icalendar import Calendar

from courses import calendars
from courses.models import Ticket, Workshop
from courses.schedule import settle_times, store_sessions
from tests.builders import at, make_course, make_practice, make_session, make_ticket, make_ticket_type, make_workshop
from tests.courses import calendar_readers as readers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _address(settings):
    settings.SITE_URL = "https://withyrooms.example"


def events(text):
    return Calendar.from_ical(text).walk("VEVENT")


def make_two_days(**fields):
    workshop = make_workshop(day=date(2026, 10, 23), slug="grief", course=make_course("Grief"), **fields)
    make_session(workshop, date(2026, 10, 30), title="Day 2")
    return workshop


def test_the_public_file_has_every_session_in_the_right_instants():
    workshop = make_two_days()

    found = events(calendars.workshop_calendar(workshop))

    assert [(each["SUMMARY"], each["DTSTART"].dt.isoformat(), each["DTEND"].dt.isoformat()) for each in found] == [
        ("Grief", "2026-10-23T09:00:00+00:00", "2026-10-23T15:00:00+00:00"),
        ("Grief: Day 2", "2026-10-30T10:00:00+00:00", "2026-10-30T16:00:00+00:00"),
    ]


@pytest.mark.parametrize("zone", ["Europe/London", "America/Vancouver", "Africa/Casablanca"])
def test_a_file_says_instants_and_leaves_no_zone_to_the_reader(zone):
    """Programs that take a zone by its name have older rules of their own for it."""
    workshop = make_two_days(time_zone=zone)

    for text in (calendars.workshop_calendar(workshop), calendars.ticket_calendar(make_ticket(workshop))):
        assert "VTIMEZONE" not in text
        assert "TZID" not in text
        assert f"DTSTART:{workshop.session_list[0].starts_at:%Y%m%dT%H%M%SZ}" in text


@time_machine.travel(at("2026-09-01 08:00"), tick=False)
def test_a_session_that_was_called_off_stays_in_every_file_as_cancelled_until_it_would_have_ended():
    workshop = make_two_days()
    ticket, gone = make_ticket(workshop), workshop.session_list[1]
    kept = f"session-{gone.pk}"

    store_sessions(workshop, removed=[gone])
    ticket.workshop.changed_at = at("2026-09-01 07:00")  # as whoever takes one off with people booked writes down

    for text, uid in (
        (calendars.workshop_calendar(workshop), f"{kept}@withyrooms.example"),
        (calendars.ticket_calendar(ticket), f"{kept}-{ticket.pk}@withyrooms.example"),
    ):
        facts = {str(each["UID"]): (str(each["STATUS"]), each["SEQUENCE"]) for each in events(text)}
        assert (len(facts), facts[uid]) == (2, ("CANCELLED", 1))
    with time_machine.travel(at("2026-10-31 08:00")):
        assert kept not in calendars.workshop_calendar(workshop)


def test_a_session_of_a_draft_leaves_nothing_behind():
    workshop = make_two_days(status=Workshop.Status.DRAFT)

    store_sessions(workshop, removed=[workshop.session_list[1]])

    assert len(events(calendars.workshop_calendar(workshop))) == 1


@time_machine.travel(at("2026-09-01 08:20"), tick=False)
def test_the_public_file_leads_to_the_workshops_page_and_never_to_zoom():
    workshop = make_workshop(day=date(2026, 10, 23), slug="grief")
    session = workshop.session_list[0]

    text = calendars.workshop_calendar(workshop)

    (event,) = events(text)
    page = "https://withyrooms.example/workshops/grief/"
    assert (event["UID"], event["URL"], event["LOCATION"]) == (f"session-{session.pk}@withyrooms.example", page, page)
    assert (event["SEQUENCE"], event["STATUS"]) == (0, "CONFIRMED")
    assert event["DTSTAMP"].dt == datetime(2026, 9, 1, 8, tzinfo=UTC)  # one file for an hour
    assert "METHOD" not in Calendar.from_ical(text)  # to be taken in by whoever opens it, and answered by nobody
    assert "zoom.example" not in text
    assert "willow" not in text


def test_a_tickets_file_leads_to_its_joining_page_and_never_to_zoom():
    ticket = make_ticket(make_workshop(day=date(2026, 10, 23)))
    session = ticket.workshop.session_list[0]

    text = calendars.ticket_calendar(ticket)

    (event,) = events(text)
    page = f"https://withyrooms.example/join/{ticket.secret}/"
    assert event["UID"] == f"session-{session.pk}-{ticket.pk}@withyrooms.example"
    assert (event["URL"], event["LOCATION"]) == (page, page)
    assert "zoom.example" not in text
    assert "willow" not in text


def test_a_tickets_file_rings_when_the_joining_page_opens():
    (event,) = events(calendars.ticket_calendar(make_ticket(make_workshop())))

    (alarm,) = event.walk("VALARM")
    assert (alarm["ACTION"], alarm["TRIGGER"].dt) == ("DISPLAY", -timedelta(minutes=30))


def test_a_cancelled_workshop_raises_the_sequence_so_that_calendars_take_it():
    ticket = make_ticket(make_workshop(status=Workshop.Status.CANCELLED))

    for text in (calendars.ticket_calendar(ticket), calendars.workshop_calendar(ticket.workshop)):
        (event,) = events(text)
        assert (event["SEQUENCE"], event["STATUS"]) == (1, "CANCELLED")


def test_a_moved_session_keeps_its_uid_and_raises_its_sequence():
    ticket = make_ticket(make_workshop(day=date(2026, 10, 23)))
    (before,) = events(calendars.ticket_calendar(ticket))
    ticket.workshop.sessions.update(start_time=time(11))
    settle_times(ticket.workshop)

    (after,) = events(calendars.ticket_calendar(Ticket.objects.get()))

    assert (before["UID"], before["SEQUENCE"]) == (after["UID"], 0)
    assert (after["SEQUENCE"], after["DTSTART"].dt.hour) == (1, 10)  # in UTC


@pytest.mark.parametrize(
    ("ticket_status", "workshop_status"),
    [(Ticket.Status.CANCELLED, Workshop.Status.PUBLISHED), (Ticket.Status.CONFIRMED, Workshop.Status.CANCELLED)],
)
def test_what_is_cancelled_is_cancelled_in_the_calendar(ticket_status, workshop_status):
    ticket = make_ticket(make_workshop(status=workshop_status), ticket_status)

    assert [event["STATUS"] for event in events(calendars.ticket_calendar(ticket))] == ["CANCELLED"]


def test_a_catch_up_place_has_no_calendar_file(client):
    workshop = make_workshop()
    catch_up = make_ticket_type(workshop, "Catch-up", access="catch_up")
    ticket = make_ticket(workshop, ticket_type=catch_up, access="catch_up", place_number=None)

    assert client.get(f"/join/{ticket.secret}/calendar.ics").status_code == 404
    assert events(calendars.tickets_calendar([ticket], uid="mine")) == []


def test_a_session_says_what_kind_of_thing_it_is_and_in_which_colour():
    workshop = make_workshop(course=make_course(cover_paper="madder"))

    for text in (calendars.workshop_calendar(workshop), calendars.ticket_calendar(make_ticket(workshop))):
        assert ("CATEGORIES:Workshop\r\n" in text, "COLOR:indianred\r\n" in text) == (True, True)


@time_machine.travel(at("2026-09-01 08:20"), tick=False)
def test_all_files_are_read_alike():
    """Of what is public, of a place, and of what somebody subscribed to: by the programs of calendar_readers.py."""
    workshop, off = make_two_days(), make_workshop(day=date(2026, 11, 5), status=Workshop.Status.CANCELLED)
    late = make_workshop(
        day=date(2026, 12, 31), course=make_course("“Ärger”; Wut, 50 %\n💧" * 4), time_zone="Asia/Kolkata"
    )
    Workshop.objects.filter(pk=late.pk).update(changed_at=at("2026-09-01 07:00"))
    tickets = [make_ticket(each) for each in (workshop, off, late)]

    public = readers.read_alike(calendars.workshops_calendar([workshop, off, late]))
    own = readers.read_alike(calendars.tickets_calendar(tickets, uid="feed-1", asked_for_every=calendars.AN_HOUR))

    assert [(facts[3], facts[4]) for facts in public] == [(facts[3], facts[4]) for facts in own]
    assert [facts[4].isoformat() for facts in public] == [
        *("2026-10-23T09:00:00+00:00", "2026-10-30T10:00:00+00:00"),
        *("2026-11-05T10:00:00+00:00", "2026-12-31T04:30:00+00:00"),
    ]
    for each in (workshop, off, late):
        assert readers.read_alike(calendars.workshop_calendar(each)) != []
    for ticket in tickets:
        assert readers.read_alike(calendars.ticket_calendar(ticket)) != []


def test_words_cannot_break_out_of_their_line():
    hostile = "A; B, C\nEND:VEVENT\r\nBEGIN:VEVENT\\"
    workshop = make_workshop(course=make_course(hostile))

    text = calendars.workshop_calendar(workshop)

    (event,) = events(text)
    assert str(event["SUMMARY"]) == "A; B, C\nEND:VEVENT\nBEGIN:VEVENT\\"
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


def test_a_zone_called_utc_needs_no_explanation():
    (event,) = events(calendars.workshop_calendar(make_workshop(day=date(2026, 10, 23), time_zone="UTC")))

    assert event["DTSTART"].dt == datetime(2026, 10, 23, 10, tzinfo=UTC)


def test_the_google_link_says_title_moments_and_page():
    workshop = make_workshop(day=date(2026, 10, 30), slug="grief", course=make_course("Grief & loss", blurb="A day."))

    ((label, link),) = calendars.workshop_links(workshop)

    assert label == "Google"
    assert urlsplit(link)[:3] == ("https", "calendar.google.com", "/calendar/render")
    assert parse_qs(urlsplit(link).query) == {
        "action": ["TEMPLATE"],
        "text": ["Grief & loss"],
        "dates": ["20261030T100000Z/20261030T160000Z"],
        "ctz": ["Europe/London"],
        "details": ["A day."],
        "location": ["https://withyrooms.example/workshops/grief/"],
    }


def test_a_workshop_of_two_days_has_a_google_link_for_each():
    assert [label for label, _ in calendars.workshop_links(make_two_days())] == [
        "Google, Fri 23 Oct",
        "Google, Fri 30 Oct",
    ]


def test_all_workshops_to_come_stand_in_one_calendar_to_subscribe_to(client):
    make_practice()
    one, other = make_workshop(), make_workshop(status="cancelled")
    make_workshop(day=date(2020, 1, 1))
    make_workshop(status="draft")

    calendar = Calendar.from_ical(client.get("/workshops/calendar.ics").content)

    events = {str(event["uid"]): str(event["status"]) for event in calendar.walk("VEVENT")}
    named = {f"session-{each.sessions.get().pk}@withyrooms.example": each for each in (one, other)}
    assert events == dict(zip(named, ["CONFIRMED", "CANCELLED"], strict=True))
