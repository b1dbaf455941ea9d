"""What Zoom refuses is said at the desk when it lasts, and at once when the session is near."""

from datetime import timedelta

import pytest
from django.utils import timezone

from courses.models import Session
from meetings import syncing
from meetings.jobs import meetings_in_trouble, registrants_in_trouble
from meetings.models import Meeting, Registrant
from tests.builders import make_registrant, make_ticket, make_workshop

pytestmark = pytest.mark.django_db


def said() -> list[str]:
    return [job.words.rpartition(": ")[2] for job in meetings_in_trouble()]


@pytest.mark.parametrize(("days", "attempts", "is_said"), [(20, 1, False), (20, 3, True), (0.5, 1, True)])
def test_a_meeting_that_zoom_refuses(zoom, days, attempts, is_said):
    make_workshop()
    start = timezone.now() + timedelta(days=days)
    Session.objects.update(join_url="", starts_at=start, ends_at=start + timedelta(hours=2))
    for _ in range(attempts):
        zoom.fail("POST", "*/meetings", "status", status=400, code=300)
        syncing.sync_meetings()
        Meeting.objects.update(next_attempt_at=timezone.now())

    assert said() == (["Zoom refused it (HTTP 400, code 300)."] if is_said else [])


def test_an_attendee_whom_zoom_refuses(zoom):
    make_registrant(make_ticket(make_workshop()))
    Registrant.objects.update(attempts=3, last_error="Zoom refused it.")

    assert [job.words for job in registrants_in_trouble()] == [
        "1 attendee could not be registered or taken off at Zoom"
    ]


def test_who_types_links_hears_nothing_of_zoom(zoom, settings):
    make_registrant(make_ticket(make_workshop()), attempts=3)
    Meeting.objects.update(last_error="No.", attempts=3)
    settings.SESSION_PROVIDER = "manual"

    assert [*meetings_in_trouble(), *registrants_in_trouble()] == []


def test_sync_now_tells_zoom_all_of_it_again_and_puts_nobody_off_any_longer(zoom):
    make_workshop()
    Session.objects.update(join_url="")
    zoom.fail("POST", "*/meetings", "status", status=400, code=300)
    syncing.sync_meetings()
    assert syncing.sync_meetings() == 0

    syncing.sync_soon(Meeting.objects.get())

    assert (syncing.sync_meetings(), Meeting.objects.get().standing) == (1, "agrees")
