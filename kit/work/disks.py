"""Files on a disk of this host, and whether there is room for more."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage

from kit.work.out_of_reach import StorageAway, cause_of

LEAST_ROOM = 500 * 1024 * 1024


class Disk(FileSystemStorage):
    """Raises StorageAway where it takes no file, and keeps no part of one that it has not taken whole."""

    def _save(self, name: str, content: Any) -> str:
        try:
            return super()._save(name, content)
        except OSError as error:
            with suppress(OSError):
                os.unlink(self.path(name))  # the name was free a moment ago, and is nobody else's
            raise StorageAway(cause_of(error)) from error


def short_of_room(folders: Mapping[str, Path]) -> Iterator[tuple[str, int]]:
    """What lies there, and how many bytes are left for it; a disk is told of once. One without an answer has none."""
    told: set[int] = set()
    for what, folder in folders.items():
        try:
            there = next(each for each in (folder, *folder.parents) if each.exists())
            left, device = shutil.disk_usage(there).free, there.stat().st_dev
        except OSError:
            yield what, 0
            continue
        if left < LEAST_ROOM and device not in told:
            told.add(device)
            yield what, left
