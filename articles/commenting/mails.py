"""Mails about a comment. None has a word of it, nor of the article that it is about."""

from django.conf import settings
from django.urls import reverse

from articles.commenting.models import Comment
from articles.commenting.openness import GUIDELINES
from articles.commenting.own_links import own_url
from outbox.models import Message
from outbox.post import queue_message
from practice.models import Practice


def tell_the_desk(comment: Comment) -> None:
    if to := Practice.current().email:
        queue_message(
            key=f"comment:{comment.pk}:notice",
            to=to,
            template="articles/comment_notice",
            context={"admin_url": settings.SITE_URL + reverse("admin:articles_comment_change", args=[comment.pk])},
        )


def tell_published(comment: Comment) -> None:
    _tell_the_writer(comment, "published")


def tell_rejected(comment: Comment) -> None:
    """Without the reason: it is kept for the practice."""
    guidelines = settings.SITE_URL + reverse("practice:own_page", args=[GUIDELINES])
    _tell_the_writer(comment, "rejected", guidelines_url=guidelines)


def _tell_the_writer(comment: Comment, what: str, **context: str) -> None:
    """Nobody has proved the address, so a person of the practice has read the comment before anything is sent there."""
    if comment.email:
        queue_message(
            key=f"comment:{comment.pk}:{what}:{comment.decided_at:%Y%m%d%H%M%S}",
            to=comment.email,
            template=f"articles/comment_{what}",
            context={"own_url": own_url(comment), **context},
            priority=Message.Priority.STRANGER,
        )
