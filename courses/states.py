"""Which change of a status is allowed, and the one place that makes it."""

from collections.abc import Sequence
from typing import TypeVar

from django.db import transaction

from accounts import audit
from accounts.audit import Change
from courses.models import SeriesWaitingEntry, Ticket, Waiting, WaitingListEntry, Workshop, WorkshopSeries

Row = TypeVar("Row", Ticket, WaitingListEntry, SeriesWaitingEntry, Workshop, WorkshopSeries)
WAITING: dict[str, set[str]] = {
    Waiting.Status.UNCONFIRMED: {Waiting.Status.WAITING},
    Waiting.Status.WAITING: {
        Waiting.Status.OFFERED,
        Waiting.Status.DECLINED,
        Waiting.Status.CLOSED,
    },
    Waiting.Status.OFFERED: {
        Waiting.Status.BOOKED,
        Waiting.Status.DECLINED,
        Waiting.Status.EXPIRED,
        Waiting.Status.CLOSED,
        # Somebody's late payment took the place.
        Waiting.Status.WAITING,
    },
    # Whoever comes back waits again.
    Waiting.Status.BOOKED: {Waiting.Status.WAITING},
    Waiting.Status.DECLINED: {Waiting.Status.WAITING},
    Waiting.Status.EXPIRED: {Waiting.Status.WAITING},
    Waiting.Status.CLOSED: {Waiting.Status.WAITING},
}
ALLOWED: dict[type, dict[str, set[str]]] = {
    Ticket: {
        Ticket.Status.HELD: {Ticket.Status.CONFIRMED, Ticket.Status.LAPSED, Ticket.Status.CANCELLED},
        # Tried again, or paid late: seated anew.
        Ticket.Status.LAPSED: {Ticket.Status.HELD, Ticket.Status.CONFIRMED},
        # Given back before it was paid: held for the rest of an offer, or paid after all.
        Ticket.Status.CANCELLED: {Ticket.Status.HELD, Ticket.Status.CONFIRMED},
        # Held again: the money that had booked it was written down by mistake.
        Ticket.Status.CONFIRMED: {Ticket.Status.CANCELLED, Ticket.Status.HELD},
    },
    Workshop: {
        Workshop.Status.DRAFT: {Workshop.Status.PUBLISHED},
        Workshop.Status.PUBLISHED: {Workshop.Status.DRAFT, Workshop.Status.CANCELLED},
        # Everybody was told: it stays so.
        Workshop.Status.CANCELLED: set(),
    },
    WorkshopSeries: {
        WorkshopSeries.Status.DRAFT: {WorkshopSeries.Status.PUBLISHED},
        WorkshopSeries.Status.PUBLISHED: {WorkshopSeries.Status.DRAFT},
    },
    WaitingListEntry: WAITING,
    SeriesWaitingEntry: WAITING,
}


class NotAllowed(Exception):
    """A change that is in no table."""


def move(row: Row, to: str, **fields: object) -> None:
    """One row, which gets these values, too."""
    for name, value in fields.items():
        setattr(row, name, value)
    move_all([row], to, saving=list(fields))


def move_all(rows: Sequence[Row], to: str, *, saving: Sequence[str] = (), why: str = "") -> None:
    """Changes the status of rows of one model, read anew under their workshop's lock, and saves these fields of theirs.

    All or none; each change leaves an audit entry. A row that has the status already keeps it, without an entry.
    Raises NotAllowed.
    """
    moving = [row for row in rows if row.status != to]
    for row in moving:
        if not may_move(row, to):
            raise NotAllowed(f"{type(row).__name__} {row.pk}: {row.status} to {to}")
    if not moving and not (rows and saving):
        return
    changes = [Change(row, row.status, to) for row in moving]
    for row in moving:
        row.status = to
    with transaction.atomic(savepoint=False):
        _store(rows, ["status", *saving])
        audit.record_all(changes, reason=why)


def may_move(row: Row, to: str) -> bool:
    return to in ALLOWED[type(row)][row.status]


def _store(rows: Sequence[Row], columns: list[str]) -> None:
    """In one statement; for a single row it is a quarter of the work without a choice for each column."""
    if len(rows) == 1:
        rows[0].save(update_fields=columns)
    else:
        type(rows[0])._default_manager.bulk_update(rows, columns)
