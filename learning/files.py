"""Files of our own for people who have a place: they have no public address."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import islice
from pathlib import PurePath

from django.apps import apps
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models import FileField, Model
from django.utils import timezone
from django.utils.text import get_valid_filename

from kit.guard.tokens import new_secret

OUTLIVES = timedelta(days=1)  # the upload of a film may take long
MOST_SWEPT = 100  # in one round


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


def sweep_files() -> int:
    """For the worker: deletes what no row leads to and nobody has written to for a day, such as a film whose row was
    refused by a database that went away; returns how many files."""
    swept = list(islice(_unnamed_files(), MOST_SWEPT))
    for name in swept:
        private_files().delete(name)
        private_files().delete(str(PurePath(name).parent))  # its own folder
    return len(swept)


def _unnamed_files() -> Iterator[str]:
    files, until = private_files(), timezone.now() - OUTLIVES
    for model, fields in _with_files().items():
        rows = model._base_manager.values_list(*fields)
        named = {name for row in rows.iterator() for name in row if name}
        for name in _lying_in(files, model._meta.model_name or ""):
            if name not in named and files.get_modified_time(name) < until:
                yield name


def _with_files() -> dict[type[Model], list[str]]:
    found: dict[type[Model], list[str]] = {}
    for model in apps.get_models():
        fields = [each for each in model._meta.concrete_fields if isinstance(each, FileField)]
        if names := [each.name for each in fields if each.storage is private_files()]:
            found[model] = names
    return found


def _lying_in(files: Storage, folder: str) -> Iterator[str]:
    if files.exists(folder):
        for own in files.listdir(folder)[0]:
            yield from (f"{folder}/{own}/{name}" for name in files.listdir(f"{folder}/{own}")[1])
