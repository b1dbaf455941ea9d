"""PostgreSQL as Django speaks to it, but for the question whether a connection that is kept still stands.

Django asks `SELECT 1` before the first question of each request, which costs an article a tenth of its page.
"""

import select
from typing import Any

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
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
