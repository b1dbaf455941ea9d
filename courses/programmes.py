"""What happens when in a session, from lines that an editor types: `10:00 Welcome`, `11.20am Break, 10 minutes`.

Kept as `10:00 | Welcome | In threes`, by the clock of the workshop; a course has such lines, too, for its usual day.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from courses.models import Course, Session, Workshop
from kit.local.clocks import read_clock
from kit.local.locales import written
from kit.local.times import WallTimeError, instant, zone_names

BREAKS = ("break", "lunch", "tea", "coffee", "pause", "dinner", "supper")
LINE = re.compile(
    r"(?P<clock>\d{1,2}(?:[.:h]\d{2})?\s*(?:[ap]\.?m\b\.?)?)(?P<bar>\s*\|)?[\s|:,–—-]*(?P<words>.*?)[\s|]*", re.I
)
BY_ITSELF = re.compile(r"\d{1,2}\s*")  # "12 people" is no time, "12 | People" is
A_DAY = timedelta(days=1)


class UnreadableLine(ValueError):
    """A line of a programme without a time or without words; says so to whoever typed it."""


@dataclass(frozen=True)
class Line:
    clock: time
    words: str  # `Title | Detail`

    def __str__(self) -> str:
        return f"{self.clock:%H:%M} | {self.words}"


@dataclass(frozen=True)
class Part:
    """One line as it is shown: on the workshop's clock and, where it has another hour, on the reader's."""

    time: str
    title: str
    detail: str = ""
    iso: str = ""
    theirs: str = ""

    @property
    def is_break(self) -> bool:
        return is_break(self.title)


def read_programme(text: str) -> list[Line]:
    """Of each line that is not empty. Raises UnreadableLine."""
    return [_read(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def check_hours(lines: Sequence[Line], *, start: time, end: time) -> None:
    """Raises UnreadableLine where one is outside its session, or before the line above it."""
    length = _after(start, end) or A_DAY
    before = timedelta()
    for line in lines:
        since = _after(start, line.clock)
        if since > length:
            raise UnreadableLine(
                f"{line.clock:%H:%M} is not within the session, which is from {start:%H:%M} to {end:%H:%M}."
            )
        if since < before:
            raise UnreadableLine(f"{line.clock:%H:%M} comes before the line above it. Put the lines in their order.")
        before = since


def usual_parts(course: Course) -> list[Part]:
    """Of the course's usual day, by the clock alone; a line without bars is a title."""
    lines = [line for line in course.programme.splitlines() if line.strip()]
    return [_part("", line) if "|" not in line else _part(*line.split("|", 1)) for line in lines]


def parts_of(session: Session, zone: str = "") -> list[Part]:
    """With the moment of each; of the session's own lines, or the course's where they fit into its hours."""
    lines = list(_lines_of(session))
    moments = [_moment(session, line.clock) for line in lines]
    return [_timed(line, at, session, zone) for line, at in zip(lines, moments, strict=True)]


def time_taught(workshop: Workshop) -> timedelta:
    """All sessions, without the breaks that their programmes name."""
    return sum((_time_taught(each) for each in workshop.session_list), timedelta())


def _time_taught(session: Session) -> timedelta:
    lines = list(_lines_of(session))
    moments = [*(_moment(session, line.clock) for line in lines), session.ends_at]
    breaks = (until - at for line, at, until in zip(lines, moments, moments[1:], strict=False) if is_break(line.words))
    return session.ends_at - session.starts_at - sum(breaks, timedelta())


def is_break(words: str) -> bool:
    return words.lower().startswith(BREAKS)


def _read(number: int, line: str) -> Line:
    found = LINE.fullmatch(line)
    clock = read_clock(found["clock"]) if found and (found["bar"] or not BY_ITSELF.fullmatch(found["clock"])) else None
    if found is None or clock is None:
        raise UnreadableLine(f"Line {number} begins with no time. Write it like “10:00 Welcome” or “7pm Welcome”.")
    words = " | ".join(part.strip() for part in found["words"].split("|", 1))
    if not words:
        raise UnreadableLine(f"Line {number} has a time and no words. Say what happens at {clock:%H:%M}.")
    if (second := LINE.match(words)) and not BY_ITSELF.fullmatch(second["clock"]):
        raise UnreadableLine(f"Line {number} has two times. Give its beginning alone: the next line says when it ends.")
    return Line(clock, words)


def _lines_of(session: Session) -> Iterator[Line]:
    workshop = session.workshop
    if not session.programme and len(workshop.session_list) > 1:
        return iter(())
    try:
        if session.programme:
            return iter(read_programme(session.programme))
        lines = read_programme(workshop.course.programme)
        check_hours(lines, start=session.start_time, end=session.end_time)
    except UnreadableLine:
        return iter(())  # that of the course is shown as that of the usual day
    return iter(lines)


def _timed(line: Line, at: datetime, session: Session, zone: str) -> Part:
    title, _, detail = line.words.partition(" | ")
    here = at.astimezone(ZoneInfo(session.workshop.time_zone))
    theirs = at.astimezone(ZoneInfo(zone)) if zone in zone_names() else here
    return Part(
        time=written(here, "H:i"),
        title=title,
        detail=detail,
        iso=f"{at:%Y-%m-%dT%H:%MZ}",
        theirs=_label(theirs, session.day) if theirs.replace(tzinfo=None) != here.replace(tzinfo=None) else "",
    )


def _label(moment: datetime, day: date) -> str:
    """With its day where that is another one."""
    clock = written(moment, "H:i")
    return clock if moment.date() == day else f"{moment:%a} {clock}"


def _moment(session: Session, clock: time) -> datetime:
    """Before the start is after midnight. A wall time that the clocks jump over counts on from the start."""
    day = session.day + A_DAY if clock < session.start_time else session.day
    try:
        return instant(day, clock, session.workshop.time_zone)
    except WallTimeError:
        return session.starts_at + _after(session.start_time, clock)


def _after(start: time, clock: time) -> timedelta:
    """How long after the start a clock shows this hour for the first time."""
    return (datetime.combine(date.min, clock) - datetime.combine(date.min, start)) % A_DAY


def _part(clock: str, words: str) -> Part:
    title, _, detail = (piece.strip() for piece in words.partition("|"))
    at = read_clock(clock)
    return Part(written(at, "H:i") if at else clock.strip(), title, detail)
