"""When a recording is open, to whom, and until when."""

from datetime import UTC, date, datetime

import pytest

from accounts.models import AuditEntry
from courses.models import Ticket, Workshop
from kit.seen import ChangedMeanwhile, seal
from learning import feedback, publishing, recordings
from learning.models import FeedbackGiven, RecordingExtension
from tests.builders import at, make_recording, make_ticket, make_workshop

pytestmark = pytest.mark.django_db
DAY = date(2027, 3, 5)  # clocks change in London within the 28 days
AFTER = "2027-03-06 23:30"


@pytest.fixture
def workshop():
    return make_workshop(day=DAY)


@pytest.fixture
def published(workshop, time_machine):
    time_machine.move_to(at(AFTER), tick=False)
    recording = make_recording(workshop)
    publishing.publish_recording(recording)
    recording.refresh_from_db()
    return recording


def test_it_is_open_to_the_end_of_the_organisers_day_28_days_after_it_was_published(workshop, published):
    ticket = make_ticket(workshop)

    assert published.last_day == date(2027, 4, 3)
    assert recordings.open_until(ticket) == datetime(2027, 4, 3, 23, tzinfo=UTC)  # midnight in London, in summer


def test_the_day_is_the_organisers_and_nobody_elses(time_machine):
    workshop = make_workshop(day=DAY, time_zone="America/New_York")
    time_machine.move_to(datetime(2027, 3, 7, 4, 30, tzinfo=UTC))  # 23:30 on the 6th there
    recording = make_recording(workshop)
    publishing.publish_recording(recording)
    recording.refresh_from_db()

    assert recording.last_day == date(2027, 4, 3)
    assert recording.ends_at == datetime(2027, 4, 4, 4, tzinfo=UTC)


def test_one_person_may_watch_for_longer_and_never_for_a_shorter_time(workshop, published):
    longer, shorter = make_ticket(workshop), make_ticket(workshop)
    RecordingExtension.objects.create(ticket=longer, last_day=date(2027, 5, 1), reason="Ill in March.")
    RecordingExtension.objects.create(ticket=shorter, last_day=date(2027, 3, 20), reason="A slip.")

    assert recordings.open_until(longer) == datetime(2027, 5, 1, 23, tzinfo=UTC)
    assert recordings.open_until(shorter) == published.ends_at


def test_of_several_the_last_one_counts(workshop, published, time_machine):
    time_machine.move_to(at("2027-03-08 12:00"))
    publishing.publish_recording(make_recording(workshop, title="Evening"))
    workshop.refresh_from_db()

    assert recordings.open_until(make_ticket(workshop)) == datetime(2027, 4, 5, 23, tzinfo=UTC)
    assert workshop.recording_published_at == at("2027-03-08 12:00")


@pytest.mark.parametrize("status", [Ticket.Status.HELD, Ticket.Status.LAPSED, Ticket.Status.CANCELLED])
def test_a_place_that_is_not_booked_opens_nothing(workshop, published, status):
    assert recordings.open_until(make_ticket(workshop, status)) is None


def test_a_workshop_that_is_cancelled_opens_nothing(workshop, published):
    ticket = make_ticket(workshop)
    Workshop.objects.update(status=Workshop.Status.CANCELLED)

    assert recordings.open_until(Ticket.objects.get(pk=ticket.pk)) is None


def test_what_is_taken_back_is_open_to_nobody_and_begins_anew(workshop, published, time_machine):
    ticket = make_ticket(workshop)

    done = [publishing.take_back_recording(published) for _ in range(2)]
    workshop.refresh_from_db()
    assert (done, recordings.open_until(ticket), workshop.recording_published_at) == ([True, False], None, None)

    time_machine.move_to(at("2027-03-10 12:00"))
    publishing.publish_recording(published)
    assert recordings.open_until(ticket) == datetime(2027, 4, 7, 23, tzinfo=UTC)
    entries = AuditEntry.objects.filter(model="learning.recording").order_by("pk")
    assert [(each.before, each.after) for each in entries] == [
        ("draft", "published"), ("published", "draft"), ("draft", "published"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "change", [{"status": Workshop.Status.CANCELLED}, {"catch_up_days": 0}, {"ends_at": at("2027-03-07 10:00")}]
)
def test_nothing_is_published_that_nobody_was_promised_or_that_is_not_over(workshop, time_machine, change):
    time_machine.move_to(at(AFTER))
    recording = make_recording(workshop)
    Workshop.objects.update(**change)

    with pytest.raises(publishing.NotReady):
        publishing.publish_recording(recording)
    recording.refresh_from_db()
    assert recording.published_at is None


def test_what_was_seen_is_what_is_published(workshop, time_machine):
    time_machine.move_to(at(AFTER))
    recording = make_recording(workshop)
    seen = seal(publishing.facts_seen(recording))
    type(recording).objects.update(url="https://zoom.example/rec/another")

    with pytest.raises(ChangedMeanwhile):
        publishing.publish_recording(recording, seen=seen)


def test_the_first_view_and_whether_feedback_was_given_are_known(workshop, published, time_machine):
    ticket, other = make_ticket(workshop), make_ticket(workshop)
    for moment in ("2027-03-08 12:00", "2027-03-08 13:00"):
        time_machine.move_to(at(moment), tick=False)
        recordings.open_recording(ticket, published.pk)
    ticket.refresh_from_db()
    FeedbackGiven.objects.create(ticket=ticket)

    assert (recordings.first_opened_at(ticket), recordings.first_opened_at(other)) == (at("2027-03-08 12:00"), None)
    assert (feedback.is_given(ticket), feedback.is_given(other)) == (True, False)
