"""Cover pictures drawn from a slug: the same slug always gives the same picture.

Everything is printed in two inks on one paper: river (the person who comes for help) and madder (the person
who meets them). The inks multiply, so wherever two shapes cross a third, darker colour appears.
"""

import hashlib
import random

from kit.texts.cover_art.motifs import DRAWINGS
from kit.texts.cover_art.sheet import HEIGHT, PAPER_COLOURS, WIDTH

MOTIFS = [
    ("arbors", "Two trees"),
    ("rings", "Growth rings"),
    ("weave", "Woven rods"),
    ("leaves", "Willow leaves"),
    ("pebbles", "Stones"),
]
PAPERS = [("paper", "White paper"), ("river", "Blue paper"), ("madder", "Pink paper"), ("straw", "Straw paper")]


def cover(slug: str, motif: str = "", paper: str = "") -> str:
    """A standalone SVG of 2-7 KB; what is left empty is chosen by the slug. Drawing trees can take half a second."""
    rng = _seeded(slug)
    own_motif, own_paper = _own(rng)
    colour = PAPER_COLOURS[paper or own_paper]
    body = DRAWINGS[motif or own_motif](rng, colour)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f"<style>.p{{mix-blend-mode:multiply}}</style>"
        f'<path fill="{colour}" d="M0 0h{WIDTH}v{HEIGHT}H0z"/>{body}</svg>'
    )


def paper_of(slug: str, paper: str = "") -> str:
    """Of which its cover is."""
    return paper or _own(_seeded(slug))[1]


def _own(rng: random.Random) -> tuple[str, str]:
    """Both draws are made even when one is not used, so that one choice never changes the other."""
    return rng.choice(sorted(DRAWINGS)), rng.choice(sorted(PAPER_COLOURS))


def _seeded(slug: str) -> random.Random:
    seed = int.from_bytes(hashlib.sha256(slug.encode()).digest()[:8], "big")
    return random.Random(seed)  # noqa: S311 - a picture, not a secret
