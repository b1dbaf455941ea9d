"""What came into the account, line by line out of a bank's file: each stands here once, however often it is sent."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import sha256
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from accounts import audit
from accounts.models import User
from orders.models import BankColumns, BankLine
from orders.settling import bank_cells
from orders.settling.bank_files import NotATable, Row, Table
from orders.states import move
from practice.models import Practice

LONGEST_EXAMPLE = 120  # of a line that could not be read


@dataclass(frozen=True)
class Columns:
    """By their numbers. `first` says what comes first in a day, where the file does not."""

    day: int
    amount: int
    words: tuple[int, ...]
    payer: int | None = None
    currency: int | None = None
    first: str = ""

    def fit(self, table: Table) -> bool:
        numbers = [self.day, self.amount, *self.words, self.payer or 0, self.currency or 0]
        return all(0 <= number < len(table.headings) for number in numbers)


@dataclass
class Reading:
    """What became of a file."""

    new: int = 0
    known: int = 0
    went_out: int = 0
    foreign: int = 0  # in another currency
    unread: list[str] = field(default_factory=list)


@transaction.atomic
def store_lines(table: Table, columns: Columns, *, by: User | None) -> Reading:
    """Keeps what came in and was not known yet, and remembers the columns. Raises DayOrMonth and NotATable."""
    reading, group = Reading(unread=[_said(row) for row in table.odd]), uuid4()
    lines = list(_lines(table, columns, reading))
    if not lines and not (reading.went_out or reading.foreign):
        raise NotATable("No line of this file has a day and a sum in the columns that you chose.")
    for line in lines:
        line.reading, line.read_by = group, by
    BankLine.objects.bulk_create(lines, ignore_conflicts=True)
    added = list(BankLine.objects.filter(reading=group))
    audit.record_all([audit.Change(line, "", line.status) for line in added])
    reading.new, reading.known = len(added), len(lines) - len(added)
    remembered = {"columns": asdict(columns) | {"words": list(columns.words)}}
    BankColumns.objects.update_or_create(key=table.key, defaults=remembered)
    return reading


def known_columns(table: Table) -> Columns | None:
    """Those that were chosen for the last file with these headings."""
    if found := BankColumns.objects.filter(key=table.key).first():
        columns = Columns(**found.columns | {"words": tuple(found.columns["words"])})
        return columns if columns.fit(table) else None
    return None


@transaction.atomic
def set_aside(line: BankLine, *, because: str) -> bool:
    """It is nothing of ours. Whether it was this call that did it."""
    locked = BankLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    if not locked.is_waiting:
        return False
    move(locked, BankLine.Status.ASIDE, why=because, because=because)
    return True


@transaction.atomic
def take_up(line: BankLine, *, why: str) -> bool:
    """It was set aside, and is to be looked at once more."""
    locked = BankLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    if not locked.is_aside:
        return False
    move(locked, BankLine.Status.WAITING, why=why, because="")
    return True


def _lines(table: Table, columns: Columns, reading: Reading) -> Iterator[BankLine]:
    today = Practice.current().today()
    day_of = bank_cells.day_reader(table.column(columns.day), today=today, first=columns.first)
    amount_of = bank_cells.amount_reader(table.column(columns.amount))
    seen: Counter[tuple] = Counter()
    for row in table.rows:
        day, amount = day_of(row[columns.day]), amount_of(row[columns.amount])
        if (amount is not None and amount <= 0) or not row[columns.amount]:
            reading.went_out += 1
        elif day is None or day > today or amount is None:
            reading.unread.append(_said(row))
        elif columns.currency is not None and row[columns.currency].upper() not in {"", settings.CURRENCY}:
            reading.foreign += 1
        else:
            yield _line(row, columns, day, amount, seen)


def _said(row: Row) -> str:
    return " · ".join(filter(None, row))[:LONGEST_EXAMPLE]


def _line(row: Row, columns: Columns, day: date, amount: Decimal, seen: Counter[tuple]) -> BankLine:
    """Two lines of one file that say the same are two transfers; of two files they are the same."""
    payer = "" if columns.payer is None else row[columns.payer][:200]
    words = " ".join(dict.fromkeys(row[number] for number in columns.words if row[number]))[:500]
    said = (day.isoformat(), f"{amount:.2f}", payer.casefold(), words.casefold())
    seen[said] += 1
    fingerprint = sha256("\x1f".join((*said, str(seen[said]))).encode()).hexdigest()
    return BankLine(
        booked_on=day, amount=amount, currency=settings.CURRENCY, payer=payer, words=words, fingerprint=fingerprint
    )
