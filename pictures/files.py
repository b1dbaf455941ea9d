"""Where pictures lie, and under which names: none is ever given to another file, so that each may be kept for a year.

A file is written before the row that names it, and outlives it by an hour or more: what was rendered a moment ago still
finds it, and a crash between the two leaves nothing but a file, which the sweep takes.
"""

import hashlib
import re
from collections.abc import Collection, Iterator
from datetime import timedelta
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
    kept, until = storage(), timezone.now() - OUTLIVES
    for each in kept.listdir(FOLDER)[1] if kept.exists(FOLDER) else []:
        name = f"{FOLDER}/{each}"
        if name not in named and kept.get_modified_time(name) < until:
            yield name
