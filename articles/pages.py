"""The list of articles, a page at a time: which there are is known for a while, what is shown of them is read anew."""

from django.core.paginator import Page, Paginator

from articles.models import Article, ArticleQuerySet, GlossaryTerm, Topic, listed_articles
from kit.database.questions import Among, Asked, compiled_once
from kit.pages.kept import constant

PER_PAGE = 7  # a large one and two rows of three


def topics() -> list[Topic]:
    return constant("topics", lambda: list(Topic.objects.all()))


def has_glossary() -> bool:
    return constant("has_glossary", GlossaryTerm.objects.exists)


def page_of(topic: Topic | None, number: object) -> Page:
    """Of all articles, or of those on a topic, newest first; the nearest page there is."""
    page = Paginator(_keys(topic), PER_PAGE).get_page(number)
    page.object_list = _rows(articles=page.object_list)
    return page


def no_page() -> Page:
    return Paginator([], PER_PAGE).get_page(1)


def _keys(topic: Topic | None) -> list[int]:
    found = listed_articles().filter(topics=topic) if topic else listed_articles()
    name = f"articles on {topic.pk}" if topic else "articles"
    return constant(name, lambda: list(found.order_by("-published_on", "-pk").values_list("pk", flat=True)))


@compiled_once
def _rows(articles: list[Asked]) -> ArticleQuerySet:
    return Article.objects.published().filter(Among("pk", articles)).for_lists()
