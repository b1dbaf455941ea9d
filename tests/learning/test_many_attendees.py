"""Five hundred people in a workshop and ten thousand certificates change no page's number of questions."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.models import Ticket, Workshop
from kit.desk import listed_lookups
from kit.guard.tokens import new_secret
from kit.pages import kept
from learning.certificates.facts import facts_of
from learning.models import (
    Attendance,
    AttendanceSheet,
    Certificate,
    Feedback,
    FeedbackGiven,
    FeedbackQuestion,
    JoinClick,
)
from learning.serials import new_serial
from meetings.models import Presence
from tests.builders import make_user, show_factor
from tests.learning.certificates import make_past_workshop

pytestmark = pytest.mark.django_db
FEW, MANY, OTHER_WORKSHOPS = 3, 500, 19
OLDER = timedelta(days=9)


@pytest.fixture
def workshop() -> Workshop:
    made = make_past_workshop(capacity=MANY)
    FeedbackQuestion.objects.create(workshop=made, words="What will you do differently?")
    AttendanceSheet.objects.create(session=made.sessions.get(), counted_at=timezone.now())
    attend(made, range(1, FEW + 1))
    return made


def attend(workshop: Workshop, numbers: Iterable[int]) -> None:
    """These people were there, said what they thought, and have their certificates."""
    session, kind = workshop.sessions.get(), workshop.ticket_types.get()
    booked = {"workshop": workshop, "ticket_type": kind, "access": kind.access, "status": Ticket.Status.CONFIRMED}
    tickets = Ticket.objects.bulk_create(
        Ticket(
            place_number=number,
            attendee_name=f"Attendee Number {number}",
            attendee_email=f"attendee-{number}@example.org",
            secret=new_secret(),
            confirmed_at=timezone.now() - OLDER,
            **booked,
        )
        for number in numbers
    )
    there = {"joined_at": session.starts_at, "left_at": session.ends_at}
    Presence.objects.bulk_create(
        Presence(session=session, source=Presence.Source.REPORT, email=each.attendee_email, **there) for each in tickets
    )
    JoinClick.objects.bulk_create(JoinClick(session=session, ticket=each) for each in tickets)
    Attendance.objects.bulk_create(Attendance(session=session, ticket=each, minutes=360) for each in tickets)
    said = {"workshop": workshop, "answers": [], "given_on": session.ends_at.date()}
    Feedback.objects.bulk_create(Feedback(ticket=each, **said) for each in tickets)
    FeedbackGiven.objects.bulk_create(FeedbackGiven(ticket=each) for each in tickets)
    day = session.ends_at.date()
    facts = facts_of(tickets[0], completed_on=day).as_json()
    Certificate.objects.bulk_create(
        Certificate(
            ticket=each,
            serial=new_serial(),
            secret=new_secret(),
            name=each.attendee_name,
            kind=Certificate.Kind.LIVE,
            hours="5.0",
            completed_on=day,
            facts=facts,
        )
        for each in tickets
    )


def paths(workshop: Workshop) -> dict[str, str]:
    """The first attendee's pages, and those of the desk that tell of them all."""
    session, ticket = workshop.sessions.get(), workshop.tickets.order_by("pk").first()
    certificate = ticket.certificates.get()
    here = f"?workshop__id__exact={workshop.pk}"
    return {
        "orders:bookings": reverse("orders:bookings"),
        "cpd:overview": reverse("cpd:overview"),
        "certificates:verified": reverse("certificates:verified", args=[certificate.serial]),
        "certificates:certificate": certificate.get_absolute_url(),
        "learning:join": ticket.get_absolute_url(),
        "courses:workshop": workshop.get_absolute_url(),
        "the desk": reverse("admin:index"),
        "workshop": reverse("admin:courses_workshop_change", args=[workshop.pk]),
        "workshops": reverse("admin:courses_workshop_changelist"),
        "tickets": reverse("admin:courses_ticket_changelist") + here,
        "attendance": reverse("admin:learning_attendance_changelist"),
        "attendance sheets": reverse("admin:learning_attendancesheet_changelist"),
        "who was there": reverse("admin:learning_attendancesheet_who", args=[session.attendance_sheet.pk]),
        "feedback": reverse("admin:learning_feedback_results", args=[workshop.pk]),
        "the day": reverse("admin:learning_joinclick_day", args=[session.pk]),
        "certificates of the workshop": reverse("admin:learning_certificate_workshop", args=[workshop.pk]),
        "certificates": reverse("admin:learning_certificate_changelist"),
        "a certificate": reverse("admin:learning_certificate_change", args=[certificate.pk]),
        "attendees on paper": reverse("admin:courses_ticket_to_print", args=[workshop.pk]),
        "an announcement": reverse("admin:courses_announcement_write", args=[workshop.pk]),
        "more places": reverse("admin:courses_ticket_give_many", args=[workshop.pk]),
        "what was said": reverse("admin:learning_feedback_changelist"),
        "what was said, as a file": reverse("admin:learning_feedback_file", args=[workshop.pk]),
        "clicks": reverse("admin:learning_joinclick_changelist"),
        "presences": reverse("admin:meetings_presence_changelist"),
        "mails": reverse("admin:outbox_message_changelist"),
    }


def entered(**fields) -> Client:
    client, user = Client(), make_user(**fields)
    client.force_login(user)
    show_factor(client, user)
    return client


def asked(clients: dict[bool, Client], found: dict[str, str]) -> dict[str, tuple[int, int]]:
    """Status and number of statements, once what is the same for all pages is known."""
    return {name: _asked(clients[path.startswith(reverse("admin:index"))], path) for name, path in found.items()}


def _asked(client: Client, path: str, sent: dict[str, str] | None = None) -> tuple[int, int]:
    ask = partial(client.post, path, sent) if sent else partial(client.get, path)
    ask()
    with CaptureQueriesContext(connection) as queries:
        answer = ask()
        b"".join(answer)
    return answer.status_code, len(queries)


def of_the_file(at_desk: Client, workshop: Workshop) -> tuple[int, int]:
    """The CSV of everybody in the list."""
    first = workshop.tickets.order_by("pk").first()
    sent = {"action": "download", "_selected_action": str(first.pk), "select_across": "1"}
    return _asked(at_desk, paths(workshop)["tickets"], sent)


def test_many_attendees_and_certificates_cost_no_page_another_question(workshop, settings, monkeypatch):
    settings.KEPT_PAGES_SECONDS = 0
    monkeypatch.setattr(kept, "SECONDS", 3600)  # what is found before is known after, however slow the machine
    monkeypatch.setattr(listed_lookups, "MOST_FOUND", 1)  # or few days would be asked for in another way than many
    at_desk = entered(email="desk@example.org", is_staff=True, is_superuser=True)
    clients = {True: at_desk, False: entered(email="attendee-1@example.org")}
    found = paths(workshop)
    few = asked(clients, found) | {"attendees, as a file": of_the_file(at_desk, workshop)}
    attend(workshop, range(FEW + 1, MANY + 1))
    for _ in range(OTHER_WORKSHOPS):
        attend(make_past_workshop(capacity=MANY, course=workshop.course), range(MANY + 1, 2 * MANY + 1))
    many = asked(clients, found) | {"attendees, as a file": of_the_file(at_desk, workshop)}

    assert Certificate.objects.count() == MANY * (OTHER_WORKSHOPS + 1) == 10_000
    assert {name for name, (status, _) in few.items() if status != 200} == set()
    assert many == few
