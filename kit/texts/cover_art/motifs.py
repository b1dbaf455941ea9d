"""Five ways to fill the sheet. Each takes the seeded random source and the paper's colour."""

import math
import random

from kit.texts.cover_art.branching import cloud, draw, grow
from kit.texts.cover_art.sheet import HEIGHT, MADDER, RIVER, WIDTH, Point, spot

RODS_PER_INK = 6
ROD_WIDTHS = (11, 19, 30)
LEAF_PAIRS = 15
STONES = ((212, 196, 158), (400, 178, 146), (306, 372, 92))


def arbors(rng: random.Random, paper: str) -> str:
    """Two trees lean toward each other; a sun sits behind."""
    tilt = rng.uniform(-40, 40)
    sun_x, sun_colour = rng.choice([(215, MADDER), (385, RIVER)])
    parts = [
        f'<circle class="p" cx="{sun_x}" cy="{round(195 - tilt)}" r="{rng.randint(112, 138)}" '
        f'fill="{sun_colour}" opacity=".32"/>'
    ]
    for colour, root, heading, centre in (
        (RIVER, (-14, 300 + tilt), -0.42, (232, 188 - tilt * 0.3)),
        (MADDER, (WIDTH + 14, 300 - tilt), math.pi + 0.42, (368, 188 + tilt * 0.3)),
    ):
        goals = cloud(rng, count=190, centre=centre, radii=(205, 176))
        tree = grow(rng, root=root, heading=heading, goals=goals, step=7, reach=80, kill=13)
        parts.append(draw(tree, colour=colour, trunk=19, dot=5.5))
    return "".join(parts)


def rings(rng: random.Random, paper: str) -> str:
    """Growth rings of two trunks that have grown into one another."""
    gap, middle = rng.randint(92, 122), rng.randint(175, 225)
    parts = []
    for side, colour in ((-1, RIVER), (1, MADDER)):
        centre = (300 + side * gap, middle + side * rng.randint(10, 42))
        phase, lobes = rng.uniform(0, math.tau), rng.choice([2, 3])
        radius, path = 54.0, ""
        while radius < 250:
            path += _round(rng, centre, radius, lobes=lobes, roughness=0.045, phase=phase)
            radius += rng.uniform(21, 40)
        heart = _round(rng, centre, 30, lobes=lobes, roughness=0.07, phase=phase)
        parts.append(
            f'<path class="p" d="{heart}" fill="{colour}"/>'
            f'<path class="p" d="{path}" fill="none" stroke="{colour}" stroke-width="{rng.choice([6, 7, 8])}"/>'
        )
    return "".join(parts)


def weave(rng: random.Random, paper: str) -> str:
    """Withies: long rods drawn past one another, held only by crossing."""
    parts = []
    for colour, base in ((RIVER, 0), (MADDER, math.pi)):
        rods = dict.fromkeys(ROD_WIDTHS, "")
        for row in range(RODS_PER_INK):
            path = _rod(rng, 52 + row * 60, base)
            rods[rng.choice(ROD_WIDTHS)] += path
        paths = "".join(f'<path d="{path}" stroke-width="{width}"/>' for width, path in rods.items() if path)
        parts.append(f'<g class="p" fill="none" stroke="{colour}">{paths}</g>')
    return "".join(parts)


def leaves(rng: random.Random, paper: str) -> str:
    """Two willow boughs, each crossing the whole sheet."""
    parts = []
    for colour, side in ((RIVER, 1), (MADDER, -1)):
        x, y = 300 - side * rng.randint(315, 350), rng.randint(300, 400)
        angle = -math.pi / 2 + side * rng.uniform(1.08, 1.28)
        bend = -side * rng.uniform(0.0, 0.035)
        leafage, bough = "", f"M{x} {y}"
        for _ in range(LEAF_PAIRS):
            x, y = x + math.cos(angle) * 50, y + math.sin(angle) * 50
            angle += bend
            bough += f"L{spot((x, y))}"
            leafage += "".join(_leaf(rng, (x, y), angle, sign) for sign in (-1, 1))
        parts.append(
            f'<g class="p"><path fill="{colour}" d="{leafage}"/>'
            f'<path d="{bough}" fill="none" stroke="{colour}" stroke-width="4"/></g>'
        )
    return "".join(parts)


def pebbles(rng: random.Random, paper: str) -> str:
    """Stones leaning on one another, a paper-coloured tree across them."""
    parts = []
    inks = (RIVER, MADDER, rng.choice([RIVER, MADDER]))
    for (x, y, radius), colour in zip(STONES, inks, strict=True):
        centre = (x + rng.randint(-24, 24), y + rng.randint(-18, 18))
        radius += rng.randint(-12, 12)
        lobes, phase = rng.choice([2, 3]), rng.uniform(0, math.tau)
        stone = _round(rng, centre, radius, lobes=lobes, roughness=0.06, phase=phase)
        parts.append(f'<path class="p" fill="{colour}" d="{stone}"/>')
    x = rng.choice([120, 480])
    goals = cloud(rng, count=120, centre=(306, 190), radii=(190, 130))
    heading = -math.pi / 2 + (0.3 if x < WIDTH / 2 else -0.3)
    tree = grow(rng, root=(x, HEIGHT + 20), heading=heading, goals=goals, step=8, reach=90, kill=15)
    parts.append(draw(tree, colour=paper, trunk=9, finest=1.4, css_class="k"))
    return "".join(parts)


DRAWINGS = {drawing.__name__: drawing for drawing in (arbors, rings, weave, leaves, pebbles)}


def _round(
    rng: random.Random, centre: Point, radius: float, *, lobes: int, roughness: float, phase: float, corners: int = 9
) -> str:
    """Path data of a closed, smooth, slightly irregular round."""
    points = []
    for corner in range(corners):
        angle = corner / corners * math.tau
        own = radius * (1 + roughness * math.sin(lobes * angle + phase) + rng.uniform(-roughness, roughness) * 0.35)
        points.append((centre[0] + math.cos(angle) * own, centre[1] + math.sin(angle) * own))
    path = f"M{spot(points[0])}"
    for corner in range(corners):
        before, here, there, after = (points[(corner + offset) % corners] for offset in (-1, 0, 1, 2))
        leave = (here[0] + (there[0] - before[0]) / 6, here[1] + (there[1] - before[1]) / 6)
        arrive = (there[0] - (after[0] - here[0]) / 6, there[1] - (after[1] - here[1]) / 6)
        path += f"C{spot(leave)} {spot(arrive)} {spot(there)}"
    return path + "z"


def _rod(rng: random.Random, row: float, base: float) -> str:
    """A sine wave across the sheet, as cubic curves a quarter wave long."""
    y, swing = row + rng.uniform(-14, 14), rng.uniform(34, 74)
    length, phase = rng.uniform(430, 620), base + rng.uniform(-0.5, 0.5)
    quarter = length / 4

    def height(x: float) -> float:
        return y + swing * math.sin(phase + x / length * math.tau)

    def slope(x: float) -> float:
        return swing * math.tau / length * math.cos(phase + x / length * math.tau)

    x, path = -30.0, f"M-30 {round(height(-30))}"
    while x < WIDTH + 30:
        end = x + quarter
        leave = (x + quarter / 3, height(x) + slope(x) * quarter / 3)
        arrive = (x + quarter * 2 / 3, height(end) - slope(end) * quarter / 3)
        path += f"C{spot(leave)} {spot(arrive)} {spot((end, height(end)))}"
        x = end
    return path


def _leaf(rng: random.Random, stem: Point, bough: float, sign: int) -> str:
    angle, size = bough + sign * rng.uniform(0.42, 0.68), rng.uniform(112, 150)
    x, y = stem
    tip = (x + math.cos(angle) * size, y + math.sin(angle) * size)
    middle = (x + math.cos(angle) * size * 0.42, y + math.sin(angle) * size * 0.42)
    belly = (-math.sin(angle) * size * 0.17, math.cos(angle) * size * 0.17)
    upper = (middle[0] + belly[0], middle[1] + belly[1])
    lower = (middle[0] - belly[0], middle[1] - belly[1])
    return f"M{spot(stem)}Q{spot(upper)} {spot(tip)}Q{spot(lower)} {spot(stem)}z"
