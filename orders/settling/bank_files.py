"""A bank's file of what came in, as a table: whatever its encoding, what parts its cells and what stands above them."""

import csv
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256

from orders.settling import bank_cells

MOST_CHARACTERS = 300_000
MOST_LINES = 2_000
LEAST_COLUMNS = 3  # a day, a sum, and words
SEPARATORS = ";,\t|"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
Row = tuple[str, ...]


class NotATable(Exception):
    """With the reason, in words for whoever sent it."""


@dataclass(frozen=True)
class Table:
    """All rows have a cell for each heading. `odd` are lines of another width that may be of money all the same: a
    comma too many in a payer's words, or a quotation mark too few."""

    headings: Row
    rows: tuple[Row, ...]
    odd: tuple[Row, ...] = ()

    @property
    def key(self) -> str:
        """The same for every file of one kind."""
        return sha256("\x1f".join(each.casefold() for each in self.headings).encode()).hexdigest()

    def column(self, number: int) -> list[str]:
        return [row[number] for row in self.rows]


def decode(content: bytes) -> str:
    """UTF-16 where it says so, UTF-8 where it can be, otherwise as Windows writes in the west. Raises NotATable."""
    for encoding in ["utf-16"] if content.startswith(UTF_16) else ["utf-8-sig", "cp1252"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NotATable("This is no text. Ask the bank's site for the CSV file.")


def read_table(text: str) -> Table:
    """Raises NotATable."""
    if len(text) > MOST_CHARACTERS:
        raise NotATable("The file is too large. Ask the bank for fewer days at once.")
    rows, odd = max((_rows(text, separator) for separator in SEPARATORS), key=_cells)
    if not rows:
        raise NotATable("There is no table in this file. Ask the bank's site for the CSV file.")
    if len(rows) > MOST_LINES:
        raise NotATable(f"The file has more than {MOST_LINES:,} lines. Ask the bank for fewer days at once.")
    if any(bank_cells.is_day(cell) for cell in rows[0]):
        return Table(tuple(f"Column {number + 1}" for number in range(len(rows[0]))), tuple(rows), tuple(odd))
    if len(rows) == 1:
        raise NotATable("There is no line below the headings of this file.")
    return Table(rows[0], tuple(rows[1:]), tuple(odd))


def _rows(text: str, separator: str) -> tuple[list[Row], list[Row]]:
    """Of a table of at least three columns. What stands above or below it, and has not as many cells, is left out, but
    lines that begin with a day, or have one and two things more: they come apart."""
    lines = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    try:
        found = [row for row in (tuple(map(_clean, cells)) for cells in lines) if any(row)]
    except csv.Error:
        return [], []
    widths = Counter(len(row) for row in found if len(row) >= LEAST_COLUMNS)
    if not widths:
        return [], []
    width = max(widths, key=lambda each: (widths[each], each))
    return [row for row in found if len(row) == width], [row for row in found if len(row) != width and _may_count(row)]


def _may_count(row: Row) -> bool:
    is_full = sum(map(bool, row)) >= LEAST_COLUMNS
    return bank_cells.is_day(row[0]) or (is_full and any(map(bank_cells.is_day, row)))


def _cells(found: tuple[list[Row], list[Row]]) -> int:
    return sum(map(len, found[0]))


def _clean(cell: str) -> str:
    return " ".join(cell.split())
