"""What of Zoom waits for a person: what it refused, and what it has not done while the session comes near."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse_lazy
from django.utils import timezone

from kit.desk.jobs import Job, counted, finds
from kit.local.times import moment_label
from meetings import zoom_api
from meetings.models import Meeting, Registrant

TRIED = 3  # times in vain, before it is said
SOON = timedelta(days=1)


@finds("meetings.view_meeting")
def meetings_in_trouble() -> Iterator[Job]:
    """At once where the session is near; else when it was tried a few times."""
    if not zoom_api.is_in_use():
        return
    near = Q(starts_at__lt=timezone.now() + SOON) | Q(attempts__gte=TRIED)
    rows = Meeting.objects.filter(near).in_trouble().filter(ends_at__gt=timezone.now() - SOON * 3)
    for meeting in rows.exclude(session=None).select_related("session__workshop__course").order_by("starts_at", "pk"):
        workshop = meeting.session.workshop
        when = moment_label(meeting.session.starts_at, workshop.time_zone)
        url = reverse_lazy("admin:meetings_meeting_change", args=[meeting.pk])
        yield Job(
            f"Zoom: {workshop.title}, {when}: {meeting.last_error}", url, [f"{meeting.mark} {meeting.last_error}"]
        )


@finds("meetings.view_registrant")
def registrants_in_trouble() -> Iterator[Job]:
    if not zoom_api.is_in_use():
        return
    rows = Registrant.objects.filter(attempts__gte=TRIED, cancelled_at=None, meeting__ends_at__gt=timezone.now())
    words = (
        "attendee could not be registered or taken off at Zoom",
        "attendees could not be registered or taken off at Zoom",
    )
    yield from counted(rows, "?attempts__gte=3", *words)
