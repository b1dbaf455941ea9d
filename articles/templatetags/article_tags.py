"""Articles for the pages of other apps. Each tag asks one query at most."""

from collections import defaultdict
from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString

from articles.models import Article, listed_articles
from articles.rows import card_html
from kit.kept import constant
from practice.models import Concern, Person, Service

register = template.Library()

MOST = 3


@register.simple_tag
def article_card(article: Article, is_lead: bool = False, level: int = 3) -> SafeString:
    return card_html(article, is_lead=is_lead, level=level)


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


def _interviews() -> dict[int, list[Article]]:
    found: dict[int, list[Article]] = defaultdict(list)
    for each in Article.objects.published().exclude(interviewee=None).only("title", "slug", "interviewee"):
        found[each.interviewee_id].append(each)
    return found
