"""An article made ready to be read, on its page and in an editor's preview alike; most of it when it is saved."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.safestring import SafeString, mark_safe

from articles import figures
from articles.evidence import ShownClaim, shown_claims
from articles.models import Article, ArticleChange, Reference
from courses.models import Course
from kit import rich_text

NEXT_ONES = 3


@dataclass(frozen=True)
class Reading:
    article: Article
    body: SafeString
    contents: list[rich_text.Heading]
    references: list[Reference]
    claims: list[ShownClaim]
    changes: list[ArticleChange]
    courses: list[Course]
    next_ones: list[Article]


def reading(article: Article) -> Reading:
    references = list(article.references.all())
    courses = _courses(article).only("title", "slug")
    numbers = [reference.number for reference in references]
    rendered = _rendered(article, numbers)
    return Reading(
        article=article,
        body=rendered.html,
        contents=rendered.contents,
        references=references,
        claims=shown_claims(article, references=numbers),
        changes=list(article.changes.all()),
        courses=list(courses),
        next_ones=_next_ones(article),
    )


def _courses(article: Article) -> QuerySet[Course]:
    """Those that an editor chose; of an interview those, too, that the person who answers teaches."""
    if article.interviewee_id is None:
        return article.related_courses.published()
    taught = Q(presenters=article.interviewee_id) | Q(articles=article)
    return Course.objects.published().filter(taught).distinct()


@transaction.atomic
def keep_rendered(article: Article, *, anew: bool = False) -> None:
    """Stores the body as readers get it. Whoever has written a body or its references calls it when both are stored.
    `anew` is for one that shows other pictures than it did.

    What another writer stores meanwhile is not harmed: a body is shown by what was made from it, or made anew.
    """
    stored = Article.objects.only("body", "rendered_from").get(pk=article.pk)
    numbers = list(stored.references.values_list("number", flat=True))
    mark = rich_text.fingerprint(stored.body, references=numbers)
    if anew or stored.rendered_from != mark:
        pictures = figures.pictures_of(stored.body, lock=True)
        rendered = rich_text.render(stored.body, references=numbers, figure=figures.drawn_from(pictures))
        Article.objects.filter(pk=article.pk).update(
            body_html=rendered.html,
            contents=[[heading.anchor, heading.text] for heading in rendered.contents],
            rendered_from=mark,
        )
        figures.note_figures(article, pictures)


def _next_ones(article: Article) -> list[Article]:
    """For the same readers, those first that share most topics, then the newest."""
    others = Article.objects.published().filter(audience=article.audience).exclude(pk=article.pk)
    sharing = others.filter(topics__in=article.topics.all()).annotate(shared=Count("topics"))
    return list(sharing.only("title", "slug", "summary").order_by("-shared", "-published_on", "-pk")[:NEXT_ONES])


def _rendered(article: Article, numbers: list[int]) -> rich_text.Rendered:
    if article.rendered_from != rich_text.fingerprint(article.body, references=numbers):
        drawn = figures.drawn_from(figures.pictures_of(article.body))
        return rich_text.render(article.body, references=numbers, figure=drawn)
    contents = [rich_text.Heading(*heading) for heading in article.contents]
    return rich_text.Rendered(mark_safe(article.body_html), contents)  # noqa: S308  render() made it
