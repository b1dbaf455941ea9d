"""An article that takes comments, and readers who write some."""

import re
from datetime import timedelta

import time_machine
from django.test import Client
from django.utils import timezone

from articles.commenting.models import Comment
from articles.commenting.receiving import Sent, receive_comment
from articles.commenting.suspicion import Way, opening
from articles.models import Article
from practice.models import Page
from tests.builders import make_article, make_practice

ANSWERS = {"name": "Marit", "email": "marit@example.org", "words": "That line stopped me.", "agree": "on"}


def make_guidelines(version: str = "1") -> Page:
    body = "<p>Speak of yourself.</p>"
    fields = {"kind": "community-guidelines", "title": "Community guidelines", "version": version, "body": body}
    return Page.objects.create(published_on=timezone.localdate(), **fields)


def open_article(title: str = "Minds", **fields) -> Article:
    """Of today, of a practice with guidelines."""
    make_practice(email="desk@withyrooms.example")
    if not Page.objects.filter(kind="community-guidelines").exists():
        make_guidelines()
    return make_article(title, **({"slug": "minds", "published_on": timezone.localdate()} | fields))


def opened_a_while_ago() -> str:
    with time_machine.travel(timezone.now() - timedelta(minutes=2)):
        return opening()


def write(client: Client, *, slug: str = "minds", network: str = "192.0.2.7", **answers: str):
    sent = {"opened": opened_a_while_ago()} | ANSWERS | answers
    return client.post(f"/articles/{slug}/comment/", sent, REMOTE_ADDR=network)


def make_comment(article: Article, **fields) -> Comment:
    """As it comes in, and moved on in the database to whatever else is asked."""
    way = Way(opened=opened_a_while_ago())
    told = {"name": "Marit", "words": "That line stopped me.", "email": "marit@example.org", "network": "192.0.2.7"}
    told |= {name: fields.pop(name) for name in [*fields] if name in told}
    comment = receive_comment(article, Sent(agreed_words="I have read them.", way=way, **told))
    if fields:
        decided = {} if fields.get("status", "waiting") in {"waiting", "held"} else {"decided_at": timezone.now()}
        Comment.objects.filter(pk=comment.pk).update(**decided | fields)
        comment.refresh_from_db()
    return comment


def shown(client: Client, path: str = "/articles/minds/") -> list[str]:
    """The names above the comments, in the order of the page."""
    section = client.get(path).text.partition('id="comments"')[2]
    return re.findall(r"<li>\s*<p>\s*<b>([^<]*)</b>", section)
