"""Weeks from Monday to Monday, where the practice is: a week in which clocks change has an hour more or less."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Expression, Q, QuerySet

DAYS = timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """From its first moment to just before `after`."""

    monday: date
    first: datetime
    after: datetime

    def holds(self, field: str) -> Q:
        return Q(**{f"{field}__gte": self.first, f"{field}__lt": self.after})


def weeks_until(today: date, *, count: int, zone: str) -> list[Week]:
    """So many, the one that `today` is in at the end."""
    this_monday = today - timedelta(days=today.weekday())
    mondays = [this_monday - DAYS * back for back in range(count - 1, -1, -1)]
    return [Week(monday, _midnight(monday, zone), _midnight(monday + DAYS, zone)) for monday in mondays]


def summed(
    rows: QuerySet, weeks: Sequence[Week], field: str, **sums: Callable[[Q], Expression]
) -> dict[str, list[Any]]:
    """Of each name what its function makes of each week, in one statement."""
    asked = {f"{name}_{at}": make(week.holds(field)) for name, make in sums.items() for at, week in enumerate(weeks)}
    found = rows.order_by().aggregate(**asked)
    return {name: [found[f"{name}_{at}"] for at in range(len(weeks))] for name in sums}


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))
