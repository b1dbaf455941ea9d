"""An article made ready to be read, on its page and in an editor's preview alike; most of it when it is saved."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet
from django.utils.safestring import SafeString, mark_safe

from articles import figures, glossary
from articles.evidence import ShownClaim, shown_claims
from articles.models import Article, ArticleChange, ArticleQuerySet, Claim, Reference, Topic
from courses.models import Course
from kit.database.brought import Brought, rows_of
from kit.database.questions import Asked, compiled_once
from kit.desk.cited_works import COLUMNS, Source, references_html, sources_of
from kit.pages.paths import path_to
from kit.pages.same_parts import MOST, rendered, values_of
from kit.texts import rich_text
from practice import shown
from practice.models import Person
from practice.own_links import of_today

NEXT_ONES = 3
SHOWN_OF_NEXT = ("title", "slug", "summary")
METHODS = "how-we-make-our-articles"  # a page of the practice itself
TOLD = ("references", "claims", "changes")  # its relations that are shown in plain values
OF_WHAT_WE_SELL = ('href="/workshops/', 'href="/courses/', 'href="/series/')


class Link(NamedTuple):
    """To a page, in a few words; of an article with what it is about."""

    get_absolute_url: str
    title: str
    summary: str = ""


class Changed(NamedTuple):
    """What readers are told of."""

    changed_on: date
    words: str


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


class Told(NamedTuple):
    """What is told beside the text."""

    sources: tuple[Source, ...]
    claims: tuple[ShownClaim, ...]
    changes: tuple[Changed, ...]


@dataclass(frozen=True)
class Reading:
    article: Article
    body: SafeString
    contents: list[rich_text.Heading]
    topics: list[Topic]
    told: Told
    courses: list[Course]
    next_ones: list[Article]

    @property
    def byline(self) -> SafeString:
        """Who stands for it, and when."""
        who = self.article.author
        people = {name: _named(getattr(self.article, name)) for name in ("interviewee", "reviewer")}
        line = values_of(Byline, self.article, author=who.name, role=who.shown_credentials or who.role, **people)
        return rendered("articles/_byline.html", byline=line)

    @property
    def beside_contents(self) -> SafeString:
        """Where what stands on the page."""
        more = {"has_claims": bool(self.told.claims), "has_references": bool(self.told.sources)}
        return rendered("articles/_contents.html", contents=tuple(self.contents), **more)

    @property
    def brief(self) -> SafeString:
        """The three points at the top."""
        return rendered("articles/_brief.html", lines=tuple(self.article.brief_lines))

    @property
    def references(self) -> SafeString:
        """What is cited, with its heading; nothing where nothing is."""
        return references_html(self.told.sources)

    @property
    def evidence(self) -> SafeString:
        """How well its claims stand."""
        dated = {name: getattr(self.article, name) for name in ("reviewed_on", "would_change")}
        return rendered("articles/_claims.html", claims=self.told.claims, **dated)

    @property
    def evidence_beside(self) -> SafeString:
        """The same in short, where there is room beside the text."""
        return rendered("articles/_beside.html", claims=self.told.claims)

    @property
    def about(self) -> SafeString:
        """What it says of itself."""
        return self._about(report_url=path_to("articles:report", self.article.slug))

    @property
    def about_in_preview(self) -> SafeString:
        """Nobody can report an error of what is not there."""
        return self._about(report_url="")

    def _about(self, *, report_url: str) -> SafeString:
        article, methods = self.article, [page for page in shown.own_pages() if page.kind == METHODS]
        return rendered(
            "articles/_about.html",
            was_due_on=article.next_review_on if article.is_review_due() else None,
            interests=article.interests,
            seller=shown.practice().name if self.names_what_we_sell else "",
            changes=self.told.changes,
            methods=tuple(values_of(Link, page, summary="") for page in methods),
            report_url=report_url,
            url=settings.SITE_URL + article.get_absolute_url() if report_url else "",
        )

    @property
    def names_what_we_sell(self) -> bool:
        """Beside its text, or by a link within it."""
        is_linked = shown.practice().has_workshops and any(link in self.body for link in OF_WHAT_WE_SELL)
        return bool(self.courses) or is_linked

    @property
    def more_on(self) -> SafeString:
        """Its topics, each with where it leads."""
        topics = tuple(values_of(Link, each, title=each.name, summary="") for each in self.topics)
        return rendered("articles/_topics.html", topics=topics)

    @property
    def read_next(self) -> SafeString:
        return rendered("articles/_next.html", articles=tuple(values_of(Link, each) for each in self.next_ones))


def with_parts(articles: ArticleQuerySet) -> ArticleQuerySet:
    """With all that their pages show of other tables."""
    return articles.annotate(**{f"its_{name}": rows for name, rows in _brought().items()})


def reading(article: Article) -> Reading:
    """What does not come with the article (`with_parts`) is asked for."""
    told, topics = _told(article), _rows(article, "topics")
    made = _made(article, [source.number for source in told.sources])
    return Reading(
        article=article,
        body=made.html,
        contents=made.contents,
        topics=topics,
        told=told,
        courses=_courses_of(article),
        next_ones=_next_ones(article, topics),
    )


@cache
def _brought() -> dict[str, Brought]:
    """What the page of an article shows of other tables, by the name of its relation."""
    one: dict[str, Any] = {"article": OuterRef("pk")}
    among: dict[str, Any] = {"articles": OuterRef("pk")}
    sources = Reference.objects.filter(**one)
    its_topics = Topic.objects.filter(articles=OuterRef(OuterRef("pk"))).order_by().values("pk")
    return {
        "references": Brought(sources, *COLUMNS),
        "topics": Brought(Topic.objects.filter(**among), "id", "name", "slug"),
        "claims": Brought(Claim.objects.filter(**one), "number", "sentence", "strength", "basis"),
        "changes": Brought(ArticleChange.objects.filter(**one), "changed_on", "words"),
        "related_courses": Brought(Course.objects.filter(**among), "id", "title", "slug", "is_published"),
        "next_ones": Brought(_sharing(OuterRef("pk"), OuterRef("audience"), its_topics), *SHOWN_OF_NEXT),
    }


def _named(person: Person | None) -> str:
    return person.name_and_role if person else ""


def _told(article: Article) -> Told:
    if all(f"its_{name}" in article.__dict__ for name in TOLD):
        return _told_in(*(article.__dict__[f"its_{name}"] for name in TOLD))
    return _told_of(*(_rows(article, name) for name in TOLD))


@lru_cache(maxsize=MOST)
def _told_in(*brought: str | None) -> Told:
    """The same texts tell the same."""
    return _told_of(*(rows_of(_brought()[name], found) for name, found in zip(TOLD, brought, strict=True)))


def _told_of(references: list[Reference], claims: list[Claim], changes: list[ArticleChange]) -> Told:
    sources = sources_of(references)
    return Told(
        sources=sources,
        claims=shown_claims(claims, references=[source.number for source in sources]),
        changes=tuple(values_of(Changed, each) for each in changes),
    )


def _rows(article: Article, name: str) -> list:
    """As they come with it, as a working copy lays them over it, or as they are stored."""
    brought = f"its_{name}"
    if brought in article.__dict__:
        return rows_of(_brought()[name], article.__dict__[brought])
    return list(getattr(article, name).all())


def _courses_of(article: Article) -> list[Course]:
    """Those that an editor chose; of an interview those, too, that the person who answers teaches. None where none are
    taught.
    """
    if not shown.practice().has_workshops:
        return []
    if article.interviewee_id is None:
        return [course for course in _rows(article, "related_courses") if course.is_published]
    return _courses_of_interview(article=article.pk, person=article.interviewee_id)


def cover_within(article: Article) -> str:
    """The cover as an address that holds it: the one of a page that is not there yet is 404."""
    return f"data:image/svg+xml;base64,{b64encode(article.cover.encode()).decode()}"


def keep_rendered(article: Article, *, anew: bool = False) -> None:
    """Stores the body as readers get it. Whoever has written a body or its references calls it when both are stored.
    `anew` is for one that shows other pictures than it did.

    Links to our own pages are written by their addresses of today. What another writer stores meanwhile is not harmed:
    a body is shown by what was made from it, or made anew.
    """
    stored = Article.objects.only("body", "rendered_from").get(pk=article.pk)
    numbers = list(stored.references.values_list("number", flat=True))
    body, meanings = of_today(stored.body), glossary.meanings_in(stored.body)
    mark = rich_text.fingerprint(body, references=numbers, meanings=meanings)
    if anew or stored.rendered_from != mark:
        _store(article, body, numbers, meanings, mark)


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
def _courses_of_interview(article: Asked, person: Asked) -> QuerySet[Course]:
    taught = Q(presenters=person) | Q(articles=article)
    return Course.objects.published().filter(taught).distinct().only("title", "slug")


def _next_ones(article: Article, topics: list[Topic]) -> list[Article]:
    if "its_next_ones" in article.__dict__:
        return _rows(article, "next_ones")
    found = _sharing(article.pk, article.audience, [topic.pk for topic in topics])
    return [Article(**{name: row[name] for name in SHOWN_OF_NEXT}) for row in found]


def _sharing(article: Any, audience: Any, topics: Any) -> QuerySet[Article, dict[str, Any]]:
    """For the same readers, those first that share most of the topics, then the newest.

    Grouped by what is shown, because SQLite groups by every column of a row, with its body.
    """
    others = Article.objects.published().filter(audience=audience).exclude(pk=article)
    sharing = others.filter(topics__in=topics).values(*SHOWN_OF_NEXT).annotate(shared=Count("topics"))
    return sharing.order_by("-shared", "-published_on", "-pk")[:NEXT_ONES]


def _made(article: Article, numbers: list[int]) -> rich_text.Rendered:
    body, meanings = of_today(article.body), glossary.meanings_in(article.body)
    if article.rendered_from != rich_text.fingerprint(body, references=numbers, meanings=meanings):
        drawn = figures.drawn_from(figures.pictures_of(body))
        return rich_text.render(body, references=numbers, figure=drawn, meanings=meanings)
    contents = [rich_text.Heading(*heading) for heading in article.contents]
    return rich_text.Rendered(mark_safe(article.body_html), contents)  # noqa: S308  render() made it
