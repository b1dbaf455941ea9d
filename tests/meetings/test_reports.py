"""Who was there, as Zoom reports it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from courses.models import Session
from meetings import reports, syncing
from meetings.models import Meeting, Presence
from tests.builders import make_workshop

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def session(zoom):
    """Its meeting ended an hour ago."""
    make_workshop()
    Session.objects.update(join_url="")
    syncing.sync_meetings()
    start = (timezone.now() - 3 * HOUR).replace(microsecond=0)
    span = {"starts_at": start, "ends_at": start + 2 * HOUR}
    Session.objects.update(**span)
    Meeting.objects.update(**span, report_at=start + 2 * HOUR)
    return Session.objects.get()


def test_every_run_is_read_to_the_last_page_and_who_waited_outside_was_not_there(zoom, session):
    zoom.page_size = 2
    number, start = Meeting.objects.get().number, session.starts_at
    for run in range(2):
        uuid = zoom.begin(number)
        for each in range(3):
            who = {"name": f"Guest\0 {each}", "registrant_id": f"r{each}"}
            zoom.was_there(uuid, start + run * HOUR, start + run * HOUR + HOUR / 2, **who)
    zoom.was_there(uuid, start, start + HOUR, name="Outside", status="in_waiting_room")

    assert (reports.read_reports(), Presence.objects.count()) == (6, 6)

    assert set(Presence.objects.values_list("registrant", "name", "source")) == {
        (f"r{each}", f"Guest {each}", "report") for each in range(3)
    }
    assert {row.left_at - row.joined_at for row in Presence.objects.all()} == {HOUR / 2}


def test_it_is_read_once_more_a_day_later_and_nobody_is_noted_twice(zoom, session):
    uuid = zoom.begin(Meeting.objects.get().number)
    zoom.was_there(uuid, session.starts_at, session.ends_at, name="Noor")

    first = reports.read_reports()
    again_at = Meeting.objects.get().report_at
    Meeting.objects.update(
        report_at=timezone.now(), ends_at=timezone.now() - 25 * HOUR, starts_at=session.starts_at - 24 * HOUR
    )
    second = reports.read_reports()

    assert (first, again_at, second) == (1, session.ends_at + 24 * HOUR, 0)
    assert (Presence.objects.count(), Meeting.objects.get().report_at) == (1, None)


@pytest.mark.parametrize(("hours_ago", "minutes"), [(1, 30), (23.75, 15), (24.1, None)])
def test_a_report_of_the_rehearsal_alone_is_read_again_soon_and_not_after_a_day(zoom, session, hours_ago, minutes):
    now = timezone.now()
    span = {"starts_at": now - hours_ago * HOUR - HOUR, "ends_at": now - hours_ago * HOUR}
    Session.objects.update(**span)
    Meeting.objects.update(**span)
    uuid = zoom.begin(Meeting.objects.get().number)
    zoom.was_there(uuid, span["starts_at"] - 3 * HOUR, span["starts_at"] - 2 * HOUR, name="The presenter")

    assert reports.read_reports() == 1

    again_at = Meeting.objects.get().report_at
    assert (again_at and round((again_at - now) / HOUR * 60)) == minutes


def test_a_meeting_that_nobody_began_has_no_report(zoom, session):
    zoom.delete_by_hand(Meeting.objects.get().number)

    assert (reports.read_reports(), Meeting.objects.get().last_error) == (0, "")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (
            {"kind": "status", "status": 403, "code": 4711},
            "Its report: The app at Zoom may not do that: a scope is missing (HTTP 403, code 4711).",
        ),
        ({"kind": "status", "status": 503}, ""),
        ({"kind": "drop_before"}, ""),
        ({"kind": "garbage"}, ""),
    ],
    ids=["no scope", "down", "silent", "garbage"],
)
def test_a_report_that_does_not_come_is_asked_for_again_and_at_last_given_up(zoom, session, fault, words):
    uuid = zoom.begin(Meeting.objects.get().number)
    zoom.was_there(uuid, session.starts_at, session.ends_at, name="Noor")
    zoom.fail("GET", "*/participants", **fault)

    assert reports.read_reports() == 0
    meeting = Meeting.objects.get()
    assert (meeting.report_at > timezone.now(), meeting.last_error) == (True, words)
    Meeting.objects.update(report_at=timezone.now())
    assert (reports.read_reports(), Meeting.objects.get().last_error) == (1, "")


def test_while_a_second_run_goes_on_nothing_is_told_and_then_both_are(zoom, session, time_machine):
    number = Meeting.objects.get().number
    zoom.was_there(zoom.begin(number), session.starts_at, session.starts_at + HOUR, name="Noor")
    zoom.go_on(number, is_on=True)

    assert (reports.read_reports(), reports.is_told(session)) == (0, False)

    zoom.go_on(number, is_on=False)
    zoom.was_there(zoom.begin(number), session.starts_at + HOUR, session.ends_at + HOUR, name="Noor")
    time_machine.move_to(timezone.now() + HOUR)
    assert (reports.read_reports(), reports.is_told(session)) == (2, True)


def test_who_leaves_a_meeting_open_for_a_day_holds_its_report_up_no_longer(zoom, session, time_machine):
    number = Meeting.objects.get().number
    zoom.was_there(zoom.begin(number), session.starts_at, session.ends_at, name="Noor")
    zoom.go_on(number, is_on=True)

    time_machine.move_to(session.ends_at + reports.READ_AGAIN_AFTER)

    assert (reports.read_reports(), reports.is_told(session)) == (1, True)
