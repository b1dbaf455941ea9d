"""An article as a row of a list, in HTML; rows that show the same words are rendered once."""

from datetime import date
from typing import NamedTuple

from django.utils.safestring import SafeString

from articles.models import Article
from kit.pages.same_parts import rendered, values_of
from pictures.models import ShownPicture


class Row(NamedTuple):
    """Everything that the template shows, in values that can be compared; nothing of it depends on anything else."""

    title: str
    get_absolute_url: str
    summary: str
    author_name: str
    minutes: int
    is_interview: bool
    published_on: date | None
    cover_url: str
    picture: ShownPicture | None


def card_html(article: Article, *, is_lead: bool = False, level: int = 3) -> SafeString:
    picture = article.picture.shown if article.picture else None
    row = values_of(Row, article, author_name=article.author.name, picture=picture)
    return rendered("components/article_card.html", article=row, is_lead=is_lead, level=level)
