"""Pictures in the text of an article: `[picture 12]` in a line of its own.

`[picture 12 (two chairs)]` shows two chairs to whoever cannot see it, here alone; `(decoration)` shows them nothing.
"""

from collections.abc import Mapping, Sequence

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from articles.models import Article, Figure
from kit.texts import rich_text
from pictures.models import Picture

DECORATION = "decoration"
Pictures = Mapping[int, Picture]


def pictures_of(body: str, *, lock: bool = False) -> Pictures:
    """Those of the library that it shows, by their numbers; one that is not there is left out.

    Locked, none is deleted to the end of the caller's transaction.
    """
    marked = rich_text.pictures_marked(body)
    rows = Picture.objects.order_by("pk")
    return (rows.select_for_update() if lock else rows).in_bulk(marked) if marked else {}


def missing_pictures(body: str) -> list[int]:
    return sorted(rich_text.pictures_marked(body) - pictures_of(body).keys())


def listed_at_desk(numbers: Sequence[int]) -> SafeString:
    """For the form of a text, where the field itself shows their marks alone."""
    found = Picture.objects.in_bulk(numbers) if numbers else {}
    pictures = [found[number] for number in dict.fromkeys(numbers) if number in found]
    return render_to_string("admin/articles/article/_pictures.html", {"pictures": pictures})


def drawn_from(pictures: Pictures) -> rich_text.Figure:
    def drawn(number: int, here: str, caption: str) -> str:
        if number not in pictures:
            return ""
        picture = pictures[number]
        words = "" if here.lower() == DECORATION else here or picture.alt_shown
        shown = picture.shown._replace(alt_shown=words)
        context = {"picture": shown, "caption": caption or picture.caption, "credit": picture.credit_line}
        return render_to_string("pictures/_figure.html", context).strip()

    return drawn


def note_figures(article: Article, pictures: Pictures) -> None:
    """Which ones the kept text shows, and as of which change of each."""
    article.figures.exclude(picture__in=pictures).delete()
    Figure.objects.bulk_create(
        [Figure(article=article, picture=each, as_of=each.changed_at) for each in pictures.values()],
        update_conflicts=True,
        unique_fields=["article", "picture"],
        update_fields=["as_of"],
    )
