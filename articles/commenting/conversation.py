"""The comments below an article, as its page shows them; a page of them that says the same is rendered once."""

from datetime import date
from functools import cache, lru_cache
from typing import NamedTuple

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from articles.commenting.models import Comment, CommentQuerySet
from articles.commenting.openness import shown_openness
from articles.models import Article, ArticleQuerySet
from kit.database.brought import Brought, rows_of
from kit.guard.sealed_fields import Unread
from kit.pages.paths import path_to
from kit.pages.same_parts import rendered, values_of
from practice import shown

PER_PAGE = 50
MOST_KEPT = 100  # articles in a process whose first page of comments it can read already
SHOWN = ("name", "words", "created_at", "reply", "reply_by", "replied_at")


class Said(NamedTuple):
    """Everything that the template shows of a comment, in plain values."""

    name: str
    day: date
    words: str
    reply: str
    replied_by: str
    is_authors_reply: bool
    replied_on: date | None


def with_comments(articles: ArticleQuerySet) -> ArticleQuerySet:
    """With how many there are, and the first page of them, which is what nearly all readers ask for."""
    published = _published(OuterRef("pk"))
    counted = published.order_by().values("article").annotate(number=Count("pk")).values("number")
    return articles.annotate(comment_count=Coalesce(Subquery(counted), 0), its_comments=_first_ones())


def conversation(article: Article, *, asked: str = "") -> SafeString:
    """One page of it; nothing where there is none and none can begin.

    `article` comes `with_comments`.
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
    begin = (page - 1) * PER_PAGE
    stored = _published(article.pk).only(*SHOWN)[begin : begin + PER_PAGE] if begin else _read(article.its_comments)
    return [each for each in stored if not isinstance(each.words, Unread)]  # that a key is lost, the desk sees


@cache
def _first_ones() -> Brought:
    return Brought(_published(OuterRef("pk"))[:PER_PAGE], *SHOWN)


@lru_cache(maxsize=MOST_KEPT)
def _read(brought: str | None) -> list[Comment]:
    """The same text tells the same; what is sealed is opened once."""
    return rows_of(_first_ones(), brought)


def _published(article: OuterRef | int) -> CommentQuerySet:
    return Comment.objects.published().filter(article=article)
