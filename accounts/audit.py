"""What changed, by whom and why: one row for each change, written in the change's own transaction.

Whoever comes in from outside says once who acts (`acting`); what changes a status records it and need not know.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from django.apps import apps
from django.db.models import Model
from django.utils.text import capfirst

from accounts.models import AuditEntry
from kit.guard.acting import THE_SITE, Actor, acting, who_acts

__all__ = ["THE_SITE", "Actor", "acting"]


class Change(NamedTuple):
    """Of a row that is saved; `before` is empty for a new one."""

    row: Model
    before: str
    after: str


@contextmanager
def because(reason: str) -> Iterator[None]:
    """Why the changes within are made, where the change itself says nothing nearer."""
    token = _reason.set(reason)
    try:
        yield
    finally:
        _reason.reset(token)


def record(row: Model, *, before: str = "", after: str, reason: str = "") -> None:
    """One change of a status. To be called in the transaction that makes it."""
    record_all([Change(row, before, after)], reason=reason)


def record_all(changes: Iterable[Change], *, reason: str = "") -> None:
    """Several, in one INSERT."""
    store([_entry(change, reason) for change in changes])


def store(entries: Sequence[AuditEntry]) -> None:
    """Now, or together with all else that `in_one_insert` keeps, so that they stand in the order of the changes."""
    waiting = _waiting.get()
    if waiting is None:
        AuditEntry.objects.bulk_create(entries)
    else:
        waiting += entries


@contextmanager
def in_one_insert() -> Iterator[None]:
    """What is recorded within is stored at its end, all in one INSERT; nothing of a block that fails.

    To be used directly within the transaction, or the savepoint, that makes the changes: the two fail together.
    """
    waiting: list[AuditEntry] = []
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    AuditEntry.objects.bulk_create(waiting)


def label_of(row: Model) -> str:
    """What the row is called by its model's `audit_label`, or `Ticket 17`. Never a person's name or address."""
    return getattr(row, "audit_label", None) or f"{capfirst(row._meta.verbose_name)} {row.pk}"


def key_of(row: Model) -> str:
    """`courses.workshop:12`"""
    return f"{row._meta.label_lower}:{row.pk}"


def entry_of(
    row: tuple[str, int], *, page: Model, after: str = "", changes: dict[str, list[str]] | None = None, reason: str = ""
) -> AuditEntry:
    """One that is still to be stored, of the row of that model and number, which is edited on the page of `page`."""
    label, pk = row
    actor = who_acts()
    name = (
        label_of(page)
        if key_of(page) == f"{label}:{pk}"
        else f"{capfirst(apps.get_model(label)._meta.verbose_name)} {pk}"
    )
    return AuditEntry(
        model=label,
        object_id=pk,
        page=key_of(page),
        label=_cut(name, "label"),
        after=after,
        changes=changes or {},
        actor=_cut(actor.words, "actor"),
        user_id=actor.user_id,
        reason=_cut(reason or _reason.get(), "reason"),
    )


_reason: ContextVar[str] = ContextVar("reason", default="")
_waiting: ContextVar[list[AuditEntry] | None] = ContextVar("waiting", default=None)


def _entry(change: Change, reason: str) -> AuditEntry:
    """Words too long are cut: no change of money fails for them."""
    row = change.row
    entry = entry_of((row._meta.label_lower, row.pk), page=row, after=change.after, reason=reason)
    entry.before = change.before
    return entry


def _cut(words: str, field: str) -> str:
    return words[: AuditEntry._meta.get_field(field).max_length]
