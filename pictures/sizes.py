"""The sizes of a picture, from which a browser takes the one that it needs. The worker makes them."""

import logging

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from PIL import Image

from kit.database.questions import compiled_once
from kit.work.rounds import do_for_each, in_any_order
from pictures.files import storage, write_file
from pictures.models import Picture
from pictures.uploads import as_webp

WIDTHS = (400, 800, 1200, 1600)
QUALITY = 76

log = logging.getLogger(__name__)


def make_sizes() -> int:
    """Of every picture whose file is new."""
    if not _first_without_sizes():
        return 0
    return do_for_each(in_any_order(Picture.objects.without_sizes()), _make_sizes_of)


def write_sizes(picture: Picture) -> list[list]:
    """Returns the width and the file of each."""
    with storage().open(picture.file) as file, Image.open(file, formats=["WEBP"]) as image:
        image.load()
        return [[width, _write(image, width)] for width in WIDTHS if width < picture.width]


@compiled_once
def _first_without_sizes() -> QuerySet[Picture]:
    """Asked every two seconds. In this order PostgreSQL takes the index of them; it thinks that they are most."""
    return Picture.objects.without_sizes().order_by("pk").only("pk")[:1]


def _make_sizes_of(picture: Picture) -> int:
    try:
        sizes, is_unreadable = write_sizes(picture), False
    except OSError as error:  # it will not be readable in a minute either; the desk is told
        log.warning("picture %s cannot be read: %s", picture.pk, type(error).__name__)
        sizes, is_unreadable = [], True
    with transaction.atomic():
        still = Picture.objects.select_for_update().filter(pk=picture.pk, file=picture.file)
        made = {"sizes": sizes, "sizes_of": picture.file, "is_unreadable": is_unreadable}
        return still.update(**made, changed_at=timezone.now())


def _write(image: Image.Image, width: int) -> str:
    height = max(1, round(image.height * width / image.width))
    smaller = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return write_file(as_webp(smaller, QUALITY), width=width)
