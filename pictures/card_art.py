"""What is shown where a page is shared: its title on the paper of its cover, with two inks that overlap."""

import io
import random
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from PIL import Image, ImageChops, ImageDraw, ImageFont

from kit.texts.cover_art.sheet import MADDER, PAPER_COLOURS, RIVER
from pictures.models import CARD_HEIGHT, CARD_WIDTH

INK, QUIET = "#1b2b26", "#4b5954"
FONTS = settings.BASE_DIR / "static/fonts"
SERIF = ("brygada-1918-latin-wght-normal.woff2", "brygada-1918-latin-ext-wght-normal.woff2")
SANS = ("instrument-sans-latin-wght-normal.woff2", "instrument-sans-latin-ext-wght-normal.woff2")
MARGIN, TEXT_WIDTH, MOST_LINES = 72, 660, 5
TITLE_SIZES = (76, 68, 60, 52, 46)
LEADING = 1.12
BOLD, PLAIN = 600, 500
NO_LETTER = "\uffff"
TWICE = 2  # shapes are drawn so large, and made smaller, so that their edges are smooth


class NoLetters(Exception):
    """The fonts that ship have no shape for some letter of these words."""


@dataclass(frozen=True)
class Face:
    """A font in one size, of several files; each letter comes from the first that has it."""

    files: tuple[ImageFont.FreeTypeFont, ...]

    def length(self, words: str) -> float:
        return sum(font.getlength(part) for font, part in self.parts(words))

    def parts(self, words: str) -> Iterator[tuple[ImageFont.FreeTypeFont, str]]:
        """Neighbours of one file together. Raises NoLetters."""
        found: list[tuple[ImageFont.FreeTypeFont, str]] = []
        for letter in words:
            font = self._font_of(letter)
            if found and found[-1][0] is font:
                found[-1] = font, found[-1][1] + letter
            else:
                found.append((font, letter))
        yield from found

    def _font_of(self, letter: str) -> ImageFont.FreeTypeFont:
        for font in self.files:
            if letter == " " or has_letter(font, letter):
                return font
        raise NoLetters


def draw_card(*, title: str, name: str, paper: str, seed: str) -> bytes:
    """A PNG. For a title in letters that no font here has stands the name of the practice."""
    sheet = _sheet(PAPER_COLOURS[paper], seed)
    draw = ImageDraw.Draw(sheet)
    if not _write_title(draw, title):
        _write_title(draw, name)
    _write_name(draw, name)
    written = io.BytesIO()
    sheet.quantize(128, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
    return written.getvalue()


def has_letter(font: ImageFont.FreeTypeFont, letter: str) -> bool:
    """Whether it is drawn otherwise than what no font has."""
    return bytes(font.getmask(letter)) != bytes(font.getmask(NO_LETTER))


def wrapped(face: Face, words: Iterable[str]) -> list[str]:
    lines = [""]
    for word in words:
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and face.length(longer) > TEXT_WIDTH:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _fitting(title: str) -> tuple[Face, list[str]]:
    """In the largest size in which all of it fits; in the smallest what does not is cut off with an ellipsis."""
    for size in TITLE_SIZES:
        face = _face(SERIF, size, BOLD)
        lines = wrapped(face, title.split())
        if len(lines) <= MOST_LINES and all(face.length(line) <= TEXT_WIDTH for line in lines):
            return face, lines
    return face, [_cut(face, line) for line in [*lines[: MOST_LINES - 1], " ".join(lines[MOST_LINES - 1 :])] if line]


def _cut(face: Face, line: str) -> str:
    if face.length(line) <= TEXT_WIDTH:
        return line
    while line and face.length(f"{line}…") > TEXT_WIDTH:
        line = line[:-1]
    return f"{line.rstrip()}…"


def _write_title(draw: ImageDraw.ImageDraw, title: str) -> bool:
    try:
        face, lines = _fitting(title)
    except NoLetters:
        return False
    height = face.files[0].size * LEADING
    top = (CARD_HEIGHT - 70 - height * len(lines)) / 2
    for number, line in enumerate(lines):
        _write(draw, face, line, (MARGIN, top + number * height), INK)
    return True


def _write_name(draw: ImageDraw.ImageDraw, name: str) -> None:
    face = _face(SANS, 30, PLAIN)
    with suppress(NoLetters):  # the page that is shared says who it is
        _write(draw, face, _cut(face, name), (MARGIN, CARD_HEIGHT - 92), QUIET)


def _write(draw: ImageDraw.ImageDraw, face: Face, words: str, at: tuple[float, float], colour: str) -> None:
    x, y = at
    for font, part in list(face.parts(words)):
        draw.text((x, y + font.size), part, font=font, fill=colour, anchor="ls")
        x += font.getlength(part)


def _sheet(paper: str, seed: str) -> Image.Image:
    """Two rounds of ink on the right, where the words are not; which ones, the seed says."""
    rng = random.Random(zlib.crc32(seed.encode()))  # noqa: S311  a picture, not a secret
    large = (CARD_WIDTH * TWICE, CARD_HEIGHT * TWICE)
    sheet = Image.new("RGB", large, paper)
    for colour, y in zip(
        rng.sample((RIVER, MADDER), 2), (rng.uniform(0.18, 0.34), rng.uniform(0.62, 0.8)), strict=True
    ):
        ink = Image.new("RGB", large, "white")
        x, radius = large[0] * rng.uniform(0.82, 0.92), large[1] * rng.uniform(0.3, 0.4)
        _rings(ImageDraw.Draw(ink), (x, large[1] * y), radius, colour)
        sheet = ImageChops.multiply(sheet, ink)
    return sheet.resize((CARD_WIDTH, CARD_HEIGHT), Image.Resampling.LANCZOS)


def _rings(draw: ImageDraw.ImageDraw, centre: tuple[float, float], radius: float, colour: str) -> None:
    x, y = centre
    for part in (1.0, 0.82, 0.64):
        own = radius * part
        draw.ellipse((x - own, y - own, x + own, y + own), outline=colour, width=16)
    own = radius * 0.46
    draw.ellipse((x - own, y - own, x + own, y + own), fill=colour)


@cache
def _face(names: tuple[str, ...], size: int, weight: int) -> Face:
    return Face(tuple(_font(name, size, weight) for name in names))


def _font(name: str, size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(FONTS / name, size)
    font.set_variation_by_axes([weight, *(axis["default"] for axis in font.get_variation_axes()[1:])])
    return font
