"""Files of our own for people who have a place: they have no public address."""

from functools import partial
from pathlib import PurePath

from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models import FileField, Model
from django.utils.text import get_valid_filename

from kit.tokens import new_secret


def private_files() -> Storage:
    return storages["private"]


def private_path(row: Model, filename: str) -> str:
    """In a folder of its own, so that no file is another's namesake and none can be guessed."""
    return f"{row._meta.model_name}/{new_secret()}/{get_valid_filename(PurePath(filename).name)[-80:]}"


def files_of(row: Model) -> dict[str, Storage]:
    """By their names, where each is kept."""
    fields = [field for field in row._meta.concrete_fields if isinstance(field, FileField)]
    return {str(name): field.storage for field in fields if (name := getattr(row, field.attname).name)}


def forget_files(files: dict[str, Storage]) -> None:
    """Once the change is committed: what no row leads to is kept nowhere, for people speak in it."""
    for name, storage in files.items():
        transaction.on_commit(partial(storage.delete, name))
