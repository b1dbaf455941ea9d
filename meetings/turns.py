"""Whose turn a row is: one worker takes it, and what Zoom did not do is tried again later."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from meetings.models import Meeting, Registrant

LEASE = timedelta(minutes=5)  # longer than one step may take; a worker that died keeps nobody waiting for longer
LONGEST = timedelta(hours=1)
LONGEST_WORDS = 200


def take(row: Meeting | Registrant) -> bool:
    """Whether the row is the caller's, for as long as a lease lasts. What went wrong before is no news meanwhile."""
    now = timezone.now()
    rows = type(row).objects.filter(pk=row.pk, next_attempt_at__lte=now)
    return rows.update(next_attempt_at=now + LEASE, last_error="") == 1


def put_off(row: Meeting | Registrant, words: str, *, until: datetime | None = None) -> None:
    """After 1, 2, 4 ... minutes, an hour at most, or when Zoom said that it has time again."""
    attempts = row.attempts + 1
    wait = min(timedelta(minutes=2 ** min(row.attempts, 10)), LONGEST)
    again_at = max(until or timezone.now() + wait, timezone.now())
    note = {"attempts": attempts, "next_attempt_at": again_at, "last_error": words[:LONGEST_WORDS]}
    type(row).objects.filter(pk=row.pk).update(**note)


def done(row: Meeting | Registrant, **facts: Any) -> None:
    """Whatever comes next may come at once."""
    well = {"attempts": 0, "next_attempt_at": timezone.now(), "last_error": ""}
    type(row).objects.filter(pk=row.pk).update(**well | facts)
