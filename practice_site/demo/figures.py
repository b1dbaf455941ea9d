"""What the demo's articles count or compare, drawn: dots, bars and steps in two inks."""

import random

from PIL import Image, ImageDraw

from kit.texts.cover_art.sheet import MADDER, PAPER_COLOURS, RIVER

WIDTH, HEIGHT = 900, 600
TWICE = 2  # drawn so large, and made smaller, so that edges are smooth
PALE = "#b3c4c2"
Point = tuple[float, float]


def eight_in_a_hundred(rng: random.Random) -> Image.Image:
    sheet, draw = _sheet("paper")
    for number in range(100):
        middle = 100 + (number % 20) * 36.8, 120 + (number // 20) * 90
        _dot(draw, middle, 14, MADDER if number < 8 else PALE)
    return sheet


def three_times_twelve(rng: random.Random) -> Image.Image:
    sheet, draw = _sheet("river")
    for group, colour in enumerate((MADDER, PALE, PALE)):
        for number in range(12):
            _dot(draw, (150 + group * 240 + (number % 4) * 44, 220 + (number // 4) * 70), 17, colour)
    return sheet


def sixteen_and_a_hundred_and_ten(rng: random.Random) -> Image.Image:
    sheet, draw = _sheet("madder")
    for number in range(16):
        _dot(draw, (90 + (number % 4) * 40, 230 + (number // 4) * 40), 13, MADDER)
    for number in range(110):
        _dot(draw, (330 + (number % 14) * 36, 165 + (number // 14) * 38), 12, RIVER)
    return sheet


def three_corners(rng: random.Random) -> Image.Image:
    sheet, draw = _sheet("paper")
    corners = [(450, 130), (230, 460), (670, 460)]
    draw.line(_large([*corners, corners[0]]), fill=PALE, width=10 * TWICE, joint="curve")
    for middle, colour in zip(corners, (MADDER, RIVER, "#e2c15c"), strict=True):
        _dot(draw, middle, 74, colour)
    return sheet


def old_links_and_new(rng: random.Random) -> Image.Image:
    sheet, draw = _sheet("river")
    cells = [(120 + column * 165, 130 + row * 115) for column in range(5) for row in range(4)]
    for cell in cells:
        for other in rng.sample(cells, 3):
            is_used = rng.random() < 0.3
            draw.line(_large([cell, other]), fill=MADDER if is_used else PALE, width=(7 if is_used else 2) * TWICE)
    for cell in cells:
        _dot(draw, cell, 18, RIVER)
    return sheet


def a_ladder_with_a_gap(rng: random.Random) -> Image.Image:
    sheet, draw = _sheet("straw")
    for side in (340, 560):
        draw.line(_large([(side, 60), (side, 540)]), fill=RIVER, width=12 * TWICE)
    for number, height in enumerate((130, 230, 330, 430)):
        if number != 1:
            draw.line(_large([(340, height), (560, height)]), fill=RIVER, width=12 * TWICE)
    draw.line(_large([(372, 208), (528, 252)]), fill=MADDER, width=12 * TWICE)
    return sheet


def _sheet(paper: str) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    sheet = Image.new("RGB", (WIDTH * TWICE, HEIGHT * TWICE), PAPER_COLOURS[paper])
    return sheet, ImageDraw.Draw(sheet)


def _dot(draw: ImageDraw.ImageDraw, middle: Point, radius: float, colour: str) -> None:
    (x, y), r = middle, radius
    draw.ellipse(_large([(x - r, y - r), (x + r, y + r)]), fill=colour)


def _large(points: list[Point]) -> list[Point]:
    return [(x * TWICE, y * TWICE) for x, y in points]
