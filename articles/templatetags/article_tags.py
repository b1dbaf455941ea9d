"""Articles for the pages of other apps. Each tag asks one query at most."""

from collections import defaultdict
from collections.abc import Iterable

from django import template
from django.conf import settings
from django.utils.safestring import SafeString

from articles.models import Article, listed_articles
from articles.reading import Reading, Source
from articles.rows import card_html
from kit.json_ld import SCHEMA, as_json_ld
from kit.kept import constant
from practice import shown
from practice.models import Concern, Person, Service

register = template.Library()

MOST = 3


@register.simple_tag
def article_card(article: Article, is_lead: bool = False, level: int = 3) -> SafeString:
    return card_html(article, is_lead=is_lead, level=level)


@register.simple_tag
def article_data(reading: Reading) -> SafeString:
    """The article for search engines, as JSON that can close no script element: what the page says of who stands for
    it, when it was read again and what it cites."""
    article, practice = reading.article, shown.practice()
    kinds = ["Article", "MedicalWebPage"] if article.reviewer else ["Article"]
    data = {
        "@context": SCHEMA,
        "@type": kinds if len(kinds) > 1 else kinds[0],
        "headline": article.title,
        "description": article.summary,
        "url": settings.SITE_URL + article.get_absolute_url(),
        "image": settings.SITE_URL + article.card_url if article.card_url else None,
        "inLanguage": practice.locale,
        "datePublished": article.published_on and article.published_on.isoformat(),
        "author": _person(article.author),
        "publisher": {"@type": "Organization", "name": practice.name, "url": settings.SITE_URL},
        "reviewedBy": article.reviewer and _person(article.reviewer),
        "lastReviewed": article.reviewer and article.reviewed_on and article.reviewed_on.isoformat(),
        "about": [topic.name for topic in reading.topics],
        "citation": [_cited(source) for source in reading.sources],
    }
    return as_json_ld({name: value for name, value in data.items() if value})


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


def _person(person: Person) -> dict[str, str]:
    told = {"@type": "Person", "name": person.name, "jobTitle": person.role}
    if person.is_shown and person.is_clinician:
        told["url"] = settings.SITE_URL + person.get_absolute_url()
    return told


def _cited(source: Source) -> dict[str, str]:
    told = {
        "@type": "CreativeWork",
        "name": source.title,
        "author": source.authors,
        "datePublished": str(source.year),
        "isPartOf": source.source,
        "url": source.doi_url if source.doi else "",
    }
    return {name: value for name, value in told.items() if value}


def _interviews() -> dict[int, list[Article]]:
    found: dict[int, list[Article]] = defaultdict(list)
    for each in Article.objects.published().exclude(interviewee=None).only("title", "slug", "interviewee"):
        found[each.interviewee_id].append(each)
    return found
