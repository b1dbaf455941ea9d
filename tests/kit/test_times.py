import os
import time as clocks
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from django.core.exceptions import ValidationError

from kit.local.times import (
    AmbiguousTime,
    CityClock,
    NonexistentTime,
    Span,
    UnlikelyDay,
    clock_change_note,
    end_of_day,
    instant,
    local_spans,
    moment_label,
    offset_label,
    organiser_clock,
    until_label,
    validate_zone,
)

LONDON = CityClock("London", "Europe/London")
PARIS = CityClock("Paris", "Europe/Paris")
NEW_YORK = CityClock("New York", "America/New_York")
CITIES = [LONDON, PARIS, NEW_YORK]


@pytest.fixture
def _far_away_clock():
    """The process runs in Auckland, as a server anywhere might."""
    before = os.environ["TZ"]  # Django sets it
    os.environ["TZ"] = "Pacific/Auckland"
    clocks.tzset()
    yield
    os.environ["TZ"] = before
    clocks.tzset()


def spans_on(day, start=time(10), end=time(16), places=CITIES, zone="Europe/London"):
    return local_spans(instant(day, start, zone), instant(day, end, zone), zone, places)


def rows_on(day, **answers):
    return [(each.city, each.hours, each.abbreviation, each.offset, each.day_note) for each in spans_on(day, **answers)]


AUTUMN = [
    ("London", "10:00–16:00", "BST", "UTC+1", ""),
    ("Paris", "11:00–17:00", "CEST", "UTC+2", ""),
    ("New York", "05:00–11:00", "EDT", "UTC-4", ""),
]
WINTER = [
    ("London", "10:00–16:00", "GMT", "UTC+0", ""),
    ("Paris", "11:00–17:00", "CET", "UTC+1", ""),
    ("New York", "05:00–11:00", "EST", "UTC-5", ""),
]
BETWEEN = [
    ("London", "10:00–16:00", "GMT", "UTC+0", ""),
    ("Paris", "11:00–17:00", "CET", "UTC+1", ""),
    ("New York", "06:00–12:00", "EDT", "UTC-4", ""),
]


@pytest.mark.parametrize(
    ("day", "rows"),
    [
        (date(2024, 10, 18), AUTUMN),
        (date(2024, 11, 8), WINTER),
        (date(2024, 11, 22), WINTER),
        (date(2026, 3, 20), BETWEEN),
        (date(2026, 10, 30), BETWEEN),
        (date(2027, 3, 19), BETWEEN),
        (date(2027, 11, 5), BETWEEN),
    ],
)
def test_hours_letters_and_offsets_are_those_of_the_date(day, rows):
    assert rows_on(day) == rows


@pytest.mark.usefixtures("_far_away_clock")
@pytest.mark.parametrize(("day", "rows"), [(date(2024, 10, 18), AUTUMN), (date(2026, 10, 30), BETWEEN)])
def test_the_zone_of_the_process_changes_nothing(day, rows):
    assert rows_on(day) == rows


def test_a_city_where_it_is_another_day_says_so():
    places = [LONDON, CityClock("Kolkata", "Asia/Kolkata"), CityClock("Sydney", "Australia/Sydney")]

    assert rows_on(date(2027, 2, 5), start=time(19), end=time(21), places=places) == [
        ("London", "19:00–21:00", "GMT", "UTC+0", ""),
        ("Kolkata", "00:30–02:30", "IST", "UTC+5:30", "Sat 6 Feb"),
        ("Sydney", "06:00–08:00", "AEDT", "UTC+11", "Sat 6 Feb"),
    ]


def test_an_end_after_midnight_names_its_weekday():
    kolkata = spans_on(date(2027, 2, 5), start=time(17), end=time(20), places=[CityClock("Kolkata", "Asia/Kolkata")])[1]

    assert kolkata.hours == "22:30–01:30 Sat"


def test_a_zone_without_letters_shows_its_offset_alone():
    place = CityClock("São Paulo", "America/Sao_Paulo")

    assert rows_on(date(2027, 2, 5), places=[place])[1] == ("São Paulo", "07:00–13:00", "", "UTC-3", "")


def test_the_organisers_city_comes_first_wherever_it_stands_in_the_list():
    spans = spans_on(date(2027, 2, 5), zone="America/New_York")

    assert [each.city for each in spans] == ["New York", "London", "Paris"]


def test_an_organiser_outside_the_list_is_called_by_the_zones_city():
    assert organiser_clock("America/Argentina/Buenos_Aires", CITIES).city == "Buenos Aires"


@pytest.mark.parametrize(
    ("day", "note"),
    [
        (
            date(2026, 10, 30),
            "New York puts its clocks back on 1 November and London on 25 October, "
            "so on this date New York is 4 hours behind London, not 5.",
        ),
        (
            date(2027, 3, 19),
            "New York puts its clocks forward on 14 March and London on 28 March, "
            "so on this date New York is 4 hours behind London, not 5.",
        ),
    ],
)
def test_the_weeks_in_which_clocks_differ_have_a_note(day, note):
    assert clock_change_note(instant(day, time(10), "Europe/London"), "Europe/London", CITIES) == note


def test_the_note_is_written_from_where_the_organiser_is():
    starts_at = instant(date(2026, 10, 30), time(10), "America/New_York")

    assert clock_change_note(starts_at, "America/New_York", CITIES) == (
        "London puts its clocks back on 25 October and New York on 1 November, "
        "so on this date London is 4 hours ahead of New York, not 5."
    )


@pytest.mark.parametrize("day", [date(2024, 10, 18), date(2024, 11, 8), date(2026, 10, 23), date(2026, 11, 6)])
def test_ordinary_dates_have_no_note(day):
    assert clock_change_note(instant(day, time(10), "Europe/London"), "Europe/London", CITIES) == ""


def test_a_city_without_one_usual_difference_has_no_note():
    places = [LONDON, CityClock("Kolkata", "Asia/Kolkata"), CityClock("Sydney", "Australia/Sydney")]

    assert clock_change_note(instant(date(2026, 10, 30), time(10), "Europe/London"), "Europe/London", places) == ""


def test_a_time_that_the_clocks_jump_over_is_refused():
    with pytest.raises(NonexistentTime) as refused:
        instant(date(2027, 3, 28), time(1, 30), "Europe/London")

    assert str(refused.value) == "01:30 does not exist on Sunday 28 March 2027 in London: the clocks jump over it."


@pytest.mark.parametrize(
    ("day", "zone", "city"),
    [
        (date(2026, 10, 25), "Europe/London", "Sunday 25 October 2026 in London"),
        (date(2026, 11, 1), "America/New_York", "Sunday 1 November 2026 in New York"),
    ],
)
def test_a_time_that_comes_twice_is_refused(day, zone, city):
    with pytest.raises(AmbiguousTime) as refused:
        instant(day, time(1, 30), zone)

    assert str(refused.value) == f"01:30 comes twice on {city}: the clocks go back."


@pytest.mark.parametrize("day", [date.min, date(1999, 12, 31), date(2101, 1, 1), date.max])
def test_a_day_that_nobody_means_is_refused(day):
    with pytest.raises(UnlikelyDay) as refused:
        instant(day, time(0), "Australia/Sydney")

    assert str(refused.value) == "Enter a day between 2000 and 2100."


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "../../etc/passwd",
        "/etc/passwd",
        "Europe/",
        "x" * 300,
        "europe/london",
        "EUROPE/LONDON",
        "a\0b",
        "posix/x",
    ],
)
def test_a_zone_that_the_database_does_not_know_is_a_validation_error(name):
    with pytest.raises(ValidationError) as refused:
        validate_zone(name)

    assert refused.value.messages == ["Use a time zone name such as Europe/London."]


def test_a_day_ends_at_midnight_in_its_own_zone():
    assert end_of_day(date(2026, 12, 18), "America/New_York") == datetime(2026, 12, 19, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "label"), [(0, "UTC+0"), (-4, "UTC-4"), (5.5, "UTC+5:30"), (-3.5, "UTC-3:30"), (12.75, "UTC+12:45")]
)
def test_offsets_are_written_in_hours_and_minutes(hours, label):
    assert offset_label(datetime(2027, 1, 1, tzinfo=timezone(timedelta(hours=hours)))) == label


@pytest.mark.parametrize(
    ("end", "label"),
    [
        (datetime(2026, 12, 18, 23, tzinfo=UTC), "Friday 18 December 2026 at 23:00, London time"),
        (datetime(2026, 12, 19, tzinfo=UTC), "the end of Friday 18 December 2026, London time"),
        (datetime(2026, 6, 18, 23, tzinfo=UTC), "the end of Thursday 18 June 2026, London time"),
        (datetime(2027, 1, 1, tzinfo=UTC), "the end of Thursday 31 December 2026, London time"),
    ],
)
def test_an_end_at_midnight_belongs_to_the_day_before(end, label):
    assert until_label(end, "Europe/London") == label


def test_a_deadline_names_day_time_and_city():
    assert moment_label(datetime(2026, 12, 18, 23, 59, tzinfo=UTC), "Europe/London") == (
        "Friday 18 December 2026 at 23:59, London time"
    )


def test_the_visitors_row_gives_utc_and_the_organisers_weekday():
    span = Span(datetime(2027, 2, 5, 19, tzinfo=UTC), datetime(2027, 2, 5, 21, tzinfo=UTC), "Asia/Kolkata")

    assert (span.start_iso, span.end_iso, span.utc_hours, span.weekday) == (
        "2027-02-05T19:00Z",
        "2027-02-05T21:00Z",
        "19:00–21:00",
        "Sat",
    )
