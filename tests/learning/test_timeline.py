"""Everything of a workshop that has a date, for the desk."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse

from courses.models import Workshop
from learning.timeline import timeline_of
from tests.builders import make_practice, make_session, make_ticket_type, make_user, make_workshop

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 1, tzinfo=UTC)
DAY = date(2027, 1, 15)


@pytest.fixture
def workshop():
    make_practice()
    with time_machine.travel(NOW, tick=False):
        made = make_workshop(day=DAY, start=time(10), end=time(16), catch_up_days=28)
        make_ticket_type(made, "Early bird", last_day=date(2027, 1, 1))
        yield made


def told(workshop):
    return [(f"{each.at:%d %b %H:%M}", each.words) for each in timeline_of(workshop)]


def test_all_that_has_a_date_stands_in_its_order(workshop):
    assert told(workshop) == [
        ("02 Jan 00:00", "“Early bird” goes off sale"),
        ("08 Jan 10:00", "Session: a reminder, a week before"),
        ("14 Jan 10:00", "Session: a reminder, a day before"),
        ("15 Jan 09:00", "Session: a reminder, an hour before"),
        ("15 Jan 09:30", "Session: the button to join appears"),
        ("15 Jan 10:00", "Sales of live places end"),
        ("15 Jan 10:00", "Session begins"),
        ("15 Jan 16:00", "Session ends"),
        ("15 Jan 17:00", "People are asked how it was, and certificates are made as their rules are met"),
        ("16 Jan 16:00", "Whose certificate waits for something is told what"),
        ("12 Feb 16:00", "The recording would close, if it came out today"),
    ]


def test_of_a_recording_that_is_out_its_mails_and_its_end_are_told(workshop):
    Workshop.objects.update(recording_published_at=datetime(2027, 1, 18, 9, tzinfo=UTC))
    workshop.refresh_from_db()

    assert told(workshop)[-3:] == [
        ("09 Feb 00:00", "A mail that the recording will close"),
        ("15 Feb 00:00", "A mail that the recording will close"),
        ("16 Feb 00:00", "The recording closes"),
    ]


def test_what_follows_within_a_week_has_no_reminder_a_week_before(workshop):
    make_session(workshop, DAY + timedelta(days=7), time(10), time(16))

    assert [words for _, words in told(Workshop.objects.get())].count("Session: a reminder, a week before") == 1


def test_without_a_session_there_is_what_is_known_of_its_sale():
    make_practice()
    dateless = make_workshop(sales_open_at=NOW)
    dateless.sessions.all().delete()
    Workshop.objects.update(starts_at=None, ends_at=None)

    assert told(Workshop.objects.get()) == [("01 Dec 00:00", "Sales open")]


def test_it_stands_on_the_workshops_page(client, workshop):
    client.force_login(make_user(is_staff=True, is_superuser=True))

    page = client.get(reverse("admin:courses_workshop_change", args=[workshop.pk])).text

    assert "goes off sale" in page
    assert '<time datetime="2027-01-15T10:00:00+00:00">' in page
