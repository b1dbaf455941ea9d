"""Articles for the pages of other apps. Each tag asks one query."""

from django import template

from articles.models import Article, listed_articles
from practice.models import Concern, Person, Service

register = template.Library()

MOST = 3


@register.simple_tag
def articles_by(person: Person) -> list[Article]:
    """The newest that somebody has written."""
    return list(listed_articles().filter(author=person)[:MOST])


@register.simple_tag
def articles_about(row: Service | Concern) -> list[Article]:
    """The newest that say that they belong to a way of working, or to what people come with."""
    related = {"services": row} if isinstance(row, Service) else {"concerns": row}
    return list(listed_articles().filter(**related)[:MOST])
