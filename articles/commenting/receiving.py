"""What happens to a comment that a reader sends: kept, and read by a person before anybody else does."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from articles.commenting import mails
from articles.commenting.blocking import blocked_until
from articles.commenting.marks import mark_of_address, mark_of_network
from articles.commenting.models import Comment
from articles.commenting.openness import openness
from articles.commenting.suspicion import Way, suspicions
from articles.models import Article
from kit.guard.addresses import email_key
from practice.models import Practice

SAME_WITHIN = timedelta(minutes=10)
MOST_UNREAD = 300  # that wait to be read, and as many that are held


class CommentsClosed(Exception):
    """The article takes no comments, or none any more."""


class TooManyUnread(Exception):
    """More wait than the practice can read."""


@dataclass(frozen=True)
class Sent:
    """What a reader wrote, and from where it came."""

    name: str
    words: str
    agreed_words: str
    email: str = ""
    network: str = ""
    way: Way = field(default_factory=Way)


@transaction.atomic
def receive_comment(article: Article, sent: Sent) -> Comment:
    """Keeps it, and tells the desk that one waits, without a word of it; of what may be spam nobody is told.

    The same words from the same sender within ten minutes are one comment sent twice: the first row is returned.
    Whoever is blocked is told what everybody is told: only the desk knows. Raises CommentsClosed and TooManyUnread.
    """
    Practice.lock()  # two that are sent at once are not both the first
    if not openness(article).is_open:
        raise CommentsClosed
    comment = _new(article, sent)
    if earlier := _same(comment):
        return earlier
    if Comment.objects.filter(status=comment.status).count() >= MOST_UNREAD:
        raise TooManyUnread
    comment.save()
    if comment.status == Comment.Status.WAITING:
        mails.tell_the_desk(comment)
    return comment


def _new(article: Article, sent: Sent) -> Comment:
    marks = {"address_mark": mark_of_address(sent.email), "network_mark": mark_of_network(sent.network)}
    reasons = suspicions(f"{sent.name} {sent.words}", sent.way, marks=[mark for mark in marks.values() if mark])
    if until := blocked_until(email=sent.email, network=sent.network):
        reasons = [f"comments from there are blocked until {timezone.localtime(until):%d %b %Y}", *reasons]
    return Comment(
        article=article,
        name=sent.name,
        email=sent.email,
        words=sent.words,
        agreed_words=sent.agreed_words,
        status=Comment.Status.HELD if reasons else Comment.Status.WAITING,
        held_because="; ".join(reasons),
        **marks,
    )


def _same(comment: Comment) -> Comment | None:
    """Only of who sent it: the answer leads to a page on which it can be deleted."""
    since = timezone.now() - SAME_WITHIN
    recent = Comment.objects.filter(
        article=comment.article, network_mark=comment.network_mark, created_at__gt=since
    ).exclude(status=Comment.Status.DELETED)
    return next((each for each in recent if _told(each) == _told(comment)), None)


def _told(comment: Comment) -> tuple[str, str, str]:
    return comment.name, email_key(comment.email) if comment.email else "", comment.words
