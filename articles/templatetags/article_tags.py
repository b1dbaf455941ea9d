"""Articles for the pages of other apps. Each tag asks one query at most."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django import template
from django.conf import settings
from django.utils.safestring import SafeString

from articles.models import Article, listed_articles
from articles.reading import Reading, Source
from articles.rows import card_html
from kit.pages.json_ld import SCHEMA, as_json_ld
from kit.pages.kept import constant
from kit.pages.same_parts import values_of
from practice import shown
from practice.models import Concern, Person, Service

register = template.Library()

MOST = 3
MOST_KEPT = 500  # articles in a process


@register.simple_tag
def article_card(article: Article, is_lead: bool = False, level: int = 3) -> SafeString:
    return card_html(article, is_lead=is_lead, level=level)


@register.simple_tag
def article_data(reading: Reading) -> SafeString:
    """The article for search engines, as JSON that can close no script element: what the page says of who stands for
    it, when it was read again and what it cites."""
    article, practice = reading.article, shown.practice()
    told = values_of(
        Told,
        article,
        url=settings.SITE_URL + article.get_absolute_url(),
        image=settings.SITE_URL + article.card_url if article.card_url else "",
        language=practice.locale,
        author=_named(article.author),
        publisher=practice.name,
        reviewer=_named(article.reviewer) if article.reviewer else None,
        changed_on=max((each.changed_on for each in reading.told.changes), default=None),
        topics=tuple(topic.name for topic in reading.topics),
        sources=reading.told.sources,
    )
    return _data(told)


@register.simple_tag
def articles_by(person: Person) -> list[Article]:
    """The newest that somebody has written."""
    return list(listed_articles().filter(author=person)[:MOST])


@register.simple_tag
def articles_about(row: Service | Concern) -> list[Article]:
    """The newest that say that they belong to a way of working, or to what people come with."""
    related = {"services": row} if isinstance(row, Service) else {"concerns": row}
    return list(listed_articles().filter(**related)[:MOST])


@register.inclusion_tag("articles/_interviews.html")
def interviews_with(people: Iterable[Person]) -> dict[str, list[Article]]:
    """What these people have answered, newest first."""
    by_person = constant("interviews", _interviews)
    return {"interviews": [each for person in people for each in by_person.get(person.pk, ())]}


class Named(NamedTuple):
    """A person, with the address of her page where she has one."""

    name: str
    role: str
    url: str


def _named(person: Person) -> Named:
    has_page = person.is_shown and person.is_clinician
    return Named(person.name, person.role, settings.SITE_URL + person.get_absolute_url() if has_page else "")


class Told(NamedTuple):
    """All that search engines are told of an article, in plain values."""

    title: str
    summary: str
    url: str
    image: str
    language: str
    published_on: date | None
    author: Named
    publisher: str
    reviewer: Named | None
    reviewed_on: date | None
    changed_on: date | None
    topics: tuple[str, ...]
    sources: tuple[Source, ...]


@lru_cache(maxsize=MOST_KEPT)
def _data(told: Told) -> SafeString:
    """Made once of the same values: to write it costs a fifth of the template."""
    reviewer, reviewed_on = told.reviewer, told.reviewed_on
    data = {
        "@context": SCHEMA,
        "@type": ["Article", "MedicalWebPage"] if reviewer else "Article",
        "headline": told.title,
        "description": told.summary,
        "url": told.url,
        "image": told.image,
        "inLanguage": told.language,
        "datePublished": told.published_on and told.published_on.isoformat(),
        "dateModified": told.changed_on and told.changed_on.isoformat(),
        "author": _person(told.author),
        "publisher": {"@type": "Organization", "name": told.publisher, "url": settings.SITE_URL},
        "reviewedBy": reviewer and _person(reviewer),
        "lastReviewed": reviewer and reviewed_on and reviewed_on.isoformat(),
        "about": list(told.topics),
        "citation": [_cited(source) for source in told.sources],
    }
    return as_json_ld(data)


def _person(person: Named) -> dict[str, str]:
    return {"@type": "Person", "name": person.name, "jobTitle": person.role, "url": person.url}


def _cited(source: Source) -> dict[str, str]:
    return {
        "@type": "CreativeWork",
        "name": source.title,
        "author": source.authors,
        "datePublished": str(source.year),
        "isPartOf": source.source,
        "url": source.doi_url if source.doi else "",
    }


def _interviews() -> dict[int, list[Article]]:
    found: dict[int, list[Article]] = defaultdict(list)
    for each in Article.objects.published().exclude(interviewee=None).only("title", "slug", "interviewee"):
        found[each.interviewee_id].append(each)
    return found
