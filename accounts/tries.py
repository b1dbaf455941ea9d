"""Tries are counted in rows, so that all processes count together and need nothing but the database."""

from collections.abc import Collection
from datetime import timedelta

from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import TryCount
from kit.guard.tries import HOUR

# One statement: two that try at the same moment are two. A count whose time is over begins anew.
ONE_MORE = """
    INSERT INTO accounts_trycount AS kept (name, count, ends_at) VALUES (%(name)s, 1, %(ends_at)s)
    ON CONFLICT (name) DO UPDATE SET
        count = CASE WHEN kept.ends_at <= %(now)s THEN 1 ELSE kept.count + 1 END,
        ends_at = CASE WHEN kept.ends_at <= %(now)s THEN excluded.ends_at ELSE kept.ends_at END
    RETURNING count
"""
IN_LINE = """
    INSERT INTO accounts_trycount (name, count, ends_at) VALUES {}
    ON CONFLICT (name) DO UPDATE SET ends_at = excluded.ends_at
"""


class RowCounter:
    """See kit.guard.tries.Counter."""

    def count(self, name: str, seconds: int) -> int:
        now = timezone.now()
        moments = {"now": now, "ends_at": now + timedelta(seconds=seconds)}
        stored = {key: connection.ops.adapt_datetimefield_value(moment) for key, moment in moments.items()}
        with connection.cursor() as cursor:
            cursor.execute(ONE_MORE, {"name": name, **stored})
            return cursor.fetchone()[0]

    def read(self, name: str) -> int:
        running = TryCount.objects.filter(name=name, ends_at__gt=timezone.now())
        return running.values_list("count", flat=True).first() or 0

    def forget(self, name: str) -> None:
        TryCount.objects.filter(name=name).delete()


def forget_ended_counts() -> int:
    """Ours, and what allauth counts in the table of the cache. For the worker."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM accounts_cached WHERE expires <= %s", [connection.ops.adapt_datetimefield_value(now)]
        )
    return TryCount.objects.filter(ends_at__lte=now).delete()[0]


def wait_in_line(names: Collection[str]) -> None:
    """Until the caller's transaction ends, nobody else who asks for one of these names goes on.

    Their rows are written in the order of their names, so that no two wait in a ring.
    """
    ends_at = connection.ops.adapt_datetimefield_value(timezone.now() + timedelta(seconds=HOUR))
    rows = [(name, ends_at) for name in sorted(map(_in_line, names))]
    with connection.cursor() as cursor:
        cursor.execute(IN_LINE.format(", ".join(["(%s, 0, %s)"] * len(rows))), [part for row in rows for part in row])


def _in_line(name: str) -> str:
    """Nobody's address stands in the row."""
    return f"line:{salted_hmac('accounts.tries', name, algorithm='sha256').hexdigest()[:32]}"
