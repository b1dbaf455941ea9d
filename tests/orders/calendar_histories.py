"""Whether the calendars of everybody who was written to stand as the places do."""

from collections.abc import Iterator

from icalendar import Calendar

from courses.models import Ticket
from outbox.models import Message

Heard = dict[tuple[str, int], list[tuple[int, str]]]  # by address and place: numbers and methods, in their order


def misinformed() -> list[str]:
    """Who has a place that their calendar lacks, or one in their calendar that they have no more. An empty list.

    Of what is over no calendar is told anything.
    """
    heard = _heard()
    return [words for ticket in _coming() for words in _faults_of(ticket, heard)]


def _faults_of(ticket: Ticket, heard: Heard) -> Iterator[str]:
    stands = ticket.is_confirmed and not ticket.workshop.is_cancelled
    here = (ticket.attendee_email, ticket.pk)
    if stands and here not in heard:
        yield f"place {ticket.pk} stands in no calendar of {ticket.attendee_email}"
    for (address, pk), words in heard.items():
        if pk != ticket.pk:
            continue
        if words != sorted(words, key=lambda each: each[0]):
            yield f"the numbers of place {pk} at {address} fall: {words}"
        expected = "REQUEST" if stands and address == ticket.attendee_email else "CANCEL"
        if words[-1][1] != expected:
            yield f"place {pk} is {ticket.status}, and the calendar of {address} was told {words}"


def _coming() -> Iterator[Ticket]:
    for ticket in Ticket.objects.exclude(confirmed_at=None).select_related("workshop").order_by("pk"):
        if ticket.is_live and not ticket.workshop.is_over:
            yield ticket


def _heard() -> Heard:
    found: Heard = {}
    for mail in Message.objects.order_by("pk"):
        for each in mail.attachments:
            if "method=" in each["content_type"]:
                calendar = Calendar.from_ical(each["content"])
                (event,) = calendar.walk("VEVENT")
                place = int(str(event["UID"]).split("@")[0].split("-")[2])
                said = (int(event["SEQUENCE"]), str(calendar["METHOD"]))
                found.setdefault((mail.to, place), []).append(said)
    return found
