"""What the site cannot do without and does not get just now, and why, in a word for whoever runs it."""

import errno

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class StorageAway(Exception):
    """Where files lie gives no answer, or takes none: it may be asked again in a minute."""


def is_full(error: object) -> bool:
    """A disk without room, whatever was being written there."""
    return isinstance(error, OSError) and error.errno in FULL


def cause_of(error: BaseException) -> str:
    """`DiskFull`, `SQLITE_FULL` or `ENOSPC`: never the words, which may repeat a row."""
    if isinstance(error, StorageAway):
        return str(error)
    cause = error.__cause__ or error
    if isinstance(cause, OSError) and cause.errno:
        return errno.errorcode.get(cause.errno, type(cause).__name__)
    return str(getattr(cause, "sqlite_errorname", type(cause).__name__))
