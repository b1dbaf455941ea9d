"""When the practice works, as data, and by when it has answered what somebody sends now."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models

ONE_DAY = timedelta(days=1)
WRITTEN = ("%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%B %d, %Y")
LONGEST = 366  # days that are looked through: a practice that never opens promises nothing


class Week(models.TextChoices):
    MONDAY_TO_FRIDAY = "12345", "Monday to Friday"
    MONDAY_TO_SATURDAY = "123456", "Monday to Saturday"
    MONDAY_TO_THURSDAY = "1234", "Monday to Thursday"
    TUESDAY_TO_SATURDAY = "23456", "Tuesday to Saturday"
    EVERY_DAY = "1234567", "every day"


def read_days(text: str) -> set[date]:
    """One day a line; raises ValueError that names the line."""
    return {_read_day(line.strip()) for line in text.splitlines() if line.strip()}


def validate_days(text: str) -> None:
    try:
        read_days(text)
    except ValueError as error:
        raise ValidationError(str(error), code="no_day") from error


@dataclass(frozen=True)
class WorkingDays:
    zone: str
    week: str
    closes_at: time
    closed: frozenset[date]

    def answer_by(self, sent_at: datetime, *, days: int) -> date | None:
        """The last of so many working days after the day on which it came; what comes after closing came the day
        after."""
        local = sent_at.astimezone(ZoneInfo(self.zone))
        day = local.date() + (ONE_DAY if local.time() >= self.closes_at else timedelta())
        left = days
        for _ in range(LONGEST):
            day += ONE_DAY
            left -= str(day.isoweekday()) in self.week and day not in self.closed
            if not left:
                return day
        return None


def _read_day(line: str) -> date:
    for form in WRITTEN:
        try:
            return datetime.strptime(line, form).date()
        except ValueError:
            continue
    raise ValueError(f"“{line}” is no day. Write one on each line, for example 25 December 2026.")
