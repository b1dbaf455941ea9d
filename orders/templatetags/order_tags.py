"""What a sale means for a page that knows no money."""

from dataclasses import dataclass

from django import template

from courses.models import Ticket
from kit.addresses import email_key
from kit.times import until_label
from orders.changes import recordings
from orders.models import OrderLine

register = template.Library()


@dataclass(frozen=True)
class RecordingState:
    """`kept_until` says until when it is not sent unasked; `is_own` whether who reads it may ask."""

    is_sent: bool
    kept_until: str = ""
    may_be_asked_for: bool = False
    is_own: bool = False


@register.simple_tag
def recording_state(ticket: Ticket) -> RecordingState:
    """Of a place for the recording alone, for its joining page."""
    known = recordings.with_sale(Ticket.objects.filter(pk=ticket.pk)).get()
    until = None if ticket.recording_sent_at else recordings.kept_until(known)
    if until is None:
        return RecordingState(is_sent=ticket.recording_sent_at is not None)
    line = OrderLine.objects.select_related("order__workshop", "ticket").get(ticket=ticket)
    return RecordingState(
        is_sent=False,
        kept_until=until_label(until, ticket.workshop.time_zone),
        may_be_asked_for=recordings.may_be_asked_for(line.order, line),
        is_own=line.order.email_key == email_key(ticket.attendee_email),
    )
