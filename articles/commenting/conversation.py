"""The comments below an article, as its page shows them; a page of them that says the same is rendered once."""

from datetime import date
from typing import NamedTuple

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from articles.commenting.models import Comment, CommentQuerySet
from articles.commenting.openness import shown_openness
from articles.models import Article
from kit.paths import path_to
from kit.questions import Asked, compiled_once
from kit.same_parts import rendered, values_of
from kit.sealed_fields import Unread
from practice import shown

PER_PAGE = 50


class Said(NamedTuple):
    """Everything that the template shows of a comment, in plain values."""

    name: str
    day: date
    words: str
    reply: str
    replied_by: str
    is_authors_reply: bool
    replied_on: date | None


def conversation(article: Article, *, asked: str = "") -> SafeString:
    """One page of it; nothing where there is none and none can begin.

    `article` brings how many comments there are (`with_parts`): where there are none, nothing more is asked.
    """
    openness, count = shown_openness(article), article.comment_count
    if not (count or openness.is_open or openness.was_open):
        return mark_safe("")
    pages = max(1, -(-count // PER_PAGE))
    page = min(max(1, int(asked)), pages) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    practice = shown.practice()
    return rendered(
        "articles/_comments.html",
        comments=tuple(_said(each, article, practice.name) for each in _comments(article, page)) if count else (),
        count=count,
        page=page,
        pages=range(1, pages + 1),
        last_day=openness.last_day,
        write_url=path_to("articles:comment", article.slug) if openness.is_open else "",
        closed_after=practice.comments_days if openness.was_open else 0,
    )


def _said(comment: Comment, article: Article, practice_name: str) -> Said:
    by = article.author.name if comment.is_authors_reply else practice_name
    days = {"day": _day(comment.created_at), "replied_on": comment.replied_at and _day(comment.replied_at)}
    return values_of(Said, comment, replied_by=by, **days)


def _day(moment) -> date:
    return timezone.localtime(moment).date()


def _comments(article: Article, page: int) -> list[Comment]:
    """The first page is what nearly all readers ask for."""
    begin = (page - 1) * PER_PAGE
    found = _published(article.pk)[begin : begin + PER_PAGE] if begin else _first_ones(article=article.pk)
    return [each for each in found if not isinstance(each.words, Unread)]  # that a key is lost, the desk sees


@compiled_once
def _first_ones(article: Asked) -> CommentQuerySet:
    return _published(article)[:PER_PAGE]


def _published(article: Asked | int) -> CommentQuerySet:
    shown = ("name", "words", "created_at", "reply", "reply_by", "replied_at")
    return Comment.objects.published().filter(article=article).only(*shown)
