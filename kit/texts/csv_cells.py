"""Tables that people open in a spreadsheet: nothing in them is run as a formula, and names keep their accents."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import StringIO

RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")
UTF_8 = "\ufeff"  # the mark without which Excel takes the file for something else


def csv_lines(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """A heading and one line for each row, to be sent as they come."""
    yield UTF_8 + _line(columns)
    yield from csv_rows(rows)


def csv_rows(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    return (_line(_safe(cell) for cell in row) for row in rows)


def _line(cells: Iterable[object]) -> str:
    text = StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _safe(cell: object) -> object:
    """A number is no formula, also below nothing; what somebody typed may be one."""
    text = str(cell)
    is_run = text.lstrip(" ").startswith(RUN_BY_SPREADSHEETS)
    return f"'{text}" if is_run and not isinstance(cell, int | Decimal) else text
