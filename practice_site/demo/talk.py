"""What the demo's readers have written below its articles, read by the practice or waiting to be."""

from datetime import datetime, timedelta

from django.utils import timezone

from articles.commenting.forms import AGREED
from articles.commenting.marks import mark_of_address
from articles.commenting.models import Comment
from articles.models import Article
from practice_site.demo.practices import DemoPractice
from practice_site.demo.words.comments import CommentWords


def load_comments(whole: DemoPractice) -> None:
    if Comment.objects.exists():
        return
    now = timezone.now()
    for words in whole.comments:
        _comment(words, now).save()


def _comment(words: CommentWords, now: datetime) -> Comment:
    written = now - timedelta(days=words.days_ago)
    comment = Comment(
        article=Article.objects.get(slug=words.article),
        name=words.name,
        words=words.words,
        email=words.email,
        address_mark=mark_of_address(words.email),
        agreed_words=AGREED.format(version="1"),
        status=words.status,
        held_because=words.held_because,
        created_at=written,
        decided_at=None if words.status in {"waiting", "held"} else written + timedelta(hours=5),
    )
    if words.reply:
        comment.reply, comment.reply_by = words.reply, words.voice
        comment.replied_at = now - timedelta(days=words.replied_days_ago)
    return comment
