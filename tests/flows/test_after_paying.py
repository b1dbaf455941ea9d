"""From the purchase to the certificate over real HTTP, by one link and without an account, as the days go by."""

import re
from datetime import date, time, timedelta

import pytest
from django.core import mail
from django.db import transaction
from icalendar import Calendar

from courses import changes, reminders
from courses.models import Ticket, TicketType, WorkshopSeries
from courses.schedule import settle_times
from kit.local.times import end_of_day
from learning import attendance, publishing, tellings
from learning.certificates import issuing
from learning.models import Certificate, JoinClick
from meetings.models import Presence
from orders.changes import workshop_changes
from orders.models import OrderLine
from outbox.delivery import deliver_due
from tests.builders import (
    at,
    make_cities,
    make_practice,
    make_recording,
    make_refund_tiers,
    make_sale_terms,
    make_series,
    make_terms,
    make_ticket_type,
    make_workshop,
)
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
LINK = re.compile(r"http://\S+")
DAY = date(2027, 1, 15)
START, END = at("2027-01-15 10:00", "Europe/London"), at("2027-01-15 16:00", "Europe/London")
NOOR, ADA = "noor@example.org", "ada@example.org"


@pytest.fixture
def site(live_server, standin, settings, time_machine):
    """Six weeks before the day."""
    time_machine.move_to(at("2026-12-04 12:00"))
    settings.SITE_URL = live_server.url
    standin.webhooks.url = f"{live_server.url}/stripe/webhook/"
    make_practice()
    make_cities()
    make_terms()
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((7, 100))
    return live_server.url


@pytest.fixture
def buy(site, standin):
    def by(workshop, *, email=NOOR, name="Noor Haddad", zone="America/New_York", ticket=None):
        """Returns the page that says that it is booked."""
        noor = Visitor()
        slug = f"series/{workshop.slug}" if isinstance(workshop, WorkshopSeries) else workshop.slug
        page = noor.get(f"{site}/book/{slug}/" + (f"?ticket={ticket.pk}" if ticket else ""))
        answers = {"name": name, "email": email, "time_zone": zone, "terms": "on"}
        page = noor.submit(page, 'name="shown_total"', action="pay", **answers)
        page = noor.submit(page, 'value="pay"', action="pay")
        assert standin.wait_idle()
        assert "booked" in page.text.split("<h1")[1].split("</h1>")[0], page.text.split("<h1")[1][:800]
        return page

    return by


def letters(to=NOOR):
    """What has come into a mailbox so far, after everything that is due was sent."""
    deliver_due()
    return [letter for letter in mail.outbox if letter.to == [to]]


def letter(subject, to=NOOR):
    return next(each for each in reversed(letters(to)) if subject in each.subject)


def joining_page(to=NOOR):
    found = (url for each in reversed(letters(to)) for url in LINK.findall(each.body) if "/join/" in url)
    return re.match(r".*/join/[^/]+/", next(found))[0]


def asked_of_calendars(to=NOOR):
    """By UID what a program that takes each mail in knows at last: the status, and when it begins."""
    known = {}
    for each in letters(to):
        for part in each.message().walk():
            if part.get_content_type() == "text/calendar" and part.get_param("method"):
                calendar = Calendar.from_ical(part.get_payload(decode=True))
                assert str(calendar["METHOD"]) == part.get_param("method")
                for event in calendar.walk("VEVENT"):
                    number = int(event["SEQUENCE"])
                    assert number >= known.get(str(event["UID"]), (0,))[0]
                    known[str(event["UID"])] = number, str(event["STATUS"]), event["DTSTART"].dt
    return [facts[1:] for facts in known.values()]


def be_there(start=None):
    """In all sessions, or in those that begin then; as Zoom's report tells it."""
    for ticket in Ticket.objects.confirmed().select_related("workshop"):
        for session in ticket.workshop.sessions.filter(**({"starts_at": start} if start else {})):
            Presence.objects.create(
                session=session,
                source=Presence.Source.REPORT,
                email=ticket.attendee_email,
                joined_at=session.starts_at,
                left_at=session.ends_at,
            )
    attendance.count_due()


def say_how_it_was(place):
    page = Visitor().get(f"{place}feedback/")
    answers = dict.fromkeys(re.findall(r'type="radio"[^>]* name="(answer-\d+)"', page.text), "5")
    answers |= dict.fromkeys(re.findall(r'name="(answer-\d+)" type="radio"', page.text), "5")
    return Visitor().submit(page, "answer-0", **answers)


def test_one_link_leads_from_the_purchase_to_the_certificate_that_anybody_may_check(site, buy, time_machine):
    workshop = make_workshop(day=DAY, catch_up_days=28, certificate_needs_feedback=True)
    buy(workshop)
    place = joining_page()
    assert asked_of_calendars() == [("CONFIRMED", START)]

    for before in (timedelta(days=7), timedelta(days=1), timedelta(hours=1)):
        time_machine.move_to(START - before)
        assert [reminders.remind(), reminders.remind()] == [1, 0]
        assert place in letters()[-1].body
    assert "05:00" in letters()[-1].body  # in New York

    time_machine.move_to(START - timedelta(minutes=31))
    assert "Join on Zoom" not in Visitor().get(place).text
    time_machine.move_to(START - timedelta(minutes=30))
    page = Visitor().get(place)
    assert "zoom.example" not in page.text
    assert 'href="https://zoom.example/j/1"' in Visitor().submit(page, "Join on Zoom").text
    assert JoinClick.objects.count() == 1

    time_machine.move_to(END + timedelta(hours=2))
    be_there()
    assert [tellings.ask_for_feedback(), issuing.issue_due()] == [1, 0]
    assert "Your feedback is missing." in letter("How was it?").body

    time_machine.move_to(END + timedelta(hours=25))
    assert [tellings.tell_what_is_missing(), tellings.tell_what_is_missing()] == [1, 0]
    assert "Your feedback is missing." in letter("Your certificate waits").body
    assert say_how_it_was(place).url == f"{place}?done=1"
    assert [issuing.issue_due(), issuing.issue_due()] == [1, 0]

    certificate = Certificate.objects.get()
    ready = letter("Your certificate: ")
    link = next(url for url in LINK.findall(ready.body) if "/certificates/" in url)
    assert certificate.serial in Visitor().get(link).text
    assert ">N H</dd>" in Visitor().get(f"{site}/verify/{certificate.serial}/").text
    told = "".join(part for each in letters() for part in (each.body, str(each.attachments), str(each.alternatives)))
    assert "zoom.example" not in told


def test_a_series_leads_through_each_of_its_parts_to_a_certificate_for_the_whole(site, buy, time_machine):
    days = [DAY, DAY + timedelta(days=28)]
    series = make_series(*[make_workshop(day=day, certificate_needs_feedback=True) for day in days], price="180.00")
    buy(series)
    places = re.findall(r"http://\S+/join/[^/]+/", letter("You are booked").body)
    starts = [START, START + timedelta(days=28)]
    assert asked_of_calendars() == [("CONFIRMED", start) for start in starts]

    for place, start in zip(places, starts, strict=True):
        for before in (timedelta(days=7), timedelta(days=1), timedelta(hours=1)):
            time_machine.move_to(start - before)
            assert [reminders.remind(), reminders.remind()] == [1, 0]
            assert place in letters()[-1].body
        time_machine.move_to(start - timedelta(minutes=30))
        page = Visitor().get(place)
        assert 'href="https://zoom.example/j/1"' in Visitor().submit(page, "Join on Zoom").text
        time_machine.move_to(start + timedelta(hours=8))
        be_there(start)
        assert tellings.ask_for_feedback() == 1
        assert issuing.issue_wholes() == 0
        assert say_how_it_was(place).url == f"{place}?done=1"
        assert issuing.issue_due() == 1

    assert "none yet" not in Visitor().get(places[0]).text
    assert [issuing.issue_wholes(), issuing.issue_wholes()] == [1, 0]
    whole = Certificate.objects.get(order__isnull=False)
    ready = letter(f"Your certificate: {series.title}")
    link = next(url for url in LINK.findall(ready.body) if "/certificates/" in url)
    assert (whole.serial in Visitor().get(link).text, whole.hours) == (True, 10)
    checked = Visitor().get(f"{site}/verify/{whole.serial}/").text
    assert ("This certificate is valid." in checked, series.title in checked) == (True, True)
    assert link.removeprefix(site) in Visitor().get(places[1]).text


def test_a_session_that_moves_takes_page_calendar_and_reminder_along(site, buy, time_machine):
    workshop = make_workshop(day=DAY)
    buy(workshop)
    time_machine.move_to(START - timedelta(hours=23))
    assert reminders.remind() == 1

    with transaction.atomic():
        before = changes.booked_of([workshop])
        workshop.sessions.update(day=DAY + timedelta(days=7), start_time=time(11))
        settle_times(workshop)
        changes.note_changes(changes.plans_since(before), by=None)
    assert workshop_changes.tell_of_changes() == 1

    later = at("2027-01-22 11:00", "Europe/London")
    assert asked_of_calendars() == [("CONFIRMED", later)]
    time_machine.move_to(START)
    assert "Join on Zoom" not in Visitor().get(joining_page()).text
    time_machine.move_to(later - timedelta(minutes=50))
    assert [reminders.remind(), reminders.remind()] == [1, 0]
    time_machine.move_to(later)
    assert "Join on Zoom" in Visitor().get(joining_page()).text


def test_a_place_that_is_handed_on_leaves_nothing_to_whoever_had_it(site, buy, time_machine):
    order = buy(make_workshop(day=DAY))
    old = joining_page()

    noor = Visitor()
    page = noor.get(re.sub(r"\?.*", "", order.url) + f"places/{OrderLine.objects.get().pk}/hand-over/")
    answers = {"name": "Ada Field", "email": ADA, "time_zone": "Europe/Paris"}
    assert noor.submit(page, 'name="email"', **answers).status == 200

    assert asked_of_calendars() == [("CANCELLED", START)]
    assert asked_of_calendars(ADA) == [("CONFIRMED", START)]
    time_machine.move_to(START)
    assert Visitor().get(old).status == 410
    assert [Visitor().get(f"{old}{rest}").status for rest in ("feedback/", "reminders/", "calendar.ics")] == [404] * 3
    assert "Join on Zoom" in Visitor().get(joining_page(ADA)).text


def test_a_place_that_is_cancelled_ends_everywhere(site, buy, standin, time_machine):
    order = buy(make_workshop(day=DAY))

    noor = Visitor()
    page = noor.get(re.sub(r"\?.*", "", order.url) + f"places/{OrderLine.objects.get().pk}/cancel/")
    assert noor.submit(page, 'name="shown"').status == 200

    assert asked_of_calendars() == [("CANCELLED", START)]
    assert len(standin.refunds) == 1
    time_machine.move_to(START)
    assert ("Join on Zoom" in Visitor().get(joining_page()).text, reminders.remind()) == (False, 0)
    time_machine.move_to(END + timedelta(hours=25))
    assert [tellings.ask_for_feedback(), tellings.tell_what_is_missing(), issuing.issue_due()] == [0, 0, 0]


def test_who_buys_the_recording_alone_watches_answers_and_has_a_certificate_for_that(site, buy, time_machine):
    workshop = make_workshop(day=DAY, catch_up_days=28)
    kind = make_ticket_type(workshop, "Catch-up only", "85.00", access=TicketType.Access.CATCH_UP)
    workshop.ticket_types.exclude(pk=kind.pk).delete()
    time_machine.move_to(END + timedelta(days=2))
    buy(workshop)
    place = joining_page()
    assert (asked_of_calendars(), reminders.remind()) == ([], 0)

    publishing.publish_recording(make_recording(workshop))
    time_machine.move_to(END + timedelta(days=3))
    page = Visitor().get(place)
    opened = Visitor().submit(page, "Watch it")
    assert opened.status == 200

    time_machine.move_to(END + timedelta(days=4, hours=1))
    assert tellings.tell_what_is_missing() == 1
    assert say_how_it_was(place).url == f"{place}?done=1"
    assert issuing.issue_due() == 1
    certificate = Certificate.objects.get()
    assert certificate.kind == Certificate.Kind.RECORDED
    closes = end_of_day(date(2027, 1, 17) + timedelta(days=28), "Europe/London")
    time_machine.move_to(closes + timedelta(seconds=1))
    assert "Watch it" not in Visitor().get(place).text


@pytest.mark.parametrize(
    ("day", "zone", "told", "instant"),
    [
        (date(2027, 3, 12), "America/New_York", "05:00", "2027-03-12 10:00"),
        (date(2027, 3, 19), "America/New_York", "06:00", "2027-03-19 10:00"),  # clocks there have changed, ours not
        (date(2027, 3, 29), "America/New_York", "05:00", "2027-03-29 09:00"),
        (date(2027, 11, 1), "America/New_York", "06:00", "2027-11-01 10:00"),  # ours have, theirs not yet
        (date(2027, 11, 8), "America/New_York", "05:00", "2027-11-08 10:00"),
        (date(2027, 4, 2), "Australia/Sydney", "20:00", "2027-04-02 09:00"),
        (date(2027, 4, 5), "Australia/Sydney", "19:00", "2027-04-05 09:00"),
        (date(2027, 7, 5), "Asia/Kolkata", "14:30", "2027-07-05 09:00"),
    ],
)
def test_mail_page_and_calendar_say_the_same_moment_on_both_sides_of_a_change_of_clocks(
    site, buy, day, zone, told, instant
):
    buy(make_workshop(day=day), zone=zone)

    place = joining_page()
    assert told in letter("You are booked").body
    assert told in Visitor().get(place).text
    assert asked_of_calendars() == [("CONFIRMED", at(instant))]
