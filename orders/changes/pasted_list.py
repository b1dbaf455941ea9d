"""People as somebody pastes them, a line each, and a free place for every one of them."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from courses.models import Ticket, TicketType, Workshop
from courses.seats.places import NewTicket, lock_workshop
from kit.guard.addresses import WORDS, NotDeliverable, delivery_form, email_key
from orders.changes.attendees import give_free_place

MOST = 100  # lines: what one looks through on one page
LONGEST_NAME = 120
LONGEST_LINE = 400  # a name and an address, with room around them
ADDRESS = re.compile(r"[^\s<>,;\"“”]+@[^\s<>,;\"“”]+")
AROUND = ' \t,;<>"“”'
NO_ADDRESS = "No email address in this line."
NO_NAME = "No name in this line."
LONG_NAME = f"This name is longer than {LONGEST_NAME} letters."
LONG_LINE = "This line is too long for a name and an address. Begin a new line for each person."
TWICE = "This address stands in the list twice."
HAS_ONE = "Has a place there already."


@dataclass(frozen=True)
class PastedLine:
    text: str
    name: str
    email: str
    problem: str = ""


def read_list(text: str, *, workshop: Workshop) -> list[PastedLine]:
    """Each line with a name and an address, in either order: `Ana Roy <ana@example.org>`, `ana@example.org, Ana Roy`.

    What is wrong with one stands in its `problem`; whoever has a place in the workshop already is one of these.
    """
    lines = [_read(line.strip()) for line in text.splitlines() if line.strip()]
    counts = Counter(email_key(line.email) for line in lines if line.email)
    seated = {email_key(email) for email in workshop.tickets.occupying().values_list("attendee_email", flat=True)}
    return [_judged(line, counts, seated) for line in lines]


@transaction.atomic
def give_places(
    workshop: Workshop, *, people: Sequence[PastedLine], ticket_type: TicketType, time_zone: str
) -> list[Ticket]:
    """A free place for each, with its mail; all or none. Whoever got one meanwhile is left out, so that a second press
    gives nothing twice. Raises courses.seats.places.SoldOut and WorkshopCancelled.
    """
    locked = lock_workshop(workshop.pk)
    seated = {email_key(email) for email in locked.tickets.occupying().values_list("attendee_email", flat=True)}
    wanted = [each for each in people if email_key(each.email) not in seated]
    return [
        give_free_place(locked, ticket=NewTicket(ticket_type, name=each.name, email=each.email, time_zone=time_zone))
        for each in wanted
    ]


def _read(line: str) -> PastedLine:
    if len(line) > LONGEST_LINE:
        return PastedLine(line, "", "", LONG_LINE)
    found = ADDRESS.search(line)
    if found is None:
        return PastedLine(line, "", "", NO_ADDRESS)
    name = " ".join(f"{line[: found.start()]} {line[found.end() :]}".replace("\t", " ").split()).strip(AROUND)
    try:
        email = delivery_form(found[0])
    except NotDeliverable as error:
        return PastedLine(line, name, "", WORDS[error.code])
    if not name:
        return PastedLine(line, name, email, NO_NAME)
    return PastedLine(line, name, email, LONG_NAME if len(name) > LONGEST_NAME else "")


def _judged(line: PastedLine, counts: Counter[str], seated: set[str]) -> PastedLine:
    if line.problem:
        return line
    if counts[email_key(line.email)] > 1:
        return PastedLine(line.text, line.name, line.email, TWICE)
    return PastedLine(line.text, line.name, line.email, HAS_ONE if email_key(line.email) in seated else "")
