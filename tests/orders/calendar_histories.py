"""Whether the calendars of everybody who was written to stand as the places do."""

from collections.abc import Iterator

from icalendar import Calendar

from courses.models import Ticket
from outbox.models import Message

Heard = dict[tuple[str, int], list[tuple[int, str]]]  # by address and place: numbers and methods, in their order


def misinformed() -> list[str]:
    """Who has a place that their calendar lacks, or one in their calendar that they have no more. An empty list.

    Of several places of one person on a workshop one stands in the calendar for all. Of what is over no calendar is
    told anything.
    """
    heard, coming = _heard(), list(_coming())
    return [*_lacking(coming, heard), *(words for ticket in coming for words in _faults_of(ticket, heard))]


def _lacking(coming: list[Ticket], heard: Heard) -> Iterator[str]:
    standing: dict[tuple[str, int], list[int]] = {}
    for ticket in filter(_stands, coming):
        standing.setdefault((ticket.attendee_email, ticket.workshop_id), []).append(ticket.pk)
    for (address, _), places in standing.items():
        asked = [pk for pk in places if (address, pk) in heard and heard[address, pk][-1][1] == "REQUEST"]
        if len(asked) != 1:
            yield f"of the places {places} these stand in the calendar of {address}: {asked}"


def _faults_of(ticket: Ticket, heard: Heard) -> Iterator[str]:
    for (address, pk), words in heard.items():
        if pk != ticket.pk:
            continue
        if words != sorted(words, key=lambda each: each[0]):
            yield f"the numbers of place {pk} at {address} fall: {words}"
        if words[-1][1] != "CANCEL" and not (_stands(ticket) and address == ticket.attendee_email):
            yield f"place {pk} is {ticket.status}, and the calendar of {address} was told {words}"


def _stands(ticket: Ticket) -> bool:
    return ticket.is_confirmed and not ticket.workshop.is_cancelled


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
