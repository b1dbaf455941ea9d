"""Who has an article open at the desk, so that two see each other before they collide."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from articles.editing.models import EditingLease
from articles.models import Article
from kit.guard.privacy import delete_some

LASTS = timedelta(seconds=75)  # without a sign of life


@dataclass(frozen=True)
class Colleague:
    name: str
    since: datetime


def note_open(article: Article, user: User) -> None:
    """A sign of life: the form is open in their browser."""
    now = timezone.now()
    mine = EditingLease.objects.filter(article=article, user=user)
    if not mine.filter(seen_at__gt=now - LASTS).update(seen_at=now):
        values = {"begun_at": now, "seen_at": now}
        EditingLease.objects.update_or_create(article=article, user=user, defaults=values)


def note_closed(article: Article, user: User) -> None:
    EditingLease.objects.filter(article=article, user=user).delete()


def others_at(article: Article, user: User) -> list[Colleague]:
    """Who else has it open, the first one first."""
    rows = EditingLease.objects.filter(article=article, seen_at__gt=timezone.now() - LASTS).exclude(user=user)
    return [
        Colleague(row.user.name or "A colleague", row.begun_at)
        for row in rows.select_related("user").order_by("begun_at")
    ]


def forget_old() -> int:
    return delete_some(EditingLease.objects.filter(seen_at__lt=timezone.now() - timedelta(days=1)))
