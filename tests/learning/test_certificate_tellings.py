"""What still stands between somebody and their certificate is told once for each thing that they can do themselves."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.models import Ticket
from learning import tellings
from learning.certificates import issuing
from outbox.models import Message
from tests.builders import make_recording, make_ticket
from tests.learning.certificates import answer, be_there, make_catch_up_ticket, make_past_workshop, watch

pytestmark = pytest.mark.django_db
KIND = "learning/certificate_waits"


def told():
    return dict(Message.objects.filter(kind=KIND).order_by("pk").values_list("key", "to"))


def of(ticket, cause):
    return {f"certificate-waits:{ticket.pk}:{cause}": ticket.attendee_email}


def tell():
    """Twice, as the worker does."""
    tellings.tell_what_is_missing()
    tellings.tell_what_is_missing()
    return told()


def test_who_was_there_and_has_not_answered_is_told_that_this_is_all_that_is_missing():
    workshop = make_past_workshop(certificate_needs_feedback=True)
    waits, answered = make_ticket(workshop), make_ticket(workshop, attendee_email="ada@example.org")
    for each in (waits, answered):
        be_there(each)
    answer(answered)

    assert tell() == of(waits, "feedback")
    words = Message.objects.get(kind=KIND).text
    assert "- Your feedback is missing. It takes two minutes." in words
    assert waits.get_absolute_url() in words


def test_who_was_there_for_too_short_is_told_the_minutes_and_the_ways_that_are_left():
    workshop = make_past_workshop(catch_up_days=28)
    ticket = make_ticket(workshop)
    be_there(ticket, hours=2)

    assert tell() == of(ticket, "minutes")
    words = Message.objects.get(kind=KIND).text
    assert "- You were there for 120 of 360 minutes; 80 per cent are needed." in words
    assert "Or watch the recording" in words


def test_a_place_without_a_name_is_asked_for_one():
    ticket = make_ticket(make_past_workshop(), attendee_name="\u200b")

    assert tell() == of(ticket, "name")
    assert "Reply to this message with the name" in Message.objects.get(kind=KIND).text


def test_who_watched_and_has_not_answered_is_told_a_day_later():
    workshop = make_past_workshop(catch_up_days=28)
    ticket = make_catch_up_ticket(workshop)
    make_recording(workshop, published_at=timezone.now())
    watch(ticket)
    assert tell() == {}

    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert tell() == of(ticket, "feedback")


def test_nobody_is_told_what_nobody_knows_yet_or_what_is_no_news():
    workshop = make_past_workshop()
    uncounted = make_ticket(workshop)
    make_catch_up_ticket(workshop)  # has not watched: that the recording is open was told by a mail of its own
    gone = make_ticket(workshop, Ticket.Status.CANCELLED)
    assert tell() == {}

    be_there(uncounted)
    issuing.issue_due()
    assert (tell(), gone.is_confirmed) == ({}, False)


def test_what_was_not_told_in_two_weeks_is_not_told_late():
    workshop = make_past_workshop(certificate_needs_feedback=True)
    be_there(make_ticket(workshop))

    with time_machine.travel(timezone.now() + timedelta(days=20)):
        assert tell() == {}


def test_another_cause_is_another_mail_and_the_same_one_never():
    workshop = make_past_workshop(certificate_needs_feedback=True)
    ticket = make_ticket(workshop)
    be_there(ticket, hours=2)
    assert tell() == of(ticket, "minutes")

    ticket.attendances.update(corrected_minutes=360, corrected_because="By telephone")

    assert tell() == of(ticket, "minutes") | of(ticket, "feedback")


def test_a_round_over_many_who_were_told_asks_no_more_than_over_few():
    workshop = make_past_workshop(certificate_needs_feedback=True)
    counts = []
    for more in (1, 4):
        for number in range(more):
            be_there(make_ticket(workshop, attendee_email=f"noor{more}{number}@example.org"))
        tellings.tell_what_is_missing()
        with CaptureQueriesContext(connection) as queries:
            tellings.tell_what_is_missing()
        counts.append(len(queries))

    assert counts[0] == counts[1] > 4
