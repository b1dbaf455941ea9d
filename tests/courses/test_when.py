"""When a workshop takes place, told the same way everywhere, for one session and for several."""

from datetime import date, time

import pytest

from courses.catalogue import listed
from courses.models import Workshop
from courses.when import when
from kit.local.times import city_of
from tests.builders import make_session, make_workshop

pytestmark = pytest.mark.django_db
FEBRUARY, MARCH = date(2027, 2, 26), date(2027, 3, 5)


def two_evenings(**second):
    workshop = make_workshop(day=FEBRUARY, start=time(17), end=time(20))
    make_session(workshop, MARCH, **{"start": time(17), "end": time(20)} | second)
    return Workshop.objects.get(pk=workshop.pk)


def test_several_sessions_at_the_same_hours_are_one_line_for_each_city():
    assert when(two_evenings(), "America/New_York") == [
        "Friday 26 February 2027 and Friday 5 March 2027, 17:00–20:00 in London",
        "Friday 26 February 2027 and Friday 5 March 2027, 12:00–15:00 in New York",
    ]


def test_each_has_its_line_where_the_hours_differ():
    assert when(two_evenings(start=time(10), end=time(12))) == [
        "Friday 26 February 2027, 17:00–20:00 in London",
        "Friday 5 March 2027, 10:00–12:00 in London",
    ]


def test_a_reader_far_away_is_told_her_own_day():
    workshop = make_workshop(day=FEBRUARY, start=time(20), end=time(23))

    assert when(workshop, "Asia/Calcutta")[1] == "Saturday 27 February 2027, 01:30–04:30 in Kolkata"


@pytest.mark.parametrize(("second", "badge"), [({}, "Two evenings"), ({"start": time(10)}, "Two days")])
def test_the_list_names_all_days_and_calls_evenings_so(second, badge):
    row = listed(two_evenings(**second), ())

    assert row.badges[0] == ("", badge)
    days = "Friday 26 February 2027 and Friday 5 March 2027"
    both = "Friday 26 February 2027, 17:00–20:00 in London; Friday 5 March 2027, 10:00–20:00 in London"
    assert row.several_days == (both if second else days)


def test_a_city_has_todays_name():
    assert [city_of(zone) for zone in ("Europe/Kiev", "Europe/Kyiv", "Asia/Tokyo")] == ["Kyiv", "Kyiv", "Tokyo"]


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "a\x00b"])
def test_a_zone_that_is_none_is_left_out(zone):
    assert len(when(make_workshop(day=FEBRUARY), zone)) == 1
