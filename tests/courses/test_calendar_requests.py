"""What the mails of a place ask a calendar to do, as calendars read it."""

from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from icalendar import Calendar

from courses import calendars
from courses.calendar_requests import cancels_for, requests_for
from courses.models import Ticket, TicketType, Workshop
from courses.schedule import settle_times, store_sessions
from tests.builders import at, make_course, make_practice, make_session, make_ticket, make_workshop
from tests.courses import calendar_readers as readers

pytestmark = pytest.mark.django_db
BEFORE, AFTER_THE_FIRST = at("2026-09-01 08:00"), at("2026-10-24 08:00")
FIRST, SECOND = at("2026-10-23 09:00"), at("2026-10-30 10:00")


@pytest.fixture(autouse=True)
def _practice(settings):
    settings.SITE_URL = "https://withyrooms.example"
    settings.DEFAULT_FROM_EMAIL = "Withy Rooms <hello@withyrooms.example>"
    make_practice(name="Withy Rooms")


@pytest.fixture
def ticket():
    """What else a test makes came later."""
    with time_machine.travel(BEFORE - timedelta(days=1), tick=False):
        workshop = make_workshop(day=date(2026, 10, 23), course=make_course("Grief"))
        make_session(workshop, date(2026, 10, 30), title="Day 2")
        return make_ticket(workshop, attendee_name="Noor Haddad", attendee_email="noor@example.org")


def parts(attachments):
    return [each for each in attachments if "method=" in each.content_type]


def seen(attachments):
    """By all readers alike, who find everything that is asked for in the file for whoever takes it in by hand, too."""
    found = [fact for each in parts(attachments) for fact in readers.read_alike(each.content)]
    for file in (each for each in attachments if each not in parts(attachments)):
        in_file = {(uid, start) for uid, _, _, _, start in readers.read_alike(file.content)}
        assert in_file >= {(uid, start) for uid, _, _, _, start in found}
    return found


def uid(ticket, number):
    return f"session-{ticket.workshop.session_list[number].pk}-{ticket.pk}@withyrooms.example"


@time_machine.travel(BEFORE, tick=False)
def test_each_session_is_a_request_of_its_own(ticket):
    found = requests_for([ticket])

    assert seen(found) == [
        (uid(ticket, 0), "REQUEST", 0, "CONFIRMED", FIRST),
        (uid(ticket, 1), "REQUEST", 0, "CONFIRMED", SECOND),
    ]
    assert [(each.name, each.content_type, each.is_alternative) for each in found] == [
        ("session-1.ics", "text/calendar; method=REQUEST", True),
        ("session-2.ics", "text/calendar; method=REQUEST", False),
        ("workshop.ics", "text/calendar", False),
    ]


@time_machine.travel(BEFORE, tick=False)
def test_the_file_for_whoever_takes_it_in_by_hand_asks_nobody(ticket):
    *asked, file = requests_for([ticket])

    assert all("ATTENDEE" in part.content and "ORGANIZER" in part.content for part in asked)
    assert ("ATTENDEE" in file.content, "ORGANIZER" in file.content) == (False, False)


@time_machine.travel(BEFORE, tick=False)
def test_a_request_comes_from_the_sender_of_the_mail_to_whoever_comes_and_asks_for_no_answer(ticket):
    ticket.attendee_name = 'Noor\x07 "Nour"\r\nHaddad'

    (event,) = Calendar.from_ical(requests_for([ticket])[0].content).walk("VEVENT")

    assert (str(event["ORGANIZER"]), event["ORGANIZER"].params["CN"]) == (
        "mailto:hello@withyrooms.example",
        "Withy Rooms",
    )
    assert str(event["ATTENDEE"]) == "mailto:noor@example.org"
    assert dict(event["ATTENDEE"].params) == {
        "CN": "Noor 'Nour' Haddad",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "ACCEPTED",
        "RSVP": "FALSE",
    }


@time_machine.travel(BEFORE, tick=False)
def test_an_address_with_a_question_mark_asks_for_no_copy_to_others(ticket):
    ticket.attendee_email = "noor?bcc=bo@example.org"

    (event,) = Calendar.from_ical(requests_for([ticket])[0].content).walk("VEVENT")

    assert str(event["ATTENDEE"]) == "mailto:noor%3Fbcc=bo@example.org"


@time_machine.travel(BEFORE, tick=False)
def test_request_download_and_feed_know_a_session_by_one_name(ticket):
    requested = [facts[0] for facts in seen(requests_for([ticket]))]

    for text in (calendars.ticket_calendar(ticket), calendars.tickets_calendar([ticket], uid="mine")):
        assert [(facts[0], facts[1]) for facts in readers.seen_by_icalendar(text)] == [(each, "") for each in requested]


@time_machine.travel(AFTER_THE_FIRST, tick=False)
def test_what_is_over_is_asked_of_no_calendar(ticket):
    assert [facts[0] for facts in seen(requests_for([ticket]))] == [uid(ticket, 1)]
    with time_machine.travel(at("2026-10-31 08:00")):
        assert requests_for([ticket]) == cancels_for([ticket]) == []


@time_machine.travel(BEFORE, tick=False)
def test_a_recording_has_no_date_to_ask_for(ticket):
    ticket.access = TicketType.Access.CATCH_UP

    assert requests_for([ticket]) == cancels_for([ticket]) == []


@time_machine.travel(BEFORE, tick=False)
@pytest.mark.parametrize("status", [Ticket.Status.HELD, Ticket.Status.LAPSED])
def test_a_hold_stands_in_no_calendar(ticket, status):
    ticket.status = status

    assert requests_for([ticket]) == []


@time_machine.travel(BEFORE, tick=False)
def test_a_cancelled_place_and_a_cancelled_workshop_strike_every_session_out_with_a_higher_number(ticket):
    expected = [
        (uid(ticket, 0), "CANCEL", 1, "CANCELLED", FIRST),
        (uid(ticket, 1), "CANCEL", 1, "CANCELLED", SECOND),
    ]

    ticket.status = Ticket.Status.CANCELLED
    assert seen(requests_for([ticket])) == expected
    ticket.status, ticket.workshop.status = Ticket.Status.CONFIRMED, Workshop.Status.CANCELLED
    assert seen(requests_for([ticket])) == expected


@time_machine.travel(BEFORE, tick=False)
def test_a_session_that_was_called_off_is_struck_out_first(ticket):
    gone = ticket.workshop.session_list[1]
    number = gone.pk
    store_sessions(ticket.workshop, removed=[gone])
    ticket.workshop.changed_at = at("2026-09-01 07:00")

    found = requests_for([ticket])

    assert [(facts[:3]) for facts in seen(found)] == [
        (f"session-{number}-{ticket.pk}@withyrooms.example", "CANCEL", 1),
        (uid(ticket, 0), "REQUEST", 0),
    ]
    assert [each.is_alternative for each in parts(found)] == [True, False]


@pytest.mark.skipif(readers.libical() is None, reason="libical is not installed")
@time_machine.travel(BEFORE, tick=False)
def test_libical_finds_no_rule_broken(ticket):
    texts = [each.content for each in [*requests_for([ticket]), *cancels_for([ticket])]]
    texts += [calendars.workshop_calendar(ticket.workshop), calendars.tickets_calendar([ticket], uid="mine")]

    assert [readers.complaints_of_libical(text) for text in texts] == [[]] * len(texts)
    without = texts[0].replace("ORGANIZER", "X-ORGANIZER")
    assert readers.complaints_of_libical(without) != []


@pytest.mark.skipif(not readers.has_khal(), reason="khal is not installed")
@time_machine.travel(BEFORE, tick=False)
def test_in_khal_a_moved_session_moves_and_a_cancelled_one_is_off(ticket, tmp_path):
    khal = readers.Khal(tmp_path)
    for each in parts(requests_for([ticket])):
        khal.take(each.content)
    assert [khal.list(day) for day in ("2026-10-23", "2026-10-30")] == [
        ["09:00-15:00 Grief"],
        ["10:00-16:00 Grief: Day 2"],
    ]

    ticket.workshop.sessions.filter(day=date(2026, 10, 23)).update(day=date(2026, 10, 26), start_time=time(11))
    settle_times(ticket.workshop)
    for each in parts(requests_for([Ticket.objects.get()])):
        khal.take(each.content)
    assert [khal.list(day) for day in ("2026-10-23", "2026-10-26")] == [[], ["11:00-16:00 Grief"]]

    ticket = Ticket.objects.get()
    ticket.status = Ticket.Status.CANCELLED
    for each in parts(requests_for([ticket])):
        khal.take(each.content)
    assert [khal.list(day) for day in ("2026-10-26", "2026-10-30")] == [
        ["11:00-16:00 GriefCANCELLED "],
        ["10:00-16:00 Grief: Day 2CANCELLED "],
    ]


@time_machine.travel(BEFORE, tick=False)
def test_of_two_with_one_number_the_later_counts(ticket):
    def stamp():
        (event, *_) = Calendar.from_ical(requests_for([ticket])[0].content).walk("VEVENT")
        return event["DTSTAMP"].dt

    first = stamp()
    with time_machine.travel(at("2026-09-01 08:00:05"), tick=False):
        assert (first, stamp()) == (BEFORE, datetime(2026, 9, 1, 8, 0, 5, tzinfo=BEFORE.tzinfo))


# Several places of one person -----------------------------------------------------------------------------------------


def another(ticket, **fields):
    """A place on the same workshop for the same address, which is written otherwise."""
    fields = {"attendee_name": "Noor H.", "attendee_email": "Noor@Example.org"} | fields
    return make_ticket(ticket.workshop, **fields)


def sent(attachments):
    return [(facts[0].partition("@")[0].split("-")[2], facts[1]) for facts in seen(attachments)]


@time_machine.travel(BEFORE, tick=False)
def test_who_has_two_places_of_her_own_gets_one_file_and_each_session_once(ticket):
    second, guest = another(ticket), another(ticket, attendee_email="guest@example.org")

    found = requests_for([second, ticket])

    assert sent(found) == [(str(ticket.pk), "REQUEST")] * 2
    assert [each.name for each in found] == ["session-1.ics", "session-2.ics", "workshop.ics"]
    assert sent(requests_for([guest])) == [(str(guest.pk), "REQUEST")] * 2
    feed = readers.read_alike(calendars.tickets_calendar([ticket, second], uid="mine"))
    assert [facts[0] for facts in feed] == [uid(ticket, 0), uid(ticket, 1)]


@time_machine.travel(BEFORE, tick=False)
def test_a_second_booking_asks_again_for_the_sessions_that_stand_there_already(ticket):
    assert sent(requests_for([another(ticket)])) == [(str(ticket.pk), "REQUEST")] * 2


@time_machine.travel(BEFORE, tick=False)
def test_when_the_place_that_stood_for_both_is_cancelled_the_other_is_asked_for(ticket):
    second = another(ticket)
    Ticket.objects.filter(pk=ticket.pk).update(status=Ticket.Status.CANCELLED)
    ticket.refresh_from_db()

    assert sent(requests_for([ticket])) == [(str(ticket.pk), "CANCEL")] * 2 + [(str(second.pk), "REQUEST")] * 2


@time_machine.travel(BEFORE, tick=False)
def test_when_the_other_one_is_cancelled_the_calendar_stays_as_it_is(ticket):
    second = another(ticket)
    Ticket.objects.filter(pk=second.pk).update(status=Ticket.Status.CANCELLED)
    second.refresh_from_db()

    assert requests_for([second]) == []
    feed = readers.read_alike(calendars.tickets_calendar([ticket, second], uid="mine"))
    assert [facts[3] for facts in feed] == ["CONFIRMED"] * 2


@time_machine.travel(BEFORE, tick=False)
def test_who_hands_one_of_two_places_over_keeps_the_session_in_her_calendar(ticket):
    second = another(ticket)
    before = Ticket.objects.get(pk=ticket.pk)
    Ticket.objects.filter(pk=ticket.pk).update(attendee_email="ben@example.org", revision=1)

    assert sent(cancels_for([before])) == [(str(ticket.pk), "CANCEL")] * 2 + [(str(second.pk), "REQUEST")] * 2
    assert sent(requests_for([Ticket.objects.get(pk=ticket.pk)])) == [(str(ticket.pk), "REQUEST")] * 2


@time_machine.travel(BEFORE, tick=False)
def test_a_place_that_comes_from_other_hands_leaves_what_stands_in_the_calendar(ticket):
    given = make_ticket(ticket.workshop, attendee_email="ben@example.org")
    later = another(ticket, attendee_email="ben@example.org")
    Ticket.objects.filter(pk=given.pk).update(attendee_email="noor@example.org", revision=1)

    assert sent(requests_for([Ticket.objects.get(pk=given.pk)])) == [(str(ticket.pk), "REQUEST")] * 2
    assert sent(requests_for([later])) == [(str(later.pk), "REQUEST")] * 2
