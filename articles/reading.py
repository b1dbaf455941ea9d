"""An article made ready to be read: on its page and in an editor's preview alike."""

from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.safestring import SafeString

from articles.models import Article, ArticleQuerySet, Reference
from courses.models import Course
from kit import rich_text


@dataclass(frozen=True)
class Reading:
    article: Article
    body: SafeString
    contents: list[rich_text.Heading]
    references: list[Reference]
    courses: list[Course]


def with_all_that_is_read(articles: ArticleQuerySet) -> ArticleQuerySet:
    """In a fixed number of queries."""
    courses = Course.objects.published().defer("cover", "body")
    return articles.select_related("author", "reviewer").prefetch_related(
        "references", "topics", Prefetch("related_courses", courses)
    )


def reading(article: Article) -> Reading:
    references = list(article.references.all())
    rendered = rich_text.render(article.body, references=[reference.number for reference in references])
    return Reading(article, rendered.html, rendered.contents, references, list(article.related_courses.all()))
