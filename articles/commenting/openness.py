"""Whether an article takes comments, and until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from articles.models import Article
from practice import clock, shown
from practice.models import Page, Practice

GUIDELINES = "community-guidelines"  # a page of the practice itself; without one nobody can agree to it


@dataclass(frozen=True)
class Openness:
    """`was_open`: it took comments once, so its page says that they are closed."""

    is_open: bool
    was_open: bool
    last_day: date | None = None
    guidelines: Page | None = None


def openness(article: Article) -> Openness:
    """As the rows say now: for whoever sends something."""
    return _openness(article, Practice.current(), Page.objects.of_its_own())


def shown_openness(article: Article) -> Openness:
    """For the page of the article, which is kept."""
    return _openness(article, shown.practice(), shown.own_pages())


def _openness(article: Article, practice: Practice, pages: Iterable[Page]) -> Openness:
    guidelines = next((page for page in pages if page.kind == GUIDELINES), None)
    may = guidelines and article.takes_comments and practice.comments_days and article.is_published
    if not may or article.published_on is None:
        return Openness(is_open=False, was_open=False, guidelines=guidelines)
    last_day = article.published_on + timedelta(days=practice.comments_days - 1)
    is_over = clock.today() > last_day
    return Openness(is_open=not is_over, was_open=is_over, last_day=last_day, guidelines=guidelines)
