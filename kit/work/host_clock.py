"""This host's clock beside those of whom it asks: each of their answers says by its `Date` what time it is there.

Second factors, signed words of Stripe and Zoom, leases and the moments of money all go by our own clock.
"""

from collections.abc import Mapping
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from threading import Lock

from django.utils import timezone

TOLERATED = timedelta(minutes=1)  # far more than an answer is under way

_seen: dict[str, timedelta] = {}
_lock = Lock()


def compare(whose: str, headers: Mapping[str, str] | None) -> None:
    """Kept in memory until `take_seen` is asked; what has no date says nothing."""
    dated = next((value for name, value in (headers or {}).items() if name.lower() == "date"), "")
    try:
        theirs = parsedate_to_datetime(dated)
    except ValueError:
        return
    with _lock:
        _seen[whose] = timezone.now() - (theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC))


def take_seen() -> dict[str, timedelta]:
    """By how much this clock is ahead of each, as far as anybody has answered since this was asked last."""
    with _lock:
        seen = dict(_seen)
        _seen.clear()
    return seen


def words_of(ahead: timedelta) -> str:
    """`12 minutes ahead of`, `3 hours behind`"""
    minutes = round(abs(ahead).total_seconds() / 60)
    hours = round(minutes / 60)
    count, unit = (minutes, "minute") if minutes < 120 else (hours, "hour")
    return f"{count} {unit}{'' if count == 1 else 's'} {'behind' if ahead < timedelta() else 'ahead of'}"
