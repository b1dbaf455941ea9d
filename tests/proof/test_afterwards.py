"""What follows a sale, in stories that nobody thought of: after each of their steps everything must hold."""

from collections import Counter

import pytest
from hypothesis import settings as effort
from hypothesis.stateful import run_state_machine_as_test

from learning import recordings
from learning.certificates import issuing
from learning.models import Attendance
from meetings import registering
from meetings.models import Registrant
from tests.proof import after_machine
from tests.proof.after_machine import STEPS, ZOOM, Afterwards

pytestmark = pytest.mark.django_db(transaction=True)
MOST_UNTAKEN = 8  # steps of all, in so few stories


@pytest.fixture
def taken():
    return Counter()


@pytest.fixture
def afterwards(settings, time_machine, taken):
    settings.STRIPE_SECRET_KEY = "sk_test_standin_tests"
    settings.STRIPE_API_BASE = settings.ZOOM_API_BASE = ""
    settings.SESSION_PROVIDER = "zoom"
    return lambda: Afterwards(time_machine, taken)


def test_whatever_becomes_of_places_what_follows_them_is_right(afterwards, taken):
    run_state_machine_as_test(afterwards, settings=effort(max_examples=max(4, effort().max_examples // 3)))

    assert len(STEPS.keys() - taken.keys()) <= MOST_UNTAKEN, taken


# With one rule taken away, the machine says so ---------------------------------


@pytest.fixture
def story(afterwards):
    """It is told no further than the test tells it."""
    told = afterwards()
    yield told
    told.found = ["told to here"]
    told.teardown()


def whose_place_ended_can_still_join(story, monkeypatch):
    monkeypatch.setattr(registering, "without_place", Registrant.objects.none)
    story.begin(beginning="it is to come")
    STEPS["cancel"].work(story, which=0, places=1)
    after_machine.zoom_is_told(story, works=ZOOM)


def a_recording_stays_open(story, monkeypatch):
    monkeypatch.setattr(recordings.Watchable, "is_open", True)
    story.begin(beginning="it is certified")
    story._move_clock(40 * 24 * 60)
    after_machine.somebody_watches(story, which=0)


def a_certificate_stands_without_its_minutes(story, monkeypatch):
    story.begin(beginning="it is certified")
    Attendance.objects.update(corrected_minutes=10, corrected_because="Slip")
    story.the_rules_hold()


def nobody_is_told_of_a_certificate(story, monkeypatch):
    monkeypatch.setattr(issuing, "tell_ready", lambda made: None)
    story.begin(beginning="it is certified")
    story.the_rules_hold()


MISTAKES = {
    whose_place_ended_can_still_join: "may join session",
    a_recording_stays_open: "open to place",
    a_certificate_stands_without_its_minutes: "its rule is not met",
    nobody_is_told_of_a_certificate: "was not told",
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_machine_finds_that(mistake, story, monkeypatch):
    with pytest.raises(AssertionError, match=MISTAKES[mistake]):
        mistake(story, monkeypatch)
