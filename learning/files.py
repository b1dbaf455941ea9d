"""Files of our own for people who have a place: they have no public address."""

from pathlib import PurePath

from django.core.files.storage import Storage, storages
from django.db.models import Model
from django.utils.text import get_valid_filename

from kit.tokens import new_secret


def private_files() -> Storage:
    return storages["private"]


def private_path(row: Model, filename: str) -> str:
    """In a folder of its own, so that no file is another's namesake and none can be guessed."""
    return f"{row._meta.model_name}/{new_secret()}/{get_valid_filename(PurePath(filename).name)[-80:]}"
