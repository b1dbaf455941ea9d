"""Whoever wrote what would help them waits for an answer at the desk, until somebody says that they have had it."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from courses import access_needs, jobs
from courses.access_needs import HELP
from courses.models import Ticket
from courses.seats import places
from courses.seats.places import Attendee
from kit.forms.seen import seal
from outbox.models import Message
from privacy import people
from tests.builders import make_practice, make_ticket, make_user, make_workshop

pytestmark = pytest.mark.django_db
WORDS = "I lip-read: please turn your camera on."


@pytest.fixture
def ticket():
    make_practice()
    return make_ticket(make_workshop(), access_needs=WORDS, attendee_email="ada@example.org")


@pytest.fixture
def desk(client):
    client.force_login(make_user("rosa@example.org", is_staff=True, is_superuser=True, name="Rosa"))
    return client


def waits():
    return [job.words for job in jobs.access_needs_without_an_answer()]


def answer(ticket):
    return access_needs.mark_answered(ticket, seen=seal(access_needs.facts_seen(ticket)))


def page_of(ticket):
    return reverse("admin:courses_ticket_needs_answered", args=[ticket.pk])


def test_it_waits_until_somebody_says_so_and_the_place_says_who_has(ticket, desk):
    make_ticket(ticket.workshop, access_needs="")
    assert waits() == ["1 person wrote access needs, and has no answer yet"]
    shown = desk.get(page_of(ticket)).content.decode()
    assert WORDS in shown

    desk.post(page_of(ticket), {"seen": seal(access_needs.facts_seen(ticket)), "why": ""})

    ticket.refresh_from_db()
    place = desk.get(reverse("admin:courses_ticket_change", args=[ticket.pk])).content.decode()
    assert (waits(), ticket.needs_answered_by.name) == ([], "Rosa")
    assert ("answered by Rosa" in place, answer(ticket)) == (True, False)


def test_the_job_leads_to_them_and_says_nothing_of_what_they_wrote(ticket, desk):
    make_ticket(ticket.workshop, attendee_name="Ben Other")
    [job] = jobs.access_needs_without_an_answer()

    listed = desk.get(job.url).content.decode()

    assert (ticket.attendee_name in listed, "Ben Other" in listed) == (True, False)
    assert list(job.lines) == [f"place {ticket.pk}"]


def test_an_answer_to_other_words_is_none(ticket, desk):
    seen = seal(access_needs.facts_seen(ticket))
    Ticket.objects.update(access_needs="Captions, please.")

    page = desk.post(page_of(ticket), {"seen": seen, "why": ""})

    assert (page.status_code, len(waits())) == (409, 1)


@pytest.mark.parametrize(
    ("to", "count"),
    [
        (Attendee("Ada", "ada@example.org", "Europe/London", WORDS), 0),
        (Attendee("Ada", "ada@example.org", "Europe/London", "Captions, please."), 1),
        (Attendee("Ben", "ben@example.org", "Europe/London", WORDS), 1),
        (Attendee("Ben", "ben@example.org", "Europe/London", ""), 0),
    ],
)
def test_other_words_or_another_person_wait_anew(ticket, to, count):
    answer(ticket)

    places.hand_over(ticket, to=to)

    assert len(waits()) == count


def test_nobody_waits_once_it_is_over_or_cancelled(ticket):
    with time_machine.travel(timezone.now() + timedelta(days=900)):
        assert waits() == []
    places.cancel_ticket(ticket)

    assert waits() == []


def test_who_is_erased_takes_it_along(ticket):
    answer(ticket)
    places.cancel_ticket(ticket)

    people.erase("ada@example.org", user=None)

    ticket.refresh_from_db()
    assert (ticket.access_needs, ticket.needs_answered_at, ticket.needs_answered_by) == ("", None, None)


def test_the_form_promises_it_and_no_mail_or_log_repeats_the_words(ticket, desk, caplog):
    desk.post(page_of(ticket), {"seen": seal(access_needs.facts_seen(ticket)), "why": ""})

    assert "writes back to you before the workshop" in HELP
    assert [each for each in Message.objects.all() if WORDS in f"{each.text}{each.html}"] == []
    assert WORDS not in caplog.text
