"""What the worker did stands in rows, and its silence is told at the desk and to machines."""

from contextlib import suppress
from datetime import timedelta
from email.utils import format_datetime

import pytest
from django.db import InternalError, OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from accounts import runs
from accounts.models import User, WorkRun
from kit.work import host_clock
from kit.work.due import DueWork, Lane
from meetings import zoom_api
from orders import stripe_api
from orders.stripe_api import StripeRefused
from outbox.models import Message
from practice_site.desk import jobs
from practice_site.management.commands import worker
from tests.builders import make_practice, make_user, queue_words

pytestmark = pytest.mark.django_db

DELIVER = "outbox.due.deliver"
MADE = runs.tables_made_at  # before a fixture takes it away


def work(run=lambda: 1, *, name=DELIVER, every=1, lane=Lane.MAILS):
    return DueWork(name, timedelta(seconds=every), run, lane)


def fail():
    raise ValueError("Noor Haddad")


def words():
    owner = User.objects.filter(email="owner@example.org").first()
    return [job.words for job in jobs(owner or make_user(email="owner@example.org", is_superuser=True))]


def ran(*, minutes_ago, name=DELIVER, **fields):
    at = timezone.now() - timedelta(minutes=minutes_ago)
    return WorkRun.objects.create(
        name=name, lane="mails", every=timedelta(seconds=1), ran_at=at, **{"went_well_at": at} | fields
    )


def test_each_work_leaves_one_row_that_says_how_it_went():
    for run in (lambda: 1, fail):
        worker.run_and_note(work(run), runs.Notes())

    [row] = WorkRun.objects.all()
    assert (row.name, row.lane, row.error) == (DELIVER, "mails", "ValueError")
    assert row.went_well_at < row.ran_at


def test_work_of_each_second_does_not_write_each_second_but_a_change_at_once(django_assert_num_queries):
    notes = runs.Notes()
    notes.note(work(), "")

    with django_assert_num_queries(0):
        notes.note(work(), "")
    with django_assert_num_queries(1):
        notes.note(work(), "ValueError")


@pytest.mark.parametrize("error", [OperationalError("database is locked"), InternalError("read-only transaction")])
def test_a_database_that_takes_no_note_stops_no_worker(monkeypatch, error):
    def busy(*args):
        raise error

    monkeypatch.setattr(runs, "_write", busy)

    assert worker.run_and_note(work(), runs.Notes()) == ""


def test_a_lane_that_fell_silent_is_told_at_the_desk_and_to_machines(client):
    make_practice()
    ran(minutes_ago=4)
    before = (words(), client.get("/health/").status_code)

    WorkRun.objects.update(ran_at=timezone.now() - timedelta(minutes=6))

    assert before == ([], 200)
    [job] = jobs(make_user(is_superuser=True))
    assert job.words == "The worker is silent: nothing of its lane “mails” was done for minutes"
    assert client.get("/health/").json() == {"status": "alarm", "alarms": ["accounts.jobs.silent_worker"]}


def test_a_lane_that_rests_longer_is_silent_only_after_twice_that():
    make_practice()
    ran(minutes_ago=9)
    WorkRun.objects.update(every=timedelta(minutes=5))
    before = words()

    WorkRun.objects.update(ran_at=timezone.now() - timedelta(minutes=11))

    assert (before, len(words())) == ([], 1)


def test_a_site_that_was_set_up_without_its_worker_says_so_after_five_minutes(client, monkeypatch):
    make_practice()
    monkeypatch.setattr(runs, "tables_made_at", MADE)
    MigrationRecorder.Migration.objects.update(applied=timezone.now() - timedelta(minutes=4))
    before = (words(), client.get("/health/").status_code)

    MigrationRecorder.Migration.objects.update(applied=timezone.now() - timedelta(minutes=6))

    told = [f"The worker is silent: nothing of its lane “{lane}” was ever done" for lane in Lane]
    assert (before, words()) == (([], 200), told)
    assert client.get("/health/").json() == {"status": "alarm", "alarms": ["accounts.jobs.silent_worker"]}


def test_a_lane_that_no_worker_knows_is_told_beside_those_that_are_done(monkeypatch):
    make_practice()
    monkeypatch.setattr(runs, "tables_made_at", MADE)
    MigrationRecorder.Migration.objects.update(applied=timezone.now() - timedelta(minutes=6))
    for lane in [each for each in Lane if each != Lane.ZOOM]:
        WorkRun.objects.update_or_create(pk=ran(minutes_ago=0, name=f"x.due.{lane}").pk, defaults={"lane": lane})

    assert words() == ["The worker is silent: nothing of its lane “zoom” was ever done"]


@pytest.mark.parametrize(("went_well", "is_told"), [(9, False), (11, True), (None, True)])
def test_work_that_fails_for_long_is_told(went_well, is_told):
    make_practice()
    went_well_at = went_well and timezone.now() - timedelta(minutes=went_well)
    ran(minutes_ago=0, error="ValueError", went_well_at=went_well_at)

    told = [f"The worker fails again and again: {DELIVER} (ValueError)"] if is_told else []
    assert words() == told


def test_work_that_no_worker_knows_any_more_is_not_told_of():
    make_practice()
    ran(minutes_ago=0)
    ran(minutes_ago=11, name="outbox.due.gone", error="ValueError", went_well_at=None)

    assert words() == []


@pytest.mark.parametrize(
    ("fields", "is_late"),
    [
        ({"next_attempt_at": 14}, False),
        ({"next_attempt_at": 16}, True),
        ({"next_attempt_at": -60, "created_at": 59, "attempts": 3}, False),
        ({"next_attempt_at": -60, "created_at": 61, "attempts": 3}, True),
        ({"next_attempt_at": -60, "created_at": 61}, False),  # it is for later
        ({"next_attempt_at": 16, "state": "sent", "sent_at": 15}, False),
    ],
)
def test_mails_that_wait_too_long_are_told_at_the_desk_and_to_machines(client, fields, is_late):
    make_practice()
    queue_words(key="k", to="noor@example.org", subject="S", text="T")
    ago = {name: timezone.now() - timedelta(minutes=value) for name, value in fields.items() if name.endswith("_at")}
    Message.objects.update(**fields | ago)

    assert words() == (["1 mail waits and is not sent"] if is_late else [])
    assert client.get("/health/").status_code == (503 if is_late else 200)


# Whether the clock is right


@pytest.fixture
def _no_clock_seen():
    host_clock.take_seen()
    yield
    host_clock.take_seen()


def dated(**ago):
    return {"date": format_datetime(timezone.now() - timedelta(**ago))}


@pytest.mark.usefixtures("_no_clock_seen")
@pytest.mark.parametrize(
    ("ago", "said"),
    [
        ({"seconds": 20}, []),
        ({"minutes": 12}, ["The server’s clock is 12 minutes ahead of Stripe’s: have it set right"]),
        ({"hours": -3}, ["The server’s clock is 3 hours behind Stripe’s: have it set right"]),
    ],
)
def test_a_clock_that_is_wrong_is_told_at_the_desk_and_to_machines_until_it_is_right(client, ago, said):
    make_practice()
    host_clock.compare("Stripe", dated(**ago))
    worker.run_and_note(work(), runs.Notes())
    told, status = words(), client.get("/health/").status_code

    host_clock.compare("Stripe", dated())
    worker.run_and_note(work(), runs.Notes())

    assert (told, status) == (said, 503 if said else 200)
    assert (words(), client.get("/health/").status_code) == ([], 200)


@pytest.mark.usefixtures("_no_clock_seen")
@pytest.mark.parametrize("headers", [None, {}, {"Date": "yesterday"}, {"Date": "Mon, 99 Nov 2026 10:00:00 GMT"}])
def test_an_answer_without_a_date_says_nothing_of_the_clock(headers):
    host_clock.compare("Stripe", headers)

    assert host_clock.take_seen() == {}


@pytest.mark.usefixtures("_no_clock_seen")
def test_stripe_and_zoom_tell_the_time_with_each_answer(standin, zoom):
    """Refusals, too. They run in this process, so that their clock is this one until an answer is under way."""
    with pytest.raises(StripeRefused):
        stripe_api.retrieve_session("cs_test_none")
    with suppress(zoom_api.ZoomFailed):
        zoom_api.retrieve_meeting(1)

    assert {whose: abs(ahead) < host_clock.TOLERATED for whose, ahead in host_clock.take_seen().items()} == {
        "Stripe": True,
        "Zoom": True,
    }
