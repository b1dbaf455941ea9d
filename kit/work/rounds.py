"""One round over rows that are due: no row that fails, and nobody who is silent, keeps the others waiting."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar, cast

from django.db.models import QuerySet

from kit.work.out_of_reach import StorageAway
from kit.work.patience import Patience

SILENCES = 3  # in a row, and whoever is asked is taken to be silent for all rows
SECONDS = 45  # of one round; what is left is the next one's
ANY_ORDER = "?"
_END = object()

log = logging.getLogger(__name__)

Row = TypeVar("Row")
Rows = TypeVar("Rows", bound=QuerySet)


def in_any_order(rows: Rows) -> Rows:
    """One that always fails is not always the first, and two workers seldom come to the same at once."""
    return rows.order_by(ANY_ORDER)


def do_for_each(
    rows: Iterable[Row],
    work: Callable[[Row], int | None],
    *,
    silence: type[Exception] | tuple[type[Exception], ...] = (),
    silences: int = SILENCES,
    seconds: float = SECONDS,
) -> int:
    """Returns how many things were done, as `work` says it of each row.

    A row that fails keeps no other waiting: its error is raised at the end. Nor does one that somebody outside has no
    answer for, which is raised as `silence`, in words for the log; but after so many in a row the others would only
    wait for the same; one silence of where files lie is enough. A row is taken from `rows` only when its work begins.
    """
    done, each = 0, iter(rows)
    failed: Exception | None = None
    with Patience(silences=silences, seconds=seconds) as patience:
        while not patience.is_out_of_time and (row := next(each, _END)) is not _END:
            try:
                done += work(cast(Row, row)) or 0
            except silence as error:
                log.warning("%s waits: %s", _name_of(row), str(error) or type(error).__name__)
                patience.note_silence(error)
                if patience.is_over:
                    break
            except StorageAway as error:
                log.error("%s waits for its files: %s", _name_of(row), error)
                failed = failed or error
                break  # no other row's fare better now
            except Exception as error:
                log.error("%s failed: %s", _name_of(row), type(error).__name__)
                failed = failed or error
    if failed:
        raise failed
    return done


def _name_of(row: object) -> str:
    """By its number alone: what else stands in a row is nothing for the log."""
    number = getattr(row, "pk", getattr(row, "id", None))
    return str(row) if number is None else f"{type(row).__name__} {number}"
