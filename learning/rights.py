"""A right to cancel that opening the recording would end: while there is one, it opens only to whoever gave it up."""

from dataclasses import dataclass

from courses.models import Ticket
from kit.guard.addresses import email_key
from kit.local.times import until_label
from orders.changes import recordings
from orders.models import OrderLine


@dataclass(frozen=True)
class Right:
    """`until` is a label; `is_own` says whether who reads the page of the place may give it up there."""

    until: str
    may_be_given_up: bool
    is_own: bool


def right_of(ticket: Ticket) -> Right | None:
    """None where there is none, and the recording may be opened."""
    if ticket.is_live or ticket.recording_opened_at:
        return None
    until = recordings.kept_until(recordings.with_sale(Ticket.objects.filter(pk=ticket.pk)).get())
    if until is None:
        return None
    line = OrderLine.objects.select_related("order__workshop", "ticket").get(ticket=ticket)
    return Right(
        until=until_label(until, ticket.workshop.time_zone),
        may_be_given_up=recordings.may_be_asked_for(line.order, line),
        is_own=line.order.email_key == email_key(ticket.attendee_email),
    )
