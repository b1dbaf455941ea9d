"""A link to an article as it is being edited, for somebody without an account; it ends by itself, or by a press, and
opens nothing of what was put into the archive.
"""

from datetime import datetime, timedelta

from django.utils import timezone

from articles.editing.models import PreviewLink
from articles.editing.working_copies import edited
from articles.models import Article
from kit.guard.acting import who_acts
from kit.guard.privacy import delete_some
from kit.guard.tokens import may_be_secret, new_secret

LASTS = timedelta(days=7)
MOST_OPEN = 20


class LinkOver(Exception):
    """It opened an article once."""


class TooManyLinks(Exception):
    """As many as anybody needs are open."""


def make_link(article: Article) -> PreviewLink:
    """Raises TooManyLinks."""
    if open_links(article).count() >= MOST_OPEN:
        raise TooManyLinks
    ends_at = timezone.now() + LASTS
    return PreviewLink.objects.create(
        article=article, secret=new_secret(), ends_at=ends_at, made_by_id=who_acts().user_id
    )


def open_links(article: Article):
    return PreviewLink.objects.filter(article=article, ends_at__gt=timezone.now()).select_related("made_by")


def end_link(link: PreviewLink) -> None:
    PreviewLink.objects.filter(pk=link.pk).update(ends_at=timezone.now())


def previewed(secret: str, now: datetime) -> Article | None:
    """None if the link never was; raises LinkOver."""
    links = PreviewLink.objects.filter(secret=secret).select_related("article")
    link = links.first() if may_be_secret(secret) else None
    if link is None:
        return None
    if not link.is_open(now) or link.article.is_archived:
        raise LinkOver
    return edited(link.article)


def forget_old() -> int:
    return delete_some(PreviewLink.objects.filter(ends_at__lt=timezone.now() - timedelta(days=30)))
