"""How long people were there, as it was counted or corrected (learning/attendance.py)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from courses.models import Session, Ticket
from learning.models import Attendance

Interval = tuple[datetime, datetime]


@dataclass(frozen=True)
class AttendanceSum:
    """Of all sessions of a workshop. `is_whole`: of each of them it is known who was there."""

    minutes: int
    of_minutes: int
    is_whole: bool

    @property
    def percent(self) -> int:
        return self.minutes * 100 // self.of_minutes if self.of_minutes else 0

    def is_enough(self, percent: int) -> bool:
        """Nobody is credited who was not there at all, whatever the workshop asks."""
        return self.minutes > 0 and self.minutes * 100 >= percent * self.of_minutes


def sum_of(ticket: Ticket) -> AttendanceSum:
    return sums_of([ticket])[ticket.pk]


def sums_of(tickets: Sequence[Ticket]) -> dict[int, AttendanceSum]:
    """By the ticket's number, in two queries however many there are, of however many workshops."""
    sessions: dict[int, list[Session]] = defaultdict(list)
    of_them = Session.objects.filter(workshop__in={each.workshop_id for each in tickets})
    for session in of_them.select_related("attendance_sheet"):
        sessions[session.workshop_id].append(session)
    rows: dict[int, dict[int, Attendance]] = defaultdict(dict)
    for each in Attendance.objects.filter(ticket__in=tickets, session__workshop=F("ticket__workshop")):
        rows[each.ticket_id][each.session_id] = each
    return {ticket.pk: _sum(rows[ticket.pk], sessions[ticket.workshop_id]) for ticket in tickets}


def minutes_of(intervals: Iterable[Interval]) -> int:
    """Whole minutes of all of them together."""
    return int(sum((end - start).total_seconds() for start, end in intervals) // 60)


def _sum(rows: dict[int, Attendance], sessions: list[Session]) -> AttendanceSum:
    of_minutes = sum(minutes_of([(each.starts_at, each.ends_at)]) for each in sessions)
    told = {each.pk for each in sessions if (sheet := getattr(each, "attendance_sheet", None)) and sheet.is_told}
    corrected = {pk for pk, row in rows.items() if row.corrected_minutes is not None}
    is_whole = bool(sessions) and all(each.pk in told | corrected for each in sessions)
    return AttendanceSum(sum(row.minutes_there for row in rows.values()), of_minutes, is_whole)
