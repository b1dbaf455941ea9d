"""A file that somebody sends becomes the one copy that the site keeps, or is refused in words.

What came is never stored. The copy is drawn anew from its pixels, so that nothing but pixels passes: no place where it
was taken, no camera, no profile, and nothing that was hidden before, within or behind the picture.
"""

import hashlib
import io
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import BinaryIO

from PIL import Image, ImageCms, ImageFile, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
TYPES = "image/jpeg,image/png,image/webp,image/avif"
MOST_BYTES = 20 * 1024 * 1024
# So that none takes more than 300 MB and 3 seconds (bench/pictures.py): a JPEG is read at a fraction of its size, a
# WebP thrice over.
MOST_PIXELS = {"JPEG": 50_000_000, "MPO": 50_000_000, "PNG": 25_000_000, "WEBP": 16_000_000, "AVIF": 25_000_000}
JPEGS = ("JPEG", "MPO")  # the second has another picture behind the first, as phones make it
LEAST_SIDE = 200
LONGEST_SIDE = 2400
MOST_SCANS = 100  # of a JPEG: each goes over the whole picture again
QUALITY = 88
SCAN = b"\xff\xda"
SIXTEEN_BITS = ("I", "F")  # how the modes of samples with more than eight bits begin
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc")
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))

NO_PICTURE = "This is no picture that the site can take. It takes JPEG, PNG, WebP and AVIF, whatever the name says."
HEIC = (
    "This picture is HEIC, the format of an iPhone, which few browsers show. Save it as JPEG and send that: on a Mac, "
    "open it and choose File, Export; on the phone, Settings, Camera, Formats, “Most Compatible” makes JPEGs."
)
TOO_HEAVY = "This file has more than {most} MB. Save the picture smaller; 2,400 pixels across are enough."
TOO_LARGE = "This picture has {width:,} × {height:,} pixels, more than the site can take. 2,400 across are enough."
FAR_TOO_LARGE = "This picture has more pixels than the site can take. 2,400 across are enough."
TOO_SMALL = "This picture has {width:,} × {height:,} pixels. It needs at least {least} each way, better 1,600 across."
MOVES = "This picture moves. Choose one that stands still."
BROKEN = "This picture is broken or not whole. Open it on your computer, save it anew as JPEG or PNG, and send that."

ONE_AT_A_TIME = Lock()  # in a process, for the memory that each takes
log = logging.getLogger(__name__)


class NotTaken(Exception):
    """Why, in words for whoever sent it."""


@dataclass(frozen=True)
class Copy:
    """WebP, at most LONGEST_SIDE pixels long, upright, in sRGB, without anything that is no pixel."""

    content: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def read_picture(file: BinaryIO) -> Copy:
    """Raises NotTaken."""
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise NotTaken(TOO_HEAVY.format(most=MOST_BYTES // 1024 // 1024))
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # what makes PDF files turns it on, for the whole process
    opening = partial(Image.open, io.BytesIO(content), formats=FORMATS)
    with ONE_AT_A_TIME, _or_refused(opening, _no_picture(content)) as image:
        _check_before_decoding(image, content)
        return _or_refused(lambda: _copy(image), BROKEN)


def as_webp(image: Image.Image, quality: int) -> bytes:
    image.info = {}  # or Pillow would write some of it into the new file
    written = io.BytesIO()
    image.save(written, "WEBP", quality=quality, method=4)
    return written.getvalue()


def _no_picture(content: bytes) -> str:
    brands = content[8:64] if content[4:8] == b"ftyp" else b""
    return HEIC if any(each in brands for each in HEIC_BRANDS) else NO_PICTURE


def _or_refused(step: Callable, words: str):
    """Decoders meet hostile bytes with any exception there is, and with warnings; all of them mean the same."""
    try:
        return step()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotTaken(FAR_TOO_LARGE) from error
    except Exception as error:
        log.info("a picture was refused: %s", type(error).__name__)
        raise NotTaken(words) from error


def _check_before_decoding(image: Image.Image, content: bytes) -> None:
    width, height = image.size
    is_jpeg = image.format in JPEGS
    if width * height > MOST_PIXELS[image.format]:
        raise NotTaken(TOO_LARGE.format(width=width, height=height))
    if min(width, height) < LEAST_SIDE:
        raise NotTaken(TOO_SMALL.format(width=width, height=height, least=LEAST_SIDE))
    if is_jpeg and content.count(SCAN) > MOST_SCANS:
        raise NotTaken(BROKEN)
    if not is_jpeg and _or_refused(lambda: getattr(image, "n_frames", 1), BROKEN) > 1:
        raise NotTaken(MOVES)


def _copy(image: Image.Image) -> Copy:
    profile, size = image.info.get("icc_profile"), _fitting(image.size)
    image.draft(None, size)  # a JPEG is decoded at a half or a quarter where that is enough
    image.load()
    upright = image.getexif().get(0x0112, 1)
    reduced = _plain(image).resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    reduced = _upright(_in_srgb(reduced, profile), upright)
    return Copy(as_webp(reduced, QUALITY), *reduced.size)


def _fitting(size: tuple[int, int]) -> tuple[int, int]:
    scale = min(1.0, LONGEST_SIDE / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _plain(image: Image.Image) -> Image.Image:
    """Eight bits a channel; grey, colours or inks, with or without what is seen through."""
    if image.mode.startswith(SIXTEEN_BITS):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if "transparency" in image.info or image.mode in {"LA", "La", "PA", "RGBa"}:
        return image.convert("RGBA")
    return image if image.mode in {"RGB", "RGBA", "CMYK", "L"} else image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    kept = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile:
        try:
            return ImageCms.profileToProfile(image, io.BytesIO(profile), SRGB, outputMode=kept) or image
        except (ImageCms.PyCMSError, OSError, ValueError):
            log.info("a profile of colours could not be read")  # it is shown as if it had none
    return image.convert(kept)


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    exif = image.getexif()
    exif.clear()
    exif[0x0112] = orientation
    return ImageOps.exif_transpose(image)
