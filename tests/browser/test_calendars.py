"""Every calendar file of the demo as ical.js reads it, which is what Thunderbird and many webmails read with."""

from pathlib import Path

import pytest
from django.db.models import QuerySet
from icalendar import Calendar

from courses import calendars
from courses.calendar_requests import cancels_for, requests_for
from courses.models import Ticket, Workshop
from outbox.models import Message

# The script of the package ical.js, 2.2.1.
ICAL_JS = Path(__file__).with_name("ical_js").joinpath("ical.js").read_text() + "\n;0;"
READ = """(texts) => texts.map((text) => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const zones = calendar.getAllSubcomponents("vtimezone");
  if (zones.length > 0) throw new Error("a zone of the file's own would decide what its hours are");
  return calendar.getAllSubcomponents("vevent").map((each) => {
    const event = new ICAL.Event(each);
    return [
      event.uid, calendar.getFirstPropertyValue("method") ?? "", event.sequence, each.getFirstPropertyValue("status"),
      event.startDate.toJSDate().toISOString(), event.endDate.toJSDate().toISOString(),
      event.startDate.zone.tzid, event.summary, event.description ?? "", event.location ?? "",
    ];
  });
})"""


def of_icalendar(text: str) -> list[list]:
    calendar = Calendar.from_ical(text)
    return [
        [
            str(event["UID"]),
            str(calendar.get("METHOD", "")),
            int(event["SEQUENCE"]),
            str(event["STATUS"]),
            *(f"{event[name].dt:%Y-%m-%dT%H:%M:%S}.000Z" for name in ("DTSTART", "DTEND")),
            "UTC",
            *(str(event.get(name, "")) for name in ("SUMMARY", "DESCRIPTION", "LOCATION")),
        ]
        for event in calendar.walk("VEVENT")
    ]


def booked() -> QuerySet[Ticket]:
    return Ticket.objects.exclude(status=Ticket.Status.LAPSED)


@pytest.fixture
def read(visit):
    """What ical.js sees in each of some texts."""
    page = visit()
    page.evaluate(ICAL_JS)
    return lambda texts: page.evaluate(READ, texts)


def test_it_sees_what_others_see_in_every_file_that_people_download_or_subscribe_to(site, read):
    texts = [calendars.workshop_calendar(each) for each in Workshop.objects.all()]
    tickets = list(booked())
    texts += [calendars.ticket_calendar(each) for each in tickets]
    texts.append(calendars.tickets_calendar(tickets, uid="everything"))

    seen = read(texts)

    assert seen == [of_icalendar(text) for text in texts]
    assert len({event[0] for events in seen for event in events}) > 20


def test_it_sees_what_others_see_in_what_mails_ask_a_calendar_to_do(site, read):
    attached = [each for mail in Message.objects.all() for each in mail.attachments]
    texts = [each["content"] for each in attached if "calendar" in each["content_type"]]
    for ticket in booked():
        texts += [each.content for each in [*requests_for([ticket]), *cancels_for([ticket])]]

    seen = read(texts)

    assert seen == [of_icalendar(text) for text in texts]
    assert {(event[1], event[3]) for events in seen for event in events} == {
        ("REQUEST", "CONFIRMED"),
        ("CANCEL", "CANCELLED"),
        ("", "CONFIRMED"),  # the file for whoever takes it in by hand
        ("", "CANCELLED"),
    }
