"""Whether what follows a workshop is as its rules say: asked again, of the rows."""

from collections.abc import Callable, Iterator

from django.utils import timezone

from courses.models import Ticket
from kit.addresses import email_key
from kit.privacy import ERASED
from learning.certificates.rules import outcomes_of
from learning.models import Certificate, RecordingExtension, RecordingView
from learning.recordings import ends_for
from meetings.models import Registrant

Rule = Callable[[], Iterator[str]]


def unearned_certificates() -> Iterator[str]:
    """A valid one has its rule behind it still: the minutes, or the recording that was opened, and the feedback.

    Of whoever was erased, what it rested on is erased, too.
    """
    rows = Certificate.objects.of_places().valid().order_by("ticket__workshop", "pk")
    valid = rows.exclude(ticket__attendee_name=ERASED).select_related("ticket__workshop__course")
    workshops: dict[int, list[Certificate]] = {}
    for certificate in valid.iterator(chunk_size=500):
        workshops.setdefault(certificate.ticket.workshop_id, []).append(certificate)
    for certificates in workshops.values():
        workshop = certificates[0].ticket.workshop
        outcomes = outcomes_of(workshop, [each.ticket for each in certificates])
        for each in certificates:
            outcome = outcomes[each.ticket_id]
            if not outcome.is_met or outcome.kind != each.kind:
                yield f"Certificate {each.serial} says {each.get_kind_display()}, and its rule is not met so"


def unearned_wholes() -> Iterator[str]:
    """One of a series rests on a place for each workshop that was bought, all of one person."""
    rows = Certificate.objects.exclude(order=None).valid().order_by("pk").prefetch_related("parts", "order__lines")
    for certificate in rows.iterator(chunk_size=500):
        parts = list(certificate.parts.all())
        people = {email_key(each.attendee_email) for each in parts}
        bought = list(certificate.order.lines.all()) if certificate.order else []
        if len(parts) != len(bought) or len(people) > 1:
            yield f"Certificate {certificate.serial} is for a whole series, and rests on {len(parts)} places of it"


def late_views() -> Iterator[str]:
    """Nobody opened a recording after its end."""
    extensions = {each.ticket_id: each for each in RecordingExtension.objects.select_related("ticket__workshop")}
    views = RecordingView.objects.filter(recording__published_at__isnull=False).order_by("pk")
    for view in views.select_related("recording__workshop").iterator(chunk_size=500):
        if view.opened_at > ends_for(view.recording, extensions.get(view.ticket_id)):
            yield f"Recording {view.recording_id} was opened after its end, by place {view.ticket_id}"


def idle_registrants() -> Iterator[str]:
    """Nobody whose place ended can still join. (The worker sees to it within a minute: ask again then.)"""
    to_come = Registrant.objects.live().filter(meeting__session__ends_at__gt=timezone.now())
    for registrant in to_come.exclude(ticket__status=Ticket.Status.CONFIRMED).order_by("pk"):
        yield f"Registrant {registrant.pk} is registered, and place {registrant.ticket_id} has ended"


RULES: dict[str, Rule] = {
    "certificates have their rule": unearned_certificates,
    "certificates of a series have all its parts": unearned_wholes,
    "recordings were opened in their time": late_views,
    "registrants have a place": idle_registrants,
}
