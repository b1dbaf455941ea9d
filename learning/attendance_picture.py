"""Who was there when, as bars on the time axis of a session, and as the table behind it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from courses.models import Session, Ticket
from learning.attended import Interval, minutes_of
from learning.models import Attendance
from learning.presences import Stay, union

WIDTH, NAMES, LINE, TOP = 860, 220, 24, 28
MARKS_AT_MOST = 8


@dataclass(frozen=True)
class Bar:
    x: float
    width: float


@dataclass(frozen=True)
class Line:
    """One person: drawn, and in words."""

    name: str
    y: int
    bars: list[Bar]
    times: str
    minutes: int
    corrected: int | None
    because: str
    percent: int
    how: str
    is_known: bool = True

    @property
    def text_y(self) -> int:
        return self.y + 14


@dataclass(frozen=True)
class Mark:
    x: float
    label: str


@dataclass(frozen=True)
class Picture:
    lines: list[Line]
    marks: list[Mark]
    city_zone: str
    names = NAMES
    width = WIDTH

    @property
    def height(self) -> int:
        return TOP + LINE * len(self.lines) + 8


def picture_of(session: Session, tickets: Iterable[Ticket], stays: Iterable[Stay]) -> Picture:
    """Everybody with a live place first, then those in the meeting whom nobody knows."""
    drawn = _Drawn(session)
    by_ticket: dict[int, list[Stay]] = defaultdict(list)
    others = []
    for stay in stays:
        if stay.ticket:
            by_ticket[stay.ticket.pk].append(stay)
        elif not stay.is_known and stay.intervals:
            others.append(stay)
    rows = {each.ticket_id: each for each in Attendance.objects.filter(session=session)}
    for ticket in tickets:
        drawn.add_attendee(ticket, by_ticket[ticket.pk], rows.get(ticket.pk))
    for stay in others:
        drawn.add(str(stay.who), stay.intervals, how="not known yet", is_known=False)
    return Picture(drawn.lines, drawn.marks(), session.workshop.time_zone)


class _Drawn:
    def __init__(self, session: Session) -> None:
        self.session, self.lines, self.zone = session, [], ZoneInfo(session.workshop.time_zone)
        self.seconds = (session.ends_at - session.starts_at).total_seconds()

    def add_attendee(self, ticket: Ticket, stays: list[Stay], row: Attendance | None) -> None:
        intervals = union([each for stay in stays for each in stay.intervals], within=self.session)
        how = ", ".join(dict.fromkeys(stay.how for stay in stays))
        corrected = row.corrected_minutes if row else None
        self.add(ticket.attendee_name, intervals, how=how, corrected=corrected)
        if row and corrected is not None:
            self.lines[-1] = Line(**{**vars(self.lines[-1]), "because": row.corrected_because})

    def add(
        self, name: str, intervals: list[Interval], *, how: str, corrected: int | None = None, is_known: bool = True
    ) -> None:
        counted = minutes_of(intervals)
        minutes = counted if corrected is None else corrected
        self.lines.append(
            Line(
                name=name,
                y=TOP + LINE * len(self.lines),
                bars=[Bar(self.x(start), round(self.x(end) - self.x(start), 1)) for start, end in intervals],
                times=", ".join(f"{self.clock(start)}–{self.clock(end)}" for start, end in intervals),
                minutes=counted,
                corrected=corrected,
                because="",
                percent=min(100, int(minutes * 6000 // self.seconds)),
                how=how,
                is_known=is_known,
            )
        )

    def marks(self) -> list[Mark]:
        step = next(each for each in (15, 30, 60, 120, 240) if self.seconds / 60 / each <= MARKS_AT_MOST or each == 240)
        count = int(self.seconds // 60 // step) + 1
        moments = [self.session.starts_at + timedelta(minutes=step * number) for number in range(count)]
        return [Mark(self.x(each), self.clock(each)) for each in moments]

    def x(self, moment: datetime) -> float:
        part = (moment - self.session.starts_at).total_seconds() / self.seconds
        return round(NAMES + part * (WIDTH - NAMES - 24), 1)

    def clock(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%H:%M}"
