"""The times in Zoom's own files: written as the account's country does, and by the clock of whoever downloaded it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

# A day, as Zoom's settings for a language write it; each with seconds and without, by 12 hours and by 24.
DAYS = ("%m/%d/%Y", "%d/%m/%Y", "%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d-%m-%Y", "%b %d, %Y", "%d %b %Y")
CLOCKS = ("%I:%M:%S %p", "%H:%M:%S", "%I:%M %p", "%H:%M")
FORMATS = [f"{day} {clock}" for day in DAYS for clock in CLOCKS]
YEARS = range(2012, 2200)
HALVES = {"a.m.": "AM", "p.m.": "PM", "A.M.": "AM", "P.M.": "PM"}


def readings(texts: Sequence[str]) -> list[list[datetime]]:
    """All ways to read all of these, as wall times; two where nobody can tell the month from the day."""
    cleaned = [_clean(text) for text in texts]
    found = [_read(cleaned, each) for each in FORMATS] if cleaned else []
    unlike: list[list[datetime]] = []
    for each in found:
        if each and each not in unlike:
            unlike.append(each)
    return unlike


def _read(texts: Iterable[str], pattern: str) -> list[datetime]:
    """None where one of them is not written so, or is of a time without Zoom."""
    try:
        found = [datetime.strptime(text, pattern) for text in texts]
    except ValueError:
        return []
    return found if all(each.year in YEARS for each in found) else []


def _clean(text: str) -> str:
    words = " ".join(text.split())  # also narrow blanks, which some languages have before AM
    for written, plain in HALVES.items():
        words = words.replace(written, plain)
    return words
