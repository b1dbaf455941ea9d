"""An article made ready to be read, on its page and in an editor's preview alike; most of it when it is saved."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.safestring import SafeString, mark_safe

from articles import figures, glossary
from articles.evidence import ShownClaim, shown_claims
from articles.models import Article, ArticleChange, ArticleQuerySet, Claim, Reference, Topic
from courses.models import Course
from kit import rich_text
from kit.questions import Among, Asked, compiled_once, give
from kit.same_parts import rendered, values_of
from practice.models import Person

NEXT_ONES = 3
KNOWN = {"claims": "has_claims", "changes": "has_changes", "related_courses": "has_courses"}  # by knowing_of_more


class Source(NamedTuple):
    """A reference, in plain values."""

    number: int
    authors: str
    year: int
    title: str
    source: str
    doi: str
    doi_url: str


class Byline(NamedTuple):
    """Everything that the template shows, in plain values; people by their names."""

    interviewee: str
    author: str
    role: str
    reviewer: str
    published_on: date | None
    reviewed_on: date | None
    next_review_on: date | None
    minutes: int


@dataclass(frozen=True)
class Reading:
    article: Article
    body: SafeString
    contents: list[rich_text.Heading]
    topics: list[Topic]
    references: SafeString
    claims: list[ShownClaim]
    changes: list[ArticleChange]
    courses: list[Course]
    next_ones: list[Article]

    @property
    def byline(self) -> SafeString:
        """Who stands for it, and when."""
        who = self.article.author
        people = {name: _named(getattr(self.article, name)) for name in ("interviewee", "reviewer")}
        line = values_of(Byline, self.article, author=who.name, role=who.credentials or who.role, **people)
        return rendered("articles/_byline.html", byline=line)

    @property
    def evidence(self) -> SafeString:
        """How well its claims stand."""
        dated = {name: getattr(self.article, name) for name in ("reviewed_on", "would_change")}
        return rendered("articles/_claims.html", claims=tuple(self.claims), **dated)

    @property
    def evidence_beside(self) -> SafeString:
        """The same in short, where there is room beside the text."""
        return rendered("articles/_beside.html", claims=tuple(self.claims))


def reading(article: Article) -> Reading:
    """What an article is known not to have (`knowing_of_more`), is not asked for."""
    references, topics = _held(article, "references", _references), _held(article, "topics", _topics)
    numbers, shared = [reference.number for reference in references], [topic.pk for topic in topics]
    made = _made(article, numbers)
    give(article, "claims", _held(article, "claims", _claims))
    return Reading(
        article=article,
        body=made.html,
        contents=made.contents,
        topics=topics,
        references=_sources(references),
        claims=shown_claims(article, references=numbers),
        changes=_held(article, "changes", _changes),
        courses=_courses_of(article),
        next_ones=_next_ones(article=article.pk, audience=article.audience, topics=shared),
    )


def _named(person: Person | None) -> str:
    return person.name_and_role if person else ""


def _courses_of(article: Article) -> list[Course]:
    """Those that an editor chose; of an interview those, too, that the person who answers teaches."""
    if article.interviewee_id is None:
        chosen = _held(article, "related_courses", _courses)
        return [each for each in chosen if "is_published" in each.get_deferred_fields() or each.is_published]
    return _courses_of_interview(article=article.pk, person=article.interviewee_id)


def _held(article: Article, name: str, ask: Callable[..., list]) -> list:
    """What a working copy that is laid over the article brings with it; else what is stored, if there can be any."""
    held = article.__dict__.get("_prefetched_objects_cache", {})
    if name in held:
        return list(held[name])
    return ask(article=article.pk) if getattr(article, KNOWN.get(name, ""), True) else []


def cover_within(article: Article) -> str:
    """The cover as an address that holds it: the one of a page that is not there yet is 404."""
    return f"data:image/svg+xml;base64,{b64encode(article.cover.encode()).decode()}"


def keep_rendered(article: Article, *, anew: bool = False) -> None:
    """Stores the body as readers get it. Whoever has written a body or its references calls it when both are stored.
    `anew` is for one that shows other pictures than it did.

    What another writer stores meanwhile is not harmed: a body is shown by what was made from it, or made anew.
    """
    stored = Article.objects.only("body", "rendered_from").get(pk=article.pk)
    numbers = list(stored.references.values_list("number", flat=True))
    meanings = glossary.meanings_in(stored.body)
    mark = rich_text.fingerprint(stored.body, references=numbers, meanings=meanings)
    if anew or stored.rendered_from != mark:
        _store(article, stored.body, numbers, meanings, mark)


@transaction.atomic
def _store(article: Article, body: str, numbers: list[int], meanings: Mapping[str, str], mark: str) -> None:
    pictures = figures.pictures_of(body, lock=True)
    made = rich_text.render(body, references=numbers, figure=figures.drawn_from(pictures), meanings=meanings)
    Article.objects.filter(pk=article.pk).update(
        body_html=made.html,
        contents=[[heading.anchor, heading.text] for heading in made.contents],
        rendered_from=mark,
    )
    figures.note_figures(article, pictures)


@compiled_once
def _references(article: Asked) -> QuerySet[Reference]:
    return Reference.objects.filter(article=article)


@compiled_once
def _topics(article: Asked) -> QuerySet[Topic]:
    return Topic.objects.filter(articles=article)


@compiled_once
def _courses(article: Asked) -> QuerySet[Course]:
    return Course.objects.published().filter(articles=article).only("title", "slug")


@compiled_once
def _courses_of_interview(article: Asked, person: Asked) -> QuerySet[Course]:
    taught = Q(presenters=person) | Q(articles=article)
    return Course.objects.published().filter(taught).distinct().only("title", "slug")


@compiled_once
def _claims(article: Asked) -> QuerySet[Claim]:
    return Claim.objects.filter(article=article)


@compiled_once
def _changes(article: Asked) -> QuerySet[ArticleChange]:
    return ArticleChange.objects.filter(article=article)


@compiled_once
def _next_ones(article: Asked, audience: Asked, topics: list[Asked]) -> ArticleQuerySet:
    """For the same readers, those first that share most of the topics, then the newest."""
    others = Article.objects.published().filter(audience=audience).exclude(pk=article)
    sharing = others.filter(Among("topics", topics)).annotate(shared=Count("topics"))
    return sharing.only("title", "slug", "summary").order_by("-shared", "-published_on", "-pk")[:NEXT_ONES]


def _sources(references: list[Reference]) -> SafeString:
    """What is cited, with its heading; nothing where nothing is."""
    lines = tuple(values_of(Source, each) for each in references)
    return rendered("articles/_references.html", references=lines) if lines else mark_safe("")


def _made(article: Article, numbers: list[int]) -> rich_text.Rendered:
    meanings = glossary.meanings_in(article.body)
    if article.rendered_from != rich_text.fingerprint(article.body, references=numbers, meanings=meanings):
        drawn = figures.drawn_from(figures.pictures_of(article.body))
        return rich_text.render(article.body, references=numbers, figure=drawn, meanings=meanings)
    contents = [rich_text.Heading(*heading) for heading in article.contents]
    return rich_text.Rendered(mark_safe(article.body_html), contents)  # noqa: S308  render() made it
