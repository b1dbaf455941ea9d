"""Whoever keeps in this process what was read from the database, is told when this process writes."""

import re
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

WRITE = re.compile(r'(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM) "(\w+)"')

_version = 0


def version() -> int:
    """Another number after each write. What was read at one version may not be shown at another."""
    return _version


def move_on() -> None:
    global _version
    _version += 1


def watch(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """A receiver of `connection_created`; a connection that comes back is watched once."""
    if _noticing not in connection.execute_wrappers:
        connection.execute_wrappers.append(_noticing)


def _noticing(execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """At once, for who reads in the same transaction, and after the commit, for all who read the old row until then."""
    result = execute(sql, params, many, context)
    write = WRITE.match(sql) if isinstance(sql, str) else None
    if write and not write[1].startswith(settings.TABLES_ON_NO_PAGE):
        move_on()
        connection = context["connection"]
        if connection.in_atomic_block and not any(each[1] is move_on for each in connection.run_on_commit):
            transaction.on_commit(move_on, using=connection.alias)
    return result
