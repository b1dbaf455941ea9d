"""Files as people, cameras and attackers send them."""

import io
import struct
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms

from pictures.library import put_file
from pictures.models import Picture
from pictures.uploads import read_picture

GPS, ORIENTATION, CAMERA, ARTIST = 0x8825, 0x0112, 0x0110, 0x013B
HIDDEN = b"<script>alert(document.domain)</script><?php system($_GET[0]); ?>"


def drawn(width: int = 900, height: int = 600, mode: str = "RGB", colour: object = (31, 111, 128)) -> Image.Image:
    """The upper left quarter has this colour, the rest is white."""
    image = Image.new("RGB", (width, height), "white")
    image.paste(colour, (0, 0, width // 2, height // 2))
    return image if mode == "RGB" else image.convert(mode)


def as_file(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def with_exif(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION], exif[CAMERA], exif[ARTIST] = orientation, "Camera of Noor", "Noor Haddad"
    exif.get_ifd(GPS).update({1: "N", 2: (51.0, 30.0, 12.0), 3: "W", 4: (0.0, 5.0, 9.0)})
    return as_file(drawn(), exif=exif)


def png_that_says(width: int, height: int) -> bytes:
    """A few bytes that promise so many pixels."""
    rows = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, body)
        for kind, body in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
            (b"IDAT", rows),
            (b"IEND", b""),
        )
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def in_another_profile() -> bytes:
    """Its numbers mean other colours than those of sRGB."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    return as_file(drawn(), icc_profile=profile)


def make_picture(title: str = "", **fields: object) -> Picture:
    defaults = {"alt": "A blue corner.", "title": title or f"Picture {Picture.objects.count() + 1}"}
    picture = Picture(**(defaults | fields))
    number = Picture.objects.count()
    put_file(picture, read_picture(io.BytesIO(as_file(drawn(colour=(20, number % 200, number // 200))))))
    picture.save()
    return picture


def sent(content: bytes, name: str = "garden.jpg", kind: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, kind)
