"""To whom a recording is open, and until when."""

from datetime import datetime

from courses.models import Ticket
from learning.models import Recording, RecordingExtension, RecordingView


def published_for(ticket: Ticket) -> list[Recording]:
    """Of its workshop, whether they are still open or not; none unless the place is booked and the workshop stands."""
    if not ticket.is_confirmed or ticket.workshop.is_cancelled:
        return []
    found = list(Recording.objects.published().filter(workshop=ticket.workshop_id).select_related("session"))
    for recording in found:
        recording.workshop = ticket.workshop
    return found


def extension_of(ticket: Ticket) -> RecordingExtension | None:
    found = RecordingExtension.objects.filter(ticket=ticket).first()
    if found:
        found.ticket = ticket
    return found


def ends_for(recording: Recording, extension: RecordingExtension | None) -> datetime:
    """When a published recording closes to one person: the last day of all, or a later one of their own."""
    ends = [recording.ends_at, extension.ends_at if extension else None]
    return max(each for each in ends if each is not None)


def open_until(ticket: Ticket) -> datetime | None:
    """When the last of its recordings closes to this person; None where none is published for them."""
    extension = extension_of(ticket)
    return max((ends_for(each, extension) for each in published_for(ticket)), default=None)


def first_opened_at(ticket: Ticket) -> datetime | None:
    first = RecordingView.objects.filter(ticket=ticket).order_by("opened_at").first()
    return first.opened_at if first else None
