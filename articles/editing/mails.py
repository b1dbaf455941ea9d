"""Mails about a review, among colleagues. What they wrote to each other stands at the desk alone."""

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from articles.editing.models import ReviewRequest
from outbox.post import queue_message


def tell_asked(asked: ReviewRequest) -> None:
    _tell(asked, asked.reviewer, "asked")


def tell_answered(asked: ReviewRequest) -> None:
    """To whoever asked, unless they did it themselves or are gone."""
    if asked.asked_by and asked.asked_by_id != asked.reviewer_id:
        _tell(asked, asked.asked_by, "answered")


def _tell(asked: ReviewRequest, to: User, what: str) -> None:
    page = reverse("admin:articles_article_review", args=[asked.article_id])
    queue_message(
        key=f"review:{asked.pk}:{what}",
        to=to.email,
        template=f"articles/review_{what}",
        context={
            "article": asked.article,
            "outcome": asked.get_outcome_display(),
            "asked_by": asked.asked_by and asked.asked_by.name,
            "reviewer": asked.reviewer.name or "your colleague",
            "admin_url": settings.SITE_URL + page,
        },
    )
