"""What the database refuses because of what somebody else has stored or deleted in the same moment."""

from django.db import IntegrityError
from django.db.models import ProtectedError, RestrictedError

TAKEN = {"23505", "SQLITE_CONSTRAINT_UNIQUE"}  # as PostgreSQL calls it, and SQLite
GONE = {"23503", "SQLITE_CONSTRAINT_FOREIGNKEY"}


def is_taken(error: BaseException) -> bool:
    """There is one already of what may be there once."""
    return isinstance(error, IntegrityError) and _code(error) in TAKEN


def is_gone(error: BaseException) -> bool:
    """What a row points at is there no longer; or what was to be deleted has a row that points at it by now."""
    return isinstance(error, ProtectedError | RestrictedError) or (
        isinstance(error, IntegrityError) and _code(error) in GONE
    )


def _code(error: IntegrityError) -> str:
    return getattr(error.__cause__, "sqlstate", "") or getattr(error.__cause__, "sqlite_errorname", "")
