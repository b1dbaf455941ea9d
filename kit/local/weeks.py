"""Weeks from Monday to Monday, where the practice is: a week in which clocks change has an hour more or less."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Aggregate, Case, QuerySet, When

DAYS = timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """From its first moment to just before `after`."""

    monday: date
    first: datetime
    after: datetime


def weeks_until(today: date, *, count: int, zone: str) -> list[Week]:
    """So many, the one that `today` is in at the end."""
    this_monday = today - timedelta(days=today.weekday())
    mondays = [this_monday - DAYS * back for back in range(count - 1, -1, -1)]
    return [Week(monday, _midnight(monday, zone), _midnight(monday + DAYS, zone)) for monday in mondays]


def summed(rows: QuerySet, weeks: Sequence[Week], field: str, **sums: Aggregate) -> dict[str, list[Any]]:
    """Of each name its sum in each week, of rows since the first of them, in one statement."""
    week_of_row = Case(*(When(**{f"{field}__lt": week.after}, then=at) for at, week in enumerate(weeks)))
    grouped = rows.order_by().annotate(week_of_row=week_of_row).values("week_of_row").annotate(**sums)
    found = {row["week_of_row"]: row for row in grouped}
    nothing = {name: sum.empty_result_set_value for name, sum in sums.items()}
    return {name: [found.get(at, nothing)[name] for at in range(len(weeks))] for name in sums}


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))
