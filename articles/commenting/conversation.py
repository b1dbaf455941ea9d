"""The comments below an article, as its page shows them."""

from dataclasses import dataclass

from articles.commenting.models import Comment
from articles.commenting.openness import Openness, shown_openness
from articles.models import Article
from kit.sealed_fields import Unread

PER_PAGE = 50


@dataclass(frozen=True)
class Conversation:
    """One page of it, of so many comments in all."""

    openness: Openness
    comments: list[Comment]
    count: int
    page: int
    pages: int

    @property
    def is_shown(self) -> bool:
        return bool(self.count) or self.openness.is_open or self.openness.was_open

    @property
    def numbers(self) -> range:
        return range(1, self.pages + 1)


def conversation(article: Article, *, asked: str = "") -> Conversation:
    """`article` brings how many there are (`knowing_of_more`): where there are none, nothing more is asked."""
    count = article.comment_count
    pages = max(1, -(-count // PER_PAGE))
    page = min(max(1, int(asked)), pages) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    return Conversation(shown_openness(article), _comments(article, page) if count else [], count, page, pages)


def _comments(article: Article, page: int) -> list[Comment]:
    shown = ("name", "words", "created_at", "reply", "reply_by", "replied_at")
    begin = (page - 1) * PER_PAGE
    comments = Comment.objects.published().filter(article=article).only(*shown)[begin : begin + PER_PAGE]
    return [each for each in comments if not isinstance(each.words, Unread)]  # that a key is lost, the desk sees
