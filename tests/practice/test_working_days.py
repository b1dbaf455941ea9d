from datetime import date, datetime, time

import pytest
from django.core.exceptions import ValidationError

from practice.working_days import Week, WorkingDays, validate_days

LONDON = "Europe/London"


def by(moment: str, *, zone=LONDON, week=Week.MONDAY_TO_FRIDAY, closed=(), days=2) -> date | None:
    sent = datetime.fromisoformat(moment)
    return WorkingDays(zone, week, time(18), frozenset(closed)).answer_by(sent, days=days)


@pytest.mark.parametrize(
    ("sent", "day"),
    [
        ("2026-11-28 02:31+00:00", date(2026, 12, 1)),  # Saturday night: Monday, Tuesday
        ("2026-11-30 10:00+00:00", date(2026, 12, 2)),  # Monday: Tuesday, Wednesday
        ("2026-11-30 18:00+00:00", date(2026, 12, 3)),  # after closing it came on Tuesday
        ("2026-11-27 17:59+00:00", date(2026, 12, 1)),  # Friday: Monday, Tuesday
        ("2026-11-27 23:30+00:00", date(2026, 12, 1)),
    ],
)
def test_an_answer_comes_within_working_days_after_the_day_of_the_message(sent, day):
    assert by(sent) == day


def test_the_day_is_the_one_where_the_practice_is():
    assert by("2026-12-01 03:00+00:00", zone="America/Chicago") == date(2026, 12, 3)  # Monday, 21:00


def test_days_on_which_the_practice_is_closed_do_not_count():
    assert by("2026-12-24 10:00+00:00", closed=[date(2026, 12, 25), date(2026, 12, 28)]) == date(2026, 12, 30)


def test_the_working_week_is_data():
    assert by("2026-11-27 10:00+00:00", week=Week.TUESDAY_TO_SATURDAY) == date(2026, 12, 1)


def test_whoever_never_opens_promises_nothing():
    assert by("2026-11-27 10:00+00:00", days=400) is None


@pytest.mark.parametrize("text", ["2026-12-25", "25 December 2026\n\n  26 Dec 2026", "December 25, 2026", ""])
def test_days_are_understood_as_people_write_them(text):
    validate_days(text)


@pytest.mark.parametrize("text", ["Christmas", "2026-13-01", "25 December"])
def test_a_line_that_is_no_day_is_named(text):
    with pytest.raises(ValidationError) as refused:
        validate_days(f"2026-12-25\n{text}")

    assert refused.value.messages == [f"“{text}” is no day. Write one on each line, for example 25 December 2026."]
