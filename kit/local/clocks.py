"""A time of day as people write it."""

import re
from datetime import time

WRITTEN = re.compile(r"(?P<hour>\d{1,2})(?:[.:h](?P<minute>\d{2}))?\s*(?:(?P<half>[ap])\.?m\.?)?", re.IGNORECASE)


def read_clock(text: str) -> time | None:
    """Of `10:00`, `10.30`, `7pm`, `7.30 p.m.`; None for what is no time, such as 13pm."""
    found = WRITTEN.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute, half = int(found["hour"]), int(found["minute"] or 0), (found["half"] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None
