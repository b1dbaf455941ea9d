"""Whoever keeps in this process what was read from the database, is told when this process writes to those tables."""

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

Versions = dict[str, int]  # by table

READ = re.compile(r'\b(?:FROM|JOIN)\s+"?(\w+)')
WRITE = re.compile(r'(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM) "(\w+)"')
EVERY_TABLE = ""

_written: defaultdict[str, int] = defaultdict(int)  # every table that was ever looked at is in it
_read: ContextVar[Versions | None] = ContextVar("read", default=None)


@contextmanager
def reading() -> Iterator[Versions]:
    """The tables that are read within, each with its version just before: another one after each write."""
    token = _read.set(versions := {EVERY_TABLE: _written[EVERY_TABLE]})
    try:
        yield versions
    finally:
        _read.reset(token)
        note_read(versions)


def note_read(versions: Versions) -> None:
    """What is made from what was read before has read the same."""
    if (outer := _read.get()) is not None:
        for table, version in versions.items():
            outer.setdefault(table, version)


def is_current(versions: Versions) -> bool:
    return versions.items() <= _written.items()


def move_on(table: str = EVERY_TABLE) -> None:
    _written[table] += 1


def watch(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """A receiver of `connection_created`; a connection that comes back is watched once."""
    if _noticing not in connection.execute_wrappers:
        connection.execute_wrappers.append(_noticing)


def _noticing(execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if not isinstance(sql, str):
        return execute(sql, params, many, context)
    if _read.get() is not None:
        note_read({table: _written[table] for table in READ.findall(sql)})
    result = execute(sql, params, many, context)
    if write := WRITE.match(sql):
        _note_write(context["connection"], write[1])
    return result


def _note_write(connection: BaseDatabaseWrapper, table: str) -> None:
    """At once, for who reads in the same transaction, and after the commit, for all who read the old row until then."""
    move_on(table)
    if connection.in_atomic_block:
        waiting = [each[1].args for each in connection.run_on_commit if getattr(each[1], "func", None) is move_on]
        if (table,) not in waiting:
            transaction.on_commit(partial(move_on, table), using=connection.alias)
