"""Who was at how much of each workshop of a series, as bars; the table behind it is the page's own."""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from courses.models import Workshop
from kit.local.times import short_day
from learning.attendance_picture import LINE, NAMES, TOP, WIDTH, Bar, Mark
from learning.series_attendance import Row, Table

APART = 20  # between two workshops


@dataclass(frozen=True)
class Measure:
    """A person at a workshop: all of it, how much of it they were there, and how much is needed."""

    y: int
    whole: Bar
    there: Bar
    needed: float


@dataclass(frozen=True)
class Line:
    name: str
    y: int
    measures: list[Measure]

    @property
    def text_y(self) -> int:
        return self.y + 14


@dataclass(frozen=True)
class Picture:
    marks: list[Mark]
    lines: list[Line]
    width = WIDTH

    @property
    def height(self) -> int:
        return TOP + LINE * len(self.lines) + 8


def picture_of(table: Table) -> Picture:
    room = (WIDTH - NAMES) / max(1, len(table.workshops))
    marks = [Mark(round(NAMES + room * index, 1), _day(each)) for index, each in enumerate(table.workshops)]
    lines = []
    for number, row in enumerate(table.rows):
        y = TOP + LINE * number
        lines.append(Line(row.name, y, list(_measures(row, y=y, room=room))))
    return Picture(marks, lines)


def _day(workshop: Workshop) -> str:
    return short_day(workshop.starts_at.astimezone(ZoneInfo(workshop.time_zone))) if workshop.starts_at else ""


def _measures(row: Row, *, y: int, room: float) -> Iterator[Measure]:
    width = room - APART
    for index, cell in enumerate(row.cells):
        if cell:
            x, needed = round(NAMES + room * index, 1), cell.part.ticket.workshop.attendance_percent
            there = width * min(100, cell.attended.percent) / 100
            yield Measure(y, Bar(x, round(width, 1)), Bar(x, round(there, 1)), round(x + width * needed / 100, 1))
