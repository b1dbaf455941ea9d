"""What a mail asks the calendar of whoever comes to do: to take each session in, to move it, to strike it out (iMIP).

Each session is a part of its own, because one request is about one UID (RFC 5546), and because programs that meet
several events in one part show the first alone. The first stands beside the words of the mail, where mail programs look
for it; the others, and a file with all of them for whoever takes it in by hand, are attached. None has a Zoom link.
Who has several places of her own on a workshop has each session once: the place that she got first stands for all, and
when that one ends, the next is asked for.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from email.utils import parseaddr
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.conf import settings
from django.utils import timezone

from courses import calendars
from courses.models import Ticket
from courses.models.tickets import TicketQuerySet
from kit.database.questions import Among, Asked, written_once
from kit.guard.addresses import email_key
from outbox.post import Attachment, one_line
from practice.models import Practice

if TYPE_CHECKING:
    from icalendar import Event, vCalAddress

REQUEST, CANCEL = "REQUEST", "CANCEL"
FILE = "workshop.ics"
NOTHING_MORE = "@!$&'*+/=^_`{|}~"  # of what an address may have, ? and % and # would begin something else in a link
WAS_BOOKED = {Ticket.Status.CONFIRMED, Ticket.Status.CANCELLED}


def requests_for(tickets: Sequence[Ticket], *, further: Sequence[Ticket] | None = None) -> list[Attachment]:
    """Of each live place all that is still to come, as it stands; what is off is struck out.

    Nothing of a recording, which has no date, of what is over, and of a hold, of whose end no calendar would hear.
    `further` are the `further_places` of these tickets where they are known already.
    """
    live = [each for each in tickets if each.is_live and each.status in WAS_BOOKED]
    asked = _standing_for_all(live, further=further)
    if not asked:
        return []
    events = {ticket.pk: calendars.ticket_events(ticket) for ticket in asked}
    # The file first: into the same events is written whom the parts ask
    file = calendars.calendar_of(
        [event for each in calendars.once_each(asked) for event, _ in events[each.pk]], uid=f"ticket-{asked[0].pk}"
    )
    parts = _parts([(ticket, *found) for ticket in asked for found in events[ticket.pk]])
    return [*parts, Attachment(FILE, calendars.FILE_TYPE, file)] if parts else []


def further_places(tickets: Sequence[Ticket]) -> list[Ticket]:
    """What the people of these places are booked for beside them, on the same workshops."""
    keys = sorted({email_key(ticket.attendee_email) for ticket in tickets})
    workshops = sorted({ticket.workshop_id for ticket in tickets})
    return _booked(keys=keys, workshops=workshops, but=[ticket.pk for ticket in tickets])


def _with_the_workshop_of(tickets: Sequence[Ticket], others: Iterable[Ticket]) -> Iterator[Ticket]:
    """With what is known of it by now."""
    workshops = {ticket.workshop_id: ticket.workshop for ticket in tickets}
    for each in others:
        if each.workshop_id in workshops:
            each.workshop = workshops[each.workshop_id]
            yield each


def cancels_for(tickets: Sequence[Ticket]) -> list[Attachment]:
    """Strikes all of them out for whoever had the places until now, before they are somebody else's."""
    gone = {ticket.pk for ticket in tickets}
    events = []
    for ticket in _standing_for_all([ticket for ticket in tickets if ticket.is_live], gone=gone):
        if ticket.pk in gone:
            sessions = ticket.workshop.session_list
            events += [(ticket, calendars.ticket_event(ticket, each, is_off=True), True) for each in sessions]
        else:
            events += [(ticket, *found) for found in calendars.ticket_events(ticket)]
    return _parts(events)


def _standing_for_all(
    tickets: Sequence[Ticket], *, gone: Collection[int] = (), further: Sequence[Ticket] | None = None
) -> list[Ticket]:
    """Of the places that a mail tells of those that stand in a calendar, and what stands there in their place now."""
    told = {ticket.pk: ticket for ticket in tickets}
    known = [*tickets, *_with_the_workshop_of(tickets, further_places(tickets) if further is None else further)]
    found: list[Ticket] = []
    for its in _of_one_person_and_workshop(known):
        standing = calendars.once_each(its, gone=gone)
        is_booked = any(each.pk in told and each.pk not in gone and each.is_confirmed for each in its)
        if is_booked or any(each.pk in told for each in standing):
            found += standing
    return sorted(found, key=lambda each: each.pk)


def _of_one_person_and_workshop(tickets: Iterable[Ticket]) -> Iterable[list[Ticket]]:
    found: dict[tuple[str, int], list[Ticket]] = {}
    for ticket in tickets:
        found.setdefault((email_key(ticket.attendee_email), ticket.workshop_id), []).append(ticket)
    return found.values()


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


@written_once
def _booked(keys: list[Asked], workshops: list[Asked], but: list[Asked]) -> TicketQuerySet:
    of_theirs = Ticket.objects.confirmed().of_addresses(keys).filter(Among("workshop", workshops))
    return of_theirs.exclude(Among("pk", but))
