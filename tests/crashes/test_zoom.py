"""The worker is killed between Zoom's answer and our row: nothing is made twice, and nobody is left over."""

import pytest
from django.utils import timezone

from courses.models import Session, Ticket, Workshop
from meetings.links import join_url_for
from meetings.models import Meeting, Registrant
from tests.builders import make_ticket, make_workshop

pytestmark = pytest.mark.django_db(transaction=True)
KILLED, ZOOM = 9, ("worker", "--once", "--only", "zoom")


@pytest.fixture
def ticket(zoom):
    """Booked, for a session without a link."""
    ticket = make_ticket(make_workshop())
    Session.objects.update(join_url="")
    return ticket


def run(sites, *, checkpoint=""):
    """A worker after the lease of one that died."""
    for model in (Meeting, Registrant):
        model.objects.update(next_attempt_at=timezone.now())
    return sites.run(*ZOOM, checkpoint=checkpoint)


def test_a_meeting_is_made_once(zoom, ticket, sites):
    assert run(sites, checkpoint="meeting made") == KILLED
    assert (len(zoom.meetings), Meeting.objects.get().number) == (1, None)

    run(sites)

    assert [each["id"] for each in zoom.meetings] == [Meeting.objects.get().number]


def test_an_attendee_is_registered_once_and_gets_the_link(zoom, ticket, sites):
    assert run(sites, checkpoint="attendee registered") == KILLED

    run(sites)

    assert zoom.registrants(zoom.meetings[0]["id"]) == ["noor@example.org"]
    assert join_url_for(ticket, Session.objects.get()).startswith(zoom.url)


def test_whose_place_ends_after_such_a_crash_is_taken_off(zoom, ticket, sites):
    assert run(sites, checkpoint="attendee registered") == KILLED
    Ticket.objects.update(status=Ticket.Status.CANCELLED)

    run(sites)

    assert zoom.registrants(zoom.meetings[0]["id"]) == []


def test_a_meeting_that_was_deleted_is_not_missed(zoom, ticket, sites):
    run(sites)
    Workshop.objects.update(status=Workshop.Status.CANCELLED, cancelled_because="Ill.")
    assert run(sites, checkpoint="meeting taken away") == KILLED

    assert run(sites) == 0

    assert (zoom.meetings, Meeting.objects.get().number, Meeting.objects.get().last_error) == ([], None, "")
