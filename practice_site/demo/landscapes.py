"""The demo's pictures, drawn in the hand of the covers: two inks that overlap, on one paper."""

import io
import math
import random
from collections.abc import Callable

from PIL import Image, ImageChops, ImageDraw

from kit.texts.cover_art.sheet import MADDER, PAPER_COLOURS, RIVER

WIDTH, HEIGHT = 1500, 1000
TWICE = 2  # drawn so large, and made smaller, so that edges are smooth
STEP = 12
STRAW, GREEN = "#e2c15c", "#2f6b4f"
Draw = Callable[[ImageDraw.ImageDraw], None]


def hills(rng: random.Random) -> Image.Image:
    """Four ranges, one before the other, and a sun."""
    sheet = _paper("straw")
    sheet = _printed(sheet, lambda draw: _round(draw, (1060, 330), 150, MADDER))
    for number, colour in enumerate(("#bcd6d8", "#f0bfa9", "#86b3bb", "#5c98a3")):
        line = _wave(rng, height=430 + number * 140, swing=90 - number * 12, length=rng.uniform(600, 1100))
        sheet = _printed(sheet, lambda draw, line=line, colour=colour: _ground(draw, line, colour))
    return sheet


def river(rng: random.Random) -> Image.Image:
    """Water that comes from far and widens, between two banks."""
    sheet = _paper("river")
    banks = [_wave(rng, height=520, swing=40, length=1300), _wave(rng, height=650, swing=55, length=900)]
    sheet = _printed(sheet, lambda draw: _ground(draw, banks[0], "#f6d9cb"))
    sheet = _printed(sheet, lambda draw: _ground(draw, banks[1], "#f0a68d"))
    bends = [(760 + 150 * math.sin(y / 130), y) for y in range(540, HEIGHT + STEP, STEP)]
    left = [(x - (y - 530) * 0.28, y) for x, y in bends]
    right = [(x + (y - 530) * 0.42, y) for x, y in reversed(bends)]
    ImageDraw.Draw(sheet).polygon(_scaled([*left, *right]), fill=RIVER)
    return sheet


def together(rng: random.Random) -> Image.Image:
    """Two lines that run side by side, part, and meet again."""
    sheet = _paper("paper")
    for colour, side in ((RIVER, -1), (MADDER, 1)):
        line = [(x, 500 + side * _distance(x)) for x in range(-STEP, WIDTH + 2 * STEP, 2)]
        sheet = _printed(sheet, lambda draw, line=line, colour=colour: _line(draw, line, colour))
    return sheet


def door(rng: random.Random) -> Image.Image:
    """A wall with a door at the end of a yard."""
    sheet = _paper("madder")
    sheet = _printed(sheet, lambda draw: draw.rectangle(_scaled([(0, 250), (WIDTH, 780)]), fill="#e9b3a0"))
    draw = ImageDraw.Draw(sheet)
    draw.rectangle(_scaled([(650, 400), (860, 780)]), fill=GREEN)
    _round(draw, (820, 600), 12, STRAW)
    for row in range(5):
        for stone in range(12):
            middle = (stone * 140 + (row % 2) * 70 + rng.uniform(-12, 12), 825 + row * 40)
            _round(draw, middle, 26, rng.choice(("#8fb9bf", "#e7a48c")))
    return sheet


def as_png(image: Image.Image) -> io.BytesIO:
    written = io.BytesIO()
    image.resize((image.width // TWICE, image.height // TWICE), Image.Resampling.LANCZOS).save(
        written, "PNG", compress_level=1
    )
    written.seek(0)
    return written


def _paper(name: str) -> Image.Image:
    return Image.new("RGB", (WIDTH * TWICE, HEIGHT * TWICE), PAPER_COLOURS[name])


def _printed(sheet: Image.Image, draw: Draw) -> Image.Image:
    ink = Image.new("RGB", sheet.size, "white")
    draw(ImageDraw.Draw(ink))
    return ImageChops.multiply(sheet, ink)


def _wave(rng: random.Random, *, height: float, swing: float, length: float) -> list[tuple[float, float]]:
    phase = rng.uniform(0, math.tau)
    return [
        (x, height + swing * math.sin(phase + x / length * math.tau) + swing * 0.4 * math.sin(x / length * 9))
        for x in range(0, WIDTH + STEP, STEP)
    ]


def _distance(x: float) -> float:
    """Of each line from the middle."""
    return 34 + 230 * math.exp(-(((x - WIDTH / 2) / 260) ** 2))


def _ground(draw: ImageDraw.ImageDraw, line: list[tuple[float, float]], colour: str) -> None:
    draw.polygon(_scaled([*line, (WIDTH, HEIGHT), (0, HEIGHT)]), fill=colour)


def _line(draw: ImageDraw.ImageDraw, line: list[tuple[float, float]], colour: str) -> None:
    for point in line:
        _round(draw, point, 27, colour)


def _round(draw: ImageDraw.ImageDraw, middle: tuple[float, float], radius: float, colour: str) -> None:
    x, y = middle
    draw.ellipse(_scaled([(x - radius, y - radius), (x + radius, y + radius)]), fill=colour)


def _scaled(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(x * TWICE, y * TWICE) for x, y in points]
