"""A picture comes into the library, gets another file, and is asked where it is shown."""

import json
from collections.abc import Iterable
from itertools import islice
from pathlib import PurePath

from django.apps import apps
from django.db.models import Exists, ForeignObjectRel, Model, OuterRef, Q
from django.utils import timezone

from accounts.models import BinnedRow
from pictures.files import MOST_SWEPT, NAME, OUTLIVES, storage, unnamed_files, write_file
from pictures.models import Picture, SharingCard
from pictures.uploads import Copy

MIDDLE = 50


def put_file(picture: Picture, copy: Copy, *, name: str = "", written: str = "") -> None:
    """The row gets this file, which may be written already, and is not saved yet. Where another picture is shown from
    now on, its focus is not that of the old one."""
    picture.file, picture.digest = written or write_file(copy.content), copy.digest
    picture.width, picture.height = copy.width, copy.height
    picture.sizes, picture.sizes_of, picture.is_unreadable = [], "", False
    picture.title = picture.title or title_from(name)
    note_change(picture)


def note_change(picture: Picture) -> None:
    """What was made from it, such as the body of an article, is made anew."""
    picture.changed_at = timezone.now()


def title_from(name: str) -> str:
    """`IMG_2041 the-garden.JPG` is “IMG 2041 the garden”. A path before it is left out, whichever way it is written."""
    stem = PurePath(name.replace("\\", "/")).stem
    words = "".join(each if each.isprintable() and each not in "_-" else " " for each in stem)
    return " ".join(words.split())[:120] or "Picture"


def twin_of(copy: Copy, *, besides: int | None = None) -> Picture | None:
    """The picture of the library that is this one."""
    return Picture.objects.filter(digest=copy.digest).exclude(pk=besides).first()


def shown_by(pictures: Iterable[Picture]) -> list[Model]:
    """The rows that show one of them, of whichever app. One that only stands between says in `shown_by` for which."""
    pks = [each.pk for each in pictures]
    found = []
    for relation in _relations():
        rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": pks})
        found += [getattr(row, "shown_by", row) for row in rows]
    return list(dict.fromkeys(found))


def is_shown() -> Q:
    """For a filter or an annotation of pictures."""
    shown = Q()
    for relation in _relations():
        rows = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
        shown |= Q(Exists(rows))
    return shown


def sweep_files() -> int:
    """Deletes what lies in the folder and is named by no row any more; returns how many files.

    Not within an hour of a change: a page that was made before it still shows the old file.
    """
    if Picture.objects.filter(changed_at__gt=timezone.now() - OUTLIVES).exists():
        return 0
    swept = list(islice(unnamed_files(_names_in_use()), MOST_SWEPT))
    for name in swept:
        storage().delete(name)
    return len(swept)


def _relations() -> list[ForeignObjectRel]:
    return [each for each in Picture._meta.related_objects if each.field.model is not Picture]


def _names_in_use() -> set[str]:
    named = set()
    for file, sizes in Picture.objects.values_list("file", "sizes").iterator():
        named |= {file, *(name for _, name in sizes)}
    for model in apps.get_models():
        if issubclass(model, SharingCard):
            named |= set(model._base_manager.exclude(card="").values_list("card", flat=True))
    for rows in BinnedRow.objects.values_list("rows", flat=True).iterator():
        named |= set(NAME.findall(json.dumps(rows)))  # until the bin is emptied it may be put back
    return named
