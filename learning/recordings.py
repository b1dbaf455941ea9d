"""To whom a recording is open, until when, and that it was opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from courses.models import Ticket
from courses.seats.places import lock_workshop
from kit.local.times import until_label
from learning.models import Recording, RecordingExtension, RecordingView
from learning.rights import right_of
from orders.changes.recordings import note_opened

A_VIEW = timedelta(minutes=1)  # a double click is one


class NotOpen(Exception):
    """Nobody may watch it at this moment; the page of the place says why."""


@dataclass(frozen=True)
class Watchable:
    """A published recording as one person finds it."""

    recording: Recording
    ends_at: datetime

    @property
    def is_open(self) -> bool:
        return timezone.now() < self.ends_at

    @property
    def until_label(self) -> str:
        return until_label(self.ends_at, self.recording.workshop.time_zone)


def watchable_for(ticket: Ticket) -> list[Watchable]:
    """In the order of the sessions; those that have closed, too."""
    found = published_for(ticket)
    extension = extension_of(ticket) if found else None
    return [Watchable(each, ends_for(each, extension)) for each in found]


def common_end(found: Sequence[Watchable]) -> str:
    """Until when all of these can be watched; empty where they close on different days, for each has its own then."""
    return found[0].until_label if len({each.ends_at for each in found}) == 1 else ""


def open_to(ticket: Ticket, pk: int) -> Watchable:
    """One that this person may watch at this moment. Raises NotOpen."""
    found = [each for each in watchable_for(ticket) if each.is_open and each.recording.pk == pk]
    if not found or right_of(ticket) is not None:
        raise NotOpen
    return found[0]


def open_recording(ticket: Ticket, pk: int) -> Recording:
    """They pressed the button: it is noted, and whoever bought it has had it. Raises NotOpen."""
    with transaction.atomic():
        lock_workshop(ticket.workshop_id)  # as whoever gives money back for the place
        ticket = Ticket.objects.select_related("workshop").get(pk=ticket.pk)
        watchable, now = open_to(ticket, pk), timezone.now()
        recording = watchable.recording
        views = RecordingView.objects.filter(ticket=ticket, recording=recording)
        if not views.filter(opened_at__gt=now - A_VIEW).exists():
            views.create(ticket=ticket, recording=recording, opened_at=now, ends_at=watchable.ends_at)
        note_opened(ticket)
    return recording


def was_opened(ticket: Ticket, recording: Recording) -> bool:
    return RecordingView.objects.filter(ticket=ticket, recording=recording).exists()


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
