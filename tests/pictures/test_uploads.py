"""What somebody sends becomes pixels and nothing else, or is refused in words."""

import io

import pytest
from PIL import Image, ImageFile
from PIL.PngImagePlugin import PngInfo

from pictures import uploads
from pictures.uploads import NotTaken, read_picture
from tests.pictures.drawings import (
    HIDDEN,
    as_file,
    drawn,
    in_another_profile,
    png_that_says,
    with_exif,
)

WHITE, BLUE = (255, 255, 255), (31, 111, 128)


def read(content: bytes) -> Image.Image:
    copy = read_picture(io.BytesIO(content))
    image = Image.open(io.BytesIO(copy.content))
    assert (image.format, image.size) == ("WEBP", (copy.width, copy.height))
    return image


def refusal_of(content: bytes) -> str:
    with pytest.raises(NotTaken) as refused:
        read_picture(io.BytesIO(content))
    return str(refused.value)


def is_near(found: tuple, wanted: tuple) -> bool:
    return all(abs(one - other) < 12 for one, other in zip(found, wanted, strict=False))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_four_kinds_are_taken_and_look_as_they_did(kind):
    image = read(as_file(drawn(), kind)).convert("RGB")

    assert image.size == (900, 600)
    assert [is_near(image.getpixel(at), colour) for at, colour in (((20, 20), BLUE), ((880, 580), WHITE))] == [True] * 2


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "LA", "RGBA", "I;16", "YCbCr"])
def test_whatever_its_pixels_are_made_of_it_is_shown_in_colours(mode):
    kind = {"CMYK": "JPEG", "YCbCr": "JPEG"}.get(mode, "PNG")
    image = drawn().convert("L").convert("I").point(lambda value: value * 257) if mode == "I;16" else drawn(mode=mode)

    found = read(as_file(image.convert(mode) if mode == "I;16" else image, kind))

    assert found.mode in {"RGB", "RGBA"}
    assert is_near(found.convert("RGB").getpixel((880, 580)), WHITE)
    assert max(found.convert("RGB").getpixel((20, 20))) < 160


def test_what_is_seen_through_stays_so():
    image = Image.new("RGBA", (400, 300), (0, 0, 0, 0))

    assert read(as_file(image, "PNG")).getpixel((5, 5))[3] == 0


def test_nothing_tells_where_or_by_whom_it_was_taken():
    content = with_exif()
    assert b"Noor" in content

    copy = read_picture(io.BytesIO(content)).content

    assert [each for each in (b"Noor", b"EXIF", b"Exif", b"XMP", b"ICCP") if each in copy] == []


@pytest.mark.parametrize(
    ("orientation", "corner"), [(1, (20, 20)), (3, (880, 580)), (6, (580, 20)), (8, (20, 880)), (99, (20, 20))]
)
def test_it_stands_upright(orientation, corner):
    image = read(with_exif(orientation)).convert("RGB")

    assert image.size == ((600, 900) if orientation in {6, 8} else (900, 600))
    assert is_near(image.getpixel(corner), BLUE)


def test_a_profile_that_cannot_be_used_is_left_out():
    assert is_near(read(in_another_profile()).convert("RGB").getpixel((880, 580)), WHITE)
    assert is_near(read(as_file(drawn(), icc_profile=b"no profile")).convert("RGB").getpixel((20, 20)), BLUE)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_what_hides_behind_a_picture_does_not_come_along(kind):
    assert HIDDEN not in read_picture(io.BytesIO(as_file(drawn(), kind) + HIDDEN)).content


def test_what_hides_within_a_picture_does_not_come_along():
    info = PngInfo()
    info.add_text("Comment", HIDDEN.decode())
    for content in (as_file(drawn(), "PNG", pnginfo=info), as_file(drawn(), "JPEG", comment=HIDDEN)):
        assert HIDDEN[:20] in content
        assert HIDDEN[:20] not in read_picture(io.BytesIO(content)).content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a=1;/*" + HIDDEN,
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"%PDF-1.7 " + as_file(drawn()),
        HIDDEN + as_file(drawn()),
        b"PK\x03\x04" + as_file(drawn(), "PNG"),
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x00\x00\x00\x00WEBP",
        b"\x00\x00\x00\x20ftypavif" + b"\0" * 40,
        as_file(drawn(), "GIF"),
        as_file(drawn(), "TIFF"),
        as_file(drawn(), "BMP"),
        b"x" * 5000,
    ],
)
def test_what_is_no_picture_of_the_four_kinds_is_refused(content):
    assert refusal_of(content) in {uploads.NO_PICTURE, uploads.BROKEN}


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1\0\0\0\0mif1heic"])
def test_a_picture_of_an_iphone_is_refused_by_its_name_and_with_what_to_do(brand):
    assert refusal_of(b"\0\0\0\x24ftyp" + brand + b"\0" * 400) == uploads.HEIC


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_part_of_a_picture_is_refused(kind, share):
    whole = as_file(Image.effect_noise((900, 600), 80), kind)

    assert refusal_of(whole[: int(len(whole) * share)]) in {uploads.BROKEN, uploads.NO_PICTURE}


@pytest.mark.parametrize(
    ("width", "height"), [(20_000, 20_000), (65_000, 65_000), (9_000, 9_000), (2**31 - 1, 2**31 - 1)]
)
def test_a_bomb_is_refused_before_it_is_decoded(width, height, monkeypatch):
    monkeypatch.setattr(uploads, "_copy", lambda image: pytest.fail("It was decoded."))

    assert "2,400 across are enough" in refusal_of(png_that_says(width, height))


def test_one_whose_text_unfolds_without_end_is_refused():
    info = PngInfo()
    info.add_text("Comment", "x" * 80_000_000, zip=True)

    assert refusal_of(as_file(drawn(), "PNG", pnginfo=info)) in {uploads.BROKEN, uploads.NO_PICTURE}


def test_a_jpeg_that_is_gone_over_without_end_is_refused():
    content = as_file(drawn())

    assert refusal_of(content[:-2] + b"\xff\xda\x00\x02" * 200 + content[-2:]) == uploads.BROKEN


@pytest.mark.parametrize(("width", "height"), [(1, 1), (199, 900), (900, 1)])
def test_one_too_small_to_be_seen_is_refused(width, height):
    assert refusal_of(as_file(drawn(width, height))).startswith(f"This picture has {width} × {height} pixels.")


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_one_that_moves_is_refused(kind):
    frames = [drawn(), drawn(colour=(200, 0, 0))]

    assert refusal_of(as_file(frames[0], kind, save_all=True, append_images=frames[1:])) == uploads.MOVES


def test_a_phones_jpeg_with_a_second_picture_behind_it_is_taken():
    content = as_file(drawn(), "MPO", save_all=True, append_images=[drawn(300, 200, colour=(200, 0, 0))])

    assert read(content).size == (900, 600)


def test_a_file_that_is_too_heavy_is_refused(monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", 1000)

    assert refusal_of(as_file(drawn())).startswith("This file has more than")


@pytest.mark.parametrize(
    ("size", "kept"), [((4800, 3200), (2400, 1600)), ((300, 3000), (240, 2400)), ((900, 600), (900, 600))]
)
def test_it_is_kept_as_large_as_pages_need_it(size, kept):
    assert read(as_file(drawn(*size))).size == kept


def test_a_broken_picture_is_refused_whatever_else_the_process_has_done(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint does

    with pytest.raises(uploads.NotTaken, match="broken or not whole"):
        uploads.read_picture(io.BytesIO(as_file(drawn())[:900]))
