"""When a workshop takes place, for one session and for several, in words that stand anywhere."""

from collections.abc import Sequence
from typing import Protocol

from courses.models import Session
from kit.local.times import LocalSpan, long_day, zone_names
from kit.texts.sentences import listed
from practice.shown import clocks_of

EVENING = 17  # o'clock; from then on several days are evenings


class Dated(Protocol):
    """A workshop, or several sold as one."""

    @property
    def time_zone(self) -> str: ...

    @property
    def session_list(self) -> list[Session]: ...


def when(workshop: Dated, zone: str = "") -> list[str]:
    """A line for the organiser's city and one for the reader's, or as many as the sessions need; uses what was
    prefetched. `Friday 26 February 2027 and Friday 5 March 2027, 17:00–20:00 in London`."""
    places = clocks_of(workshop.time_zone, *([zone] if zone in zone_names() else []))  # it may be what somebody typed
    spans = [session.local_spans(places) for session in workshop.session_list]
    return [line for in_one_city in zip(*spans, strict=True) for line in _lines(in_one_city)]


def days_of(sessions: Sequence[Session]) -> str:
    """`Friday 26 February 2027 and Friday 5 March 2027`, in the organiser's zone."""
    return listed([long_day(day) for day in dict.fromkeys(session.day for session in sessions)])


def are_evenings(sessions: Sequence[Session]) -> bool:
    return all(session.start_time.hour >= EVENING for session in sessions)


def _lines(spans: Sequence[LocalSpan]) -> list[str]:
    """One where the hours are the same each time."""
    if len({span.hours for span in spans}) == 1:
        days = listed(list(dict.fromkeys(span.day for span in spans)))
        return [f"{days}, {spans[0].hours} in {spans[0].city}"]
    return [f"{span.day}, {span.hours} in {span.city}" for span in spans]
