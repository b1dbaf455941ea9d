"""Sums and days as banks write them: German, British and American, told apart by all cells of a column."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

DAY_FIRST, MONTH_FIRST = "day", "month"
WITH_POINT = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,8})(?:\.[0-9]{1,2})?")
WITH_COMMA = re.compile(r"(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,8})(?:,[0-9]{1,2})?")
MARKS = re.compile(r"[\s'’£€$]|EUR|GBP|USD", re.IGNORECASE)
SIDE = re.compile(r"(?P<sum>.*?)(?P<side>CR|DR|[SHDC])?", re.IGNORECASE)
OUT = {"S", "D", "DR"}
YEAR_FIRST = re.compile(r"([0-9]{4})[-/.]?([0-9]{2})[-/.]?([0-9]{2})(?:[T ].*)?")
YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})(?:[T ].*)?")
WITH_A_NAME = ("%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %y", "%b %d, %Y", "%b %d %Y")


class DayOrMonth(Exception):
    """Of the days in this column one cannot tell which number is the month."""


def amount_reader(cells: Iterable[str]) -> Callable[[str], Decimal | None]:
    """Takes a cell to a sum, below nothing for what went out; None for what is none."""
    bare = [found[0] for found in map(_bare, filter(None, cells)) if found]
    comma = sum(map(bool, map(WITH_COMMA.fullmatch, bare))) > sum(map(bool, map(WITH_POINT.fullmatch, bare)))
    return lambda cell: _amount(cell, has_comma=comma)


def day_reader(cells: Iterable[str], *, today: date, first: str = "") -> Callable[[str], date | None]:
    """Takes a cell to a day; None for what is none. No bank writes down a day to come. Raises DayOrMonth."""
    given = [cell for cell in cells if YEAR_LAST.fullmatch(cell)]
    order = first or _order(given, today)
    return lambda cell: _day(cell, order)


def is_day(cell: str) -> bool:
    return any(_day(cell, order) for order in (DAY_FIRST, MONTH_FIRST))


def _bare(cell: str) -> tuple[str, bool] | None:
    """The sum without what stands around it, and whether it went out."""
    text = MARKS.sub("", cell).replace("−", "-")
    if not (found := SIDE.fullmatch(text)):
        return None
    number, side = found["sum"], (found["side"] or "").upper()
    is_out = side in OUT or number.startswith(("-", "(")) or number.endswith("-")
    return number.strip("+-()"), is_out


def _amount(cell: str, *, has_comma: bool) -> Decimal | None:
    bare = _bare(cell)
    if not bare or not (WITH_COMMA if has_comma else WITH_POINT).fullmatch(bare[0]):
        return None
    digits = bare[0].replace(".", "").replace(",", ".") if has_comma else bare[0].replace(",", "")
    return -Decimal(digits) if bare[1] else Decimal(digits)


def _order(cells: list[str], today: date) -> str:
    """Which number comes first: whichever makes days of all of them that are not to come."""
    orders = [order for order in (DAY_FIRST, MONTH_FIRST) if all(_is_past(_day(cell, order), today) for cell in cells)]
    if len(orders) == 2 and any(_day(cell, DAY_FIRST) != _day(cell, MONTH_FIRST) for cell in cells):
        raise DayOrMonth
    return orders[0] if orders else DAY_FIRST


def _is_past(day: date | None, today: date) -> bool:
    return day is not None and day <= today


def _day(cell: str, order: str) -> date | None:
    return next((day for day in _days(cell, order) if day and day.year > 2000), None)


def _days(cell: str, order: str) -> Iterator[date | None]:
    if found := YEAR_FIRST.fullmatch(cell):
        yield _date(*map(int, found.groups()))
    elif found := YEAR_LAST.fullmatch(cell):
        one, other, year = int(found[1]), int(found[3]), int(found[4])
        is_day_first = order == DAY_FIRST or found[2] == "."
        yield _date(year if year > 99 else 2000 + year, *((other, one) if is_day_first else (one, other)))
    else:
        yield from (_named(cell, form) for form in WITH_A_NAME)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _named(cell: str, form: str) -> date | None:
    try:
        return datetime.strptime(cell, form).date()
    except ValueError:
        return None
