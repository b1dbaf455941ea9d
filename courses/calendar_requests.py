"""What a mail asks the calendar of whoever comes to do: to take each session in, to move it, to strike it out (iMIP).

Each session is a part of its own, because one request is about one UID (RFC 5546), and because programs that meet
several events in one part show the first alone. The first stands beside the words of the mail, where mail programs look
for it; the others, and a file with all of them for whoever takes it in by hand, are attached. None has a Zoom link.
"""

from collections.abc import Sequence
from email.utils import parseaddr
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.conf import settings
from django.utils import timezone

from courses import calendars
from courses.models import Ticket
from outbox.post import Attachment, one_line
from practice.models import Practice

if TYPE_CHECKING:
    from icalendar import Event, vCalAddress

REQUEST, CANCEL = "REQUEST", "CANCEL"
FILE = "workshop.ics"
NOTHING_MORE = "@!$&'*+/=^_`{|}~"  # of what an address may have, ? and % and # would begin something else in a link
WAS_BOOKED = {Ticket.Status.CONFIRMED, Ticket.Status.CANCELLED}


def requests_for(tickets: Sequence[Ticket]) -> list[Attachment]:
    """Of each live place all that is still to come, as it stands; what is off is struck out.

    Nothing of a recording, which has no date, of what is over, and of a hold, of whose end no calendar would hear.
    """
    live = [ticket for ticket in tickets if ticket.is_live and ticket.status in WAS_BOOKED]
    parts = _parts([(ticket, *found) for ticket in live for found in calendars.ticket_events(ticket)])
    files = [Attachment(FILE, calendars.FILE_TYPE, calendars.ticket_calendar(each)) for each in live]
    return [*parts, *files] if parts else []


def cancels_for(tickets: Sequence[Ticket]) -> list[Attachment]:
    """Strikes all of them out for whoever had the places until now, before they are somebody else's."""
    live = [ticket for ticket in tickets if ticket.is_live]
    sessions = [(ticket, session) for ticket in live for session in ticket.workshop.session_list]
    return _parts([(each, calendars.ticket_event(each, session, is_off=True), True) for each, session in sessions])


def _parts(events: Sequence[tuple[Ticket, "Event", bool]]) -> list[Attachment]:
    """What is off stands first: of all that a change says it matters most."""
    now, numbers = timezone.now(), count(1)
    coming = [each for each in events if each[1]["DTEND"].dt > now]
    return [
        _part(ticket, event, method=CANCEL if is_off else REQUEST, number=next(numbers))
        for ticket, event, is_off in sorted(coming, key=lambda each: not each[2])
    ]


def _part(ticket: Ticket, event: "Event", *, method: str, number: int) -> Attachment:
    event["ORGANIZER"] = _organiser()
    event["ATTENDEE"] = _attendee(ticket)
    del event["DTSTAMP"]
    event.add("DTSTAMP", timezone.now())  # of two with one number the later counts
    return Attachment(
        name=f"session-{number}.ics",
        content_type=f"{calendars.FILE_TYPE}; method={method}",
        content=calendars.calendar_of([event], method=method),
        is_alternative=number == 1,
    )


def _organiser() -> "vCalAddress":
    """The sender of the mail: some programs take a request from nobody else."""
    return _address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1], Practice.current().name)


def _attendee(ticket: Ticket) -> "vCalAddress":
    """Exactly the address that the mail goes to. Nobody is asked to answer: the place is booked."""
    address = _address(ticket.attendee_email, ticket.attendee_name)
    address.params |= {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
    return address


def _address(email: str, name: str) -> "vCalAddress":
    from icalendar import vCalAddress

    address = vCalAddress(f"mailto:{quote(email, safe=NOTHING_MORE)}")
    seen = "".join(sign for sign in one_line(name) if sign.isprintable())  # a control sign would spoil the whole file
    address.params["CN"] = seen.replace('"', "'")
    return address
