"""A workshop that is over, people who were there, and their certificates."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from courses.models import TicketType
from learning import attendance
from learning.certificates import issuing
from learning.models import Attendance, Certificate, FeedbackGiven, RecordingView
from meetings.models import Presence
from tests.builders import make_course, make_person, make_practice, make_recording, make_ticket, make_workshop


def make_past_workshop(**fields):
    """Two days ago, from 10:00 to 16:00 in London."""
    make_practice()
    if "course" not in fields:
        fields["course"] = make_course(
            "Complexity in grief", presenters=[make_person("Omar Castell")], cpd_hours=Decimal("5.0")
        )
    return make_workshop(day=timezone.localdate() - timedelta(days=2), **fields)


def be_there(ticket, hours=6):
    for session in ticket.workshop.sessions.all():
        Presence.objects.create(
            session=session,
            source=Presence.Source.REPORT,
            email=ticket.attendee_email,
            joined_at=session.starts_at,
            left_at=session.starts_at + timedelta(hours=hours),
        )
    attendance.count_due()


def watch(ticket):
    recording = ticket.workshop.recordings.first() or make_recording(ticket.workshop)
    RecordingView.objects.create(recording=recording, ticket=ticket)


def answer(ticket):
    FeedbackGiven.objects.create(ticket=ticket)


def make_catch_up_ticket(workshop, **fields):
    return make_ticket(workshop, access=TicketType.Access.CATCH_UP, place_number=None, **fields)


def make_certificate(workshop=None, **fields):
    return certify(make_ticket(workshop or make_past_workshop(), **fields))


def certify(ticket):
    """Somebody at the desk saw them."""
    Attendance.objects.bulk_create(
        Attendance(ticket=ticket, session=each, corrected_minutes=360, corrected_because="Seen")
        for each in ticket.workshop.sessions.all()
    )
    issuing.issue(ticket)
    return Certificate.objects.get(ticket=ticket)
