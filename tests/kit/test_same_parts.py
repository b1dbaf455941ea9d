from typing import NamedTuple

import pytest

from kit.local import locales
from kit.local.times import CityClock, LocalSpan, local_spans
from kit.pages.same_parts import rendered, values_of
from tests.builders import at

SPAN = LocalSpan(
    "London", at("2027-01-15 10:00"), at("2027-01-15 16:00"), at("2027-01-15 10:00").date(), "Europe/London"
)


@pytest.fixture(autouse=True)
def _british():
    locales.use(locales.BRITISH)
    yield
    locales.use(locales.BRITISH)


def test_the_same_values_give_the_same_part_and_others_another():
    one, same, other = (rendered("components/times.html", times=(SPAN,), span=span) for span in ("", "", None))

    assert one is same
    assert one is not other
    assert "10:00" in one


def test_what_is_written_in_it_is_escaped_once():
    line = rendered("courses/_catch_up.html", listing=("",), starts_on="<b>", catch_up_label="& more")

    assert "&lt;b&gt;" in line
    assert "&amp; more" in line


def test_the_practices_way_of_writing_hours_is_a_value_too():
    before = rendered("components/times.html", times=(SPAN,))
    locales.use(locales.AMERICAN)
    american = LocalSpan(SPAN.city, SPAN.start, SPAN.end, SPAN.organiser_day, SPAN.zone)

    assert "10:00 AM" in rendered("components/times.html", times=(american,))
    assert "10:00 AM" not in before


def test_a_city_that_was_given_other_clocks_shows_their_hours():
    """The moments are the same, and so are all other words."""
    start, end = at("2027-01-15 10:00"), at("2027-01-15 16:00")
    wrong, right = (CityClock("Springfield", zone) for zone in ("America/New_York", "America/Chicago"))

    before, after = (
        rendered("components/times.html", times=tuple(local_spans(start, end, "Europe/London", [clock])))
        for clock in (wrong, right)
    )

    assert ("05:00" in before, "04:00" in after) == (True, True)


def test_of_a_row_its_values_are_taken_and_its_methods_are_asked():
    class Shape(NamedTuple):
        start: object
        isoformat: str
        city: str

    class Moment:
        start = at("2027-01-15 10:00")

        def isoformat(self) -> str:
            return self.start.isoformat()

    assert values_of(Shape, Moment(), city="London") == Shape(Moment.start, "2027-01-15T10:00:00+00:00", "London")
