"""The demo's library, and where its pictures are shown."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from articles.models import Article
from articles.reading import keep_rendered
from courses.models import Course
from pictures.library import put_file
from pictures.models import Picture
from pictures.uploads import read_picture
from practice.models import Location
from practice_site.demo import figures, landscapes


@dataclass(frozen=True)
class DrawnPicture:
    title: str
    alt: str
    draw: Callable[[random.Random], Image.Image]
    caption: str = ""
    focus: tuple[int, int] = (50, 50)


HILLS = DrawnPicture(
    "Hills at evening", "Hills, one range before the other, under a red sun.", landscapes.hills, "", (70, 40)
)
RIVER = DrawnPicture("River", "A river comes from far and widens between its banks.", landscapes.river, "", (50, 70))
DOOR = DrawnPicture(
    "Osier Yard",
    "A green door in a long wall, behind a cobbled yard.",
    landscapes.door,
    "The green door at the end of the yard.",
)
TOGETHER = DrawnPicture(
    "Apart and together",
    "Two lines run side by side, part, and meet again.",
    landscapes.together,
    "Side by side, apart, and together again: what repair looks like from far away.",
)
LED_BY = {"minds-are-made-between-people": RIVER}
TAUGHT_WITH = {"internal-family-systems-introduction": HILLS}
PLACES = {"London, Osier Yard": DOOR}
EIGHT = DrawnPicture(
    "Eight in a hundred",
    "A hundred dots, eight of them red.",
    figures.eight_in_a_hundred,
    "How people fare differs. Eight parts in a hundred of that go along with the alliance.",
)
TWELVE = DrawnPicture(
    "Three groups of twelve",
    "Three groups of twelve dots. Those of the first are red.",
    figures.three_times_twelve,
    "Thirty-six men. Only the first twelve showed more of the marks.",
)
HANDS = DrawnPicture(
    "Sixteen, and a hundred and ten",
    "Sixteen red dots, and beside them a hundred and ten blue ones.",
    figures.sixteen_and_a_hundred_and_ten,
    "The first study and the second, a dot for each person.",
)
CORNERS = DrawnPicture(
    "Three corners",
    "Three discs, each joined to the two others.",
    figures.three_corners,
    "Mind, brain and relationships: none is the cause of the other two.",
)
LINKS = DrawnPicture(
    "Links",
    "Rows of dots with thin lines between them. Some lines are thick and red.",
    figures.old_links_and_new,
    "The same cells, other links: what is used grows strong, and the rest grows thin.",
)
LADDER = DrawnPicture(
    "A ladder",
    "A ladder. One of its rungs hangs loose.",
    figures.a_ladder_with_a_gap,
    "A drawing may be of use, and a rung of it may not hold.",
)
WITHIN = {
    "rupture-and-repair": TOGETHER,
    "does-it-matter-who-your-therapist-is": EIGHT,
    "did-what-happened-change-my-genes": TWELVE,
    "why-company-calms": HANDS,
    "minds-are-made-between-people": CORNERS,
    "can-adult-brains-grow-new-cells": LINKS,
    "polyvagal-ideas-what-is-contested": LADDER,
}


def load_pictures() -> None:
    for model, column, pictures in (
        (Article, "slug", LED_BY),
        (Course, "slug", TAUGHT_WITH),
        (Location, "name", PLACES),
    ):
        for key, drawn in pictures.items():
            rows = model.objects.filter(**{column: key, "picture": None})
            if rows.exists():
                rows.update(picture=_in_library(drawn))
    for slug, drawn in WITHIN.items():
        for article in Article.objects.filter(slug=slug, figures=None):
            _show_within(article, _in_library(drawn))


def _in_library(drawn: DrawnPicture) -> Picture:
    found = Picture.objects.filter(title=drawn.title).first()
    if found:
        return found
    picture = Picture(title=drawn.title, alt=drawn.alt, caption=drawn.caption, credit="")
    picture.focus_x, picture.focus_y = drawn.focus
    put_file(picture, read_picture(landscapes.as_png(drawn.draw(random.Random(7)))))  # noqa: S311  a picture, not a secret
    picture.save()
    return picture


def _show_within(article: Article, picture: Picture) -> None:
    """Before its second heading, where the text comes to speak of it."""
    first, heading, rest = article.body.partition("<h2>")
    part, next_heading, end = rest.partition("<h2>")
    body = f"{first}{heading}{part}<p>{picture.mark}</p>{next_heading}{end}"
    Article.objects.filter(pk=article.pk).update(body=body)
    keep_rendered(article)
