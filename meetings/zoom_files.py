"""Zoom's own report of who was there, as a file that somebody downloaded: what it is, and what it says."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import islice, pairwise
from statistics import median_low
from zoneinfo import ZoneInfo

from courses.models import Session
from kit.local.times import moment_label
from meetings import zoom_cells
from meetings.models import Meeting

MOST_BYTES, MOST_CHARACTERS, MOST_ROWS = 1_000_000, 600_000, 3_000
SEPARATORS = ",;\t"
NEAR = timedelta(hours=3)  # people come before the start, and hosts overrun
LATE = timedelta(minutes=50)
NEXT_CLOCKS = (timedelta(hours=-1), timedelta(hours=1))
NAMES = {
    "name": ("name (original name)", "user name (original name)", "name", "user name"),
    "email": ("user email", "email", "email address"),
    "joined": ("join time",),
    "left": ("leave time",),
    "waited": ("in waiting room",),
    "minutes": ("duration (minutes)",),
    "number": ("meeting id", "id"),
}
# By a heading that only such a file has: what it is, and what to do.
OTHER_KINDS = (
    ("registration time", "This is a list of who registered, not of who was there."),
    ("approval status", "This is a list of who registered, not of who was there."),
    ("attended", "This is the report of a webinar. The sessions here are meetings."),
    (
        "total duration (minutes)",
        "This file has no times of coming and going. Untick “Show unique users” at Zoom.",
    ),
    ("poll question", "This is the report of a poll."),
    ("participants", "This is a list of meetings. At Zoom, press the number of participants of the one, then Export."),
)
EXPECTED = "Zoom’s report has columns “Name”, “Email”, “Join time” and “Leave time”."


class FileRefused(Exception):
    """With the reason, in words for whoever sent it."""


@dataclass(frozen=True)
class Line:
    """As it stands in the file."""

    name: str
    email: str
    joined: str
    left: str
    minutes: int | None = None  # how long that was, where the file says it


@dataclass(frozen=True)
class ZoomFile:
    number: int | None  # of the meeting, where the file says it
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class ReadStay:
    name: str
    email: str
    joined_at: datetime
    left_at: datetime


def decode(content: bytes) -> str:
    """Raises FileRefused."""
    if content.startswith(b"PK"):
        raise FileRefused("This is a workbook, or another archive. Upload the CSV file as Zoom gave it.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileRefused("Another program saved this file in UTF-16. Upload the CSV file as Zoom gave it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        words = "This file is not in UTF-8: another program has saved it, and may have spoilt names. Download it again."
        raise FileRefused(words) from None
    if "\0" in text:
        raise FileRefused("This is no text. Upload the CSV file as Zoom gave it.")
    return text


def read(text: str) -> ZoomFile:
    """Raises FileRefused."""
    if len(text) > MOST_CHARACTERS:
        raise FileRefused("This file is too large for the report of one meeting.")
    rows = max((_rows(text, each) for each in SEPARATORS), key=lambda rows: max(map(len, rows), default=0))
    head = next((place for place, row in enumerate(rows) if _columns(row).keys() >= {"joined", "left"}), None)
    if head is None:
        raise FileRefused(_what_it_is(rows))
    if kind := _kind_of([rows[head]], but="participants"):
        raise FileRefused(kind)
    columns = _columns(rows[head])
    if "name" not in columns:
        raise FileRefused(EXPECTED)
    lines = tuple(_lines(rows[head + 1 :], columns))
    if not lines:
        raise FileRefused("Nobody is in this report.")
    return ZoomFile(_number(rows[:head]), lines)


def stays_in(file: ZoomFile, session: Session, zone: str) -> list[ReadStay]:
    """By the clock of that zone. Raises FileRefused where it is of another meeting, or of another day."""
    _check_number(file, session)
    texts = [text for line in file.lines for text in (line.joined, line.left)]
    ways = [_stays(file, walls, zone) for walls in zoom_cells.readings(texts)]
    if not ways:
        raise FileRefused("The times in this file are written in a way that is not known here.")
    best = max(ways, key=lambda stays: _near(stays, session))
    if not _near(best, session):
        raise FileRefused(_of_another_day(best, session, zone))
    if any(stay.left_at < stay.joined_at for stay in best):
        raise FileRefused("In this file somebody leaves before they come.")
    return best


def is_by_another_clock(stays: list[ReadStay], session: Session) -> bool:
    """Whether the first came so long before or after the start that the file may be by the clock of another zone, or
    whether most came and went at times that would fit better by a clock that is an hour away."""
    first, last = _first_and_last(stays)
    came, went = median_low(first.values()) - session.starts_at, median_low(last.values()) - session.ends_at
    return abs(min(first.values()) - session.starts_at) > LATE or any(
        abs(came + off) < abs(came) and abs(went + off) < abs(went) for off in NEXT_CLOCKS
    )


def _first_and_last(stays: list[ReadStay]) -> tuple[dict[str, datetime], dict[str, datetime]]:
    """When each person came first, and went last."""
    first: dict[str, datetime] = {}
    last: dict[str, datetime] = {}
    for stay in stays:
        who = stay.email or stay.name
        first[who] = min(stay.joined_at, first.get(who, stay.joined_at))
        last[who] = max(stay.left_at, last.get(who, stay.left_at))
    return first, last


def _rows(text: str, separator: str) -> list[list[str]]:
    try:
        found = islice(csv.reader(StringIO(text, newline=""), delimiter=separator), MOST_ROWS * 2)
        cleaned = [[" ".join(cell.split()) for cell in row] for row in found]
    except csv.Error:
        return []
    return [row for row in cleaned if any(row)]


def _columns(row: Iterable[str]) -> dict[str, int]:
    """Of the columns that we know, the place of each."""
    cells = [cell.casefold().strip('"') for cell in row]
    found = {}
    for column, names in NAMES.items():
        if place := next((cells.index(name) + 1 for name in names if name in cells), 0):
            found[column] = place - 1
    return found


def _lines(rows: list[list[str]], columns: dict[str, int]) -> Iterable[Line]:
    """Who waited to be let in was not there yet."""
    if len(rows) > MOST_ROWS:
        raise FileRefused(f"This file has more than {MOST_ROWS:,} rows, too many for one meeting.")
    for number, row in enumerate(rows, start=1):
        cell = {column: row[place].strip() if place < len(row) else "" for column, place in columns.items()}
        if not cell["joined"] or not cell["left"]:
            raise FileRefused(f"Row {number} of the people has no time of coming, or none of going. Is the file whole?")
        if cell.get("waited", "").casefold() != "yes":
            email = cell.get("email", "")
            minutes = int(told) if (told := cell.get("minutes", "")).isdecimal() and len(told) < 6 else None
            yield Line(cell["name"][:200], email[:254] if "@" in email else "", cell["joined"], cell["left"], minutes)


def _number(above: list[list[str]]) -> int | None:
    """From the table of the meeting itself, which some of Zoom's files have above that of the people."""
    for head, row in pairwise(above):
        place = _columns(head).get("number")
        if place is not None and place < len(row):
            digits = re.sub(r"\D", "", row[place])
            return int(digits) if 9 <= len(digits) <= 12 else None
    return None


def _check_number(file: ZoomFile, session: Session) -> None:
    known = numbers_of(session)
    if file.number and known and file.number not in known:
        words = " or ".join(_spaced(number) for number in sorted(known))
        raise FileRefused(f"This file is of the meeting {_spaced(file.number)}; this session’s is {words}.")


def numbers_of(session: Session) -> set[int]:
    """By which Zoom knows its meeting: from the link that somebody typed, or from the one that was made."""
    typed = re.search(r"/[jw]/(\d{9,12})\b", session.join_url)
    made = Meeting.objects.filter(session=session).exclude(number=None).values_list("number", flat=True)
    return {*([int(typed[1])] if typed else []), *made}


def _stays(file: ZoomFile, walls: list[datetime], zone: str) -> list[ReadStay]:
    pairs = zip(walls[::2], walls[1::2], strict=True)
    spans = [_span(line, pair, ZoneInfo(zone)) for line, pair in zip(file.lines, pairs, strict=True)]
    return [ReadStay(line.name, line.email, *span) for line, span in zip(file.lines, spans, strict=True)]


def _span(line: Line, walls: tuple[datetime, datetime], zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Where the clock shows an hour twice, it is that which fits how long the stay was; where none says it, the first
    in which nobody leaves before they come."""
    joined, left = ([wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)] for wall in walls)
    spans = [(joined[0], left[0]), (joined[1], left[1]), (joined[0], left[1]), (joined[1], left[0])]
    told = None if line.minutes is None else timedelta(minutes=line.minutes)
    return min(spans, key=lambda span: (span[1] < span[0], abs(span[1] - span[0] - told) if told else timedelta()))


def _near(stays: list[ReadStay], session: Session) -> int:
    """How many were there while the session was on, or nearly."""
    first, last = session.starts_at - NEAR, session.ends_at + NEAR
    return sum(1 for stay in stays if stay.joined_at < last and stay.left_at > first)


def _of_another_day(stays: list[ReadStay], session: Session, zone: str) -> str:
    first = moment_label(min(stay.joined_at for stay in stays), zone)
    when = moment_label(session.starts_at, session.workshop.time_zone)
    return f"This file begins on {first}, and the session on {when}. Is it of another one, or by another clock?"


def _what_it_is(rows: list[list[str]]) -> str:
    return _kind_of(rows[:30]) or f"This is not Zoom’s report of who was there. {EXPECTED}"


def _kind_of(rows: list[list[str]], *, but: str = "") -> str:
    cells = {cell.casefold() for row in rows for cell in row}
    return next((words for heading, words in OTHER_KINDS if heading in cells and heading != but), "")


def _spaced(number: int) -> str:
    """`812 3456 7890`, as Zoom writes it."""
    digits = str(number)
    return f"{digits[:3]} {digits[3:-4]} {digits[-4:]}"
