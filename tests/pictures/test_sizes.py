"""The worker makes the sizes of a picture; until then, and when it cannot, a page shows the copy itself."""

import io
from pathlib import Path

import pytest
from PIL import Image

from pictures import jobs, sizes
from pictures.files import storage
from pictures.library import put_file
from pictures.models import Picture
from pictures.uploads import read_picture
from tests.pictures.drawings import as_file, drawn, make_picture

pytestmark = pytest.mark.django_db


def make_large(width=2000, height=1000):
    picture = make_picture()
    put_file(picture, read_picture(io.BytesIO(as_file(drawn(width, height)))))
    picture.save()
    return picture


def test_sizes_are_made_once_and_none_is_larger_than_the_picture():
    picture = make_large()

    assert (sizes.make_sizes(), sizes.make_sizes()) == (1, 0)

    picture.refresh_from_db()
    assert [width for width, _ in picture.sizes] == [400, 800, 1200, 1600]
    for width, name in picture.sizes:
        with storage().open(name) as file, Image.open(file) as image:
            assert (image.format, image.size) == ("WEBP", (width, width // 2))


def test_a_page_is_shown_the_copy_until_then():
    picture = make_large()
    assert (picture.srcset, picture.url) == ("", f"/media/{picture.file}")

    sizes.make_sizes()

    picture.refresh_from_db()
    widths = [each.split(" ")[1] for each in picture.srcset.split(", ")]
    assert widths == ["400w", "800w", "1200w", "1600w", "2000w"]
    assert picture.url.endswith("-1200.webp")


def test_a_file_that_was_replaced_meanwhile_gets_no_sizes_of_the_old_one(monkeypatch):
    picture = make_large()
    written = sizes.write_sizes

    def replaced_meanwhile(row):
        made = written(row)
        put_file(picture, read_picture(io.BytesIO(as_file(drawn(500, 500)))))
        picture.save()
        return made

    monkeypatch.setattr(sizes, "write_sizes", replaced_meanwhile)
    assert sizes.make_sizes() == 0
    monkeypatch.undo()
    assert sizes.make_sizes() == 1

    picture.refresh_from_db()
    assert [width for width, _ in picture.sizes] == [400]


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"RIFF")])
def test_a_file_that_cannot_be_read_is_told_to_the_desk_and_tried_once(damage):
    picture = make_large()
    damage(Path(storage().path(picture.file)))

    assert (sizes.make_sizes(), sizes.make_sizes()) == (1, 0)

    picture.refresh_from_db()
    assert (picture.is_unreadable, picture.url) == (True, f"/media/{picture.file}")
    assert [job.words for job in jobs.unreadable_pictures()] == ["1 picture has no readable file: send it again"]


def test_a_new_file_makes_it_readable_again():
    picture = make_large()
    Path(storage().path(picture.file)).unlink()
    sizes.make_sizes()

    picture.refresh_from_db()
    put_file(picture, read_picture(io.BytesIO(as_file(drawn(500, 500)))))
    picture.save()
    sizes.make_sizes()

    picture.refresh_from_db()
    assert (picture.is_unreadable, len(picture.sizes)) == (False, 1)
    assert Picture.objects.unreadable().count() == 0
