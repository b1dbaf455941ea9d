"""Where pictures lie, and under which names: none is ever given to another file, so that each may be kept for a year.

A file is written before the row that names it, and outlives it by an hour or more: what was rendered a moment ago still
finds it, and a crash between the two leaves nothing but a file, which the sweep takes.
"""

import hashlib
import re
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from secrets import token_hex

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.utils import timezone

FOLDER = "pictures"
NAME = re.compile(FOLDER + r"/[0-9a-f]{32}(?:-[0-9]{3,4})?\.(?:webp|png)")
TYPES = {"webp": "image/webp", "png": "image/png"}
OUTLIVES = timedelta(hours=1)
MOST_SWEPT = 1000  # in one round


def storage() -> Storage:
    return storages["pictures"]


def write_file(content: bytes, *, width: int | None = None, ending: str = "webp") -> str:
    """Returns its name: from what is in it, and from chance."""
    stem = hashlib.sha256(content).hexdigest()[:16] + token_hex(8)
    name = f"{FOLDER}/{stem}-{width}.{ending}" if width else f"{FOLDER}/{stem}.{ending}"
    return storage().save(name, ContentFile(content))


def unnamed_files(named: Collection[str]) -> Iterator[str]:
    """Those that nothing names, and are older than an hour: a younger one may be named in a moment."""
    try:
        names = [f"{FOLDER}/{each}" for each in storage().listdir(FOLDER)[1]]
    except FileNotFoundError:  # nothing was put there yet
        return
    until = timezone.now() - OUTLIVES
    yield from (name for name in names if name not in named and _is_older(name, until))


def _is_older(name: str, until: datetime) -> bool:
    try:
        return storage().get_modified_time(name) < until
    except FileNotFoundError:  # another worker sweeps, too
        return False
