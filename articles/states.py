"""Which change of an article's status is allowed, and the one place that makes it."""

from django.db import transaction

from accounts import audit
from accounts.history import recording
from articles.models import Article
from courses.states import NotAllowed

ALLOWED: dict[str, set[str]] = {
    Article.Status.DRAFT: {Article.Status.PUBLISHED, Article.Status.ARCHIVED},
    Article.Status.PUBLISHED: {Article.Status.DRAFT, Article.Status.ARCHIVED},
    Article.Status.ARCHIVED: {Article.Status.DRAFT},
}


def move(article: Article, to: str, *, why: str = "", **fields) -> None:
    """Changes the status of an article that the caller has locked and read anew, together with these fields.

    The change, who makes it and why stand in an audit entry. Raises NotAllowed.
    """
    before = article.status
    if not may_move(article, to):
        raise NotAllowed(f"Article {article.pk}: {before} to {to}")
    article.status = to
    for name, value in fields.items():
        setattr(article, name, value)
    with transaction.atomic(savepoint=False), recording(article):
        article.save(update_fields=["status", *fields])
        audit.record(article, before=before, after=to, reason=why)


def may_move(article: Article, to: str) -> bool:
    return to in ALLOWED[article.status]
