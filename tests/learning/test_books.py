from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from courses.models import Ticket
from courses.privacy import erase_attendees
from learning import books
from learning.models import Attendance, Certificate, RecordingView
from tests.builders import make_recording, make_ticket
from tests.learning.certificates import make_certificate, make_past_workshop

pytestmark = pytest.mark.django_db


def check():
    out = StringIO()
    call_command("check_learning", stdout=out)
    return [line.rsplit(" ", 1)[1] for line in out.getvalue().splitlines()]


def test_all_is_as_it_should_be():
    make_certificate()

    assert check() == ["yes"] * len(books.RULES)


def test_a_certificate_whose_minutes_are_gone_is_found():
    found = make_certificate()
    Attendance.objects.update(corrected_minutes=10)

    assert list(books.unearned_certificates()) == [
        f"Certificate {found.serial} says live online, and its rule is not met so"
    ]
    with pytest.raises(CommandError, match="1 found"):
        check()


@pytest.mark.parametrize("change", [{"revoked_at": timezone.now(), "because": "x"}, {"replaced_at": timezone.now()}])
def test_one_that_does_not_count_needs_no_rule(change):
    make_certificate()
    Attendance.objects.update(corrected_minutes=10)
    Certificate.objects.update(**change)

    assert list(books.unearned_certificates()) == []


def test_a_cancelled_places_certificate_is_no_finding():
    make_certificate()
    Ticket.objects.update(status=Ticket.Status.CANCELLED, place_number=None)

    assert list(books.unearned_certificates()) == []


def test_of_whoever_was_erased_the_certificate_stands():
    ticket = make_certificate().ticket
    erase_attendees(Ticket.objects.filter(pk=ticket.pk))

    assert list(books.unearned_certificates()) == []


def test_a_recording_that_was_opened_after_its_end_is_found():
    workshop = make_past_workshop()
    ticket = make_ticket(workshop)
    recording = make_recording(workshop, published_at=timezone.now() - timedelta(days=60))
    for days in (50, 1):
        opened_at = timezone.now() - timedelta(days=days)
        RecordingView.objects.create(recording=recording, ticket=ticket, opened_at=opened_at)

    assert list(books.late_views()) == [f"Recording {recording.pk} was opened after its end, by place {ticket.pk}"]
