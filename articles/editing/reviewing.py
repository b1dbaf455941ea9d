"""A colleague is asked to read an article; both see what the other writes, and the answer is one of two."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from articles import publishing
from articles.editing import mails
from articles.editing.models import ReviewComment, ReviewRequest
from articles.editing.passages import note_changed
from articles.models import Article
from kit.guard.acting import who_acts

Outcome = ReviewRequest.Outcome
MAY_READ = "articles.view_article"


class ReviewIsOpen(Exception):
    """Somebody has been asked already, and has not answered."""


class NoReviewOpen(Exception):
    """It was answered or withdrawn meanwhile."""


def ask_for_review(article: Article, *, reviewer: User, words: str = "") -> ReviewRequest:
    """Raises ReviewIsOpen."""
    with transaction.atomic():
        publishing.lock_article(article.pk)
        if open_request(article):
            raise ReviewIsOpen
        asked = ReviewRequest.objects.create(article=article, reviewer=reviewer, asked_by_id=who_acts().user_id)
        _write(asked, words)
        mails.tell_asked(asked)
    return asked


def comment(article: Article, *, words: str, passage: str = "") -> None:
    """Raises NoReviewOpen."""
    with transaction.atomic():
        _write(_locked_request(article), words, passage)


def answer(article: Article, *, outcome: str, words: str = "", passage: str = "") -> None:
    """By the reviewer; or it is withdrawn. Raises NoReviewOpen."""
    with transaction.atomic():
        asked = _locked_request(article)
        asked.outcome, asked.answered_at = outcome, timezone.now()
        asked.save(update_fields=["outcome", "answered_at"])
        _write(asked, words, passage)
        if outcome != Outcome.WITHDRAWN:
            mails.tell_answered(asked)


def open_request(article: Article) -> ReviewRequest | None:
    return next(iter(_requests(article, answered_at=None)), None)


def last_request(article: Article) -> ReviewRequest | None:
    """The open one, or the one that was answered last."""
    return next(iter(_requests(article, most=1)), None)


def answered_requests(article: Article) -> list[ReviewRequest]:
    """Withdrawn ones among them; the newest first."""
    return _requests(article, answered_at__isnull=False)


def unsettled(article: Article) -> ReviewRequest | None:
    """What a reviewer was asked last, if it is not answered, or if the answer was that something has to change."""
    last = last_request(article)
    return last if last and last.outcome in {"", Outcome.CHANGES_ASKED} else None


def colleagues_who_may_read(user: User) -> Iterable[User]:
    """Whom one can ask: everybody else at the desk who may read articles there."""
    may_read = Q(groups__permissions__codename="view_article") | Q(user_permissions__codename="view_article")
    staff = User.objects.filter(Q(is_superuser=True) | may_read, is_staff=True, is_active=True)
    return staff.exclude(pk=user.pk).distinct().order_by("name", "pk")


def _requests(article: Article, *, most: int | None = None, **which: Any) -> list[ReviewRequest]:
    """With what was written; each comment knows whether its passage has changed."""
    rows = article.review_requests.filter(**which).select_related("reviewer", "asked_by")
    found = list(rows.prefetch_related("comments__written_by")[:most])
    note_changed(article, found)
    return found


def _locked_request(article: Article) -> ReviewRequest:
    publishing.lock_article(article.pk)
    asked = article.review_requests.filter(answered_at=None).first()
    if asked is None:
        raise NoReviewOpen
    return asked


def _write(asked: ReviewRequest, words: str, passage: str = "") -> None:
    if words.strip():
        told = {"words": words.strip(), "passage": " ".join(passage.split())}
        ReviewComment.objects.create(request=asked, **told, written_by_id=who_acts().user_id)
