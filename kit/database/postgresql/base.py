"""PostgreSQL as Django speaks to it, but for three things: what a lock keeps from others, the question whether a
connection that is kept still stands, and what the log says of a question that has a plan.

Django asks `SELECT 1` before the first question of each request, which costs an article a tenth of its page.
"""

import select
from typing import Any

from django.db.backends.postgresql import base


class DatabaseOperations(base.DatabaseOperations):
    def for_update_sql(self, *args: Any, **options: Any) -> str:
        """A locked row is nobody else's to lock, change or delete, but others may write rows that point at it: these
        look it up as they are committed, with locks of their own in hand and in no order, and would wait in a ring.
        """
        return super().for_update_sql(*args, **options | {"no_key": True})

    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """For the log of questions. Of one that is prepared the driver no longer knows the words."""
        return super().last_executed_query(cursor, sql, params) or sql


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
    connection: Any

    def is_usable(self) -> bool:
        """A server that ends a connection says so on it, and says nothing on one that merely waits. Where it has said
        something, and after an error, it is asked.
        """
        if self.errors_occurred or self.connection is None or self.connection.closed:
            return super().is_usable()
        waiting = select.poll()
        waiting.register(self.connection.fileno(), select.POLLIN | select.POLLPRI)
        return super().is_usable() if waiting.poll(0) else True
