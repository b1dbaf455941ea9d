"""Comments that are sent, published and deleted at one moment."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from articles.commenting import deciding, receiving
from articles.commenting.models import Comment
from articles.commenting.receiving import Sent, receive_comment
from outbox.models import Message
from practice.models import Practice
from tests.articles.commenters import make_comment, open_article

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
TIMES = 4


def at_once(*acts):
    begin = threading.Barrier(len(acts), timeout=60)

    def do(act):
        begin.wait()
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


def send_at_once(article):
    sent = Sent(name="Marit", words="Words.", agreed_words="Yes.", network="192.0.2.7")
    return at_once(*[lambda: receive_comment(article, sent).pk] * TIMES)


def test_the_same_words_sent_at_one_moment_are_one_comment():
    answers = send_at_once(open_article())

    assert (set(answers), Comment.objects.count()) == ({Comment.objects.get().pk}, 1)


def test_without_the_lock_there_are_several(monkeypatch):
    """The test above would notice."""
    all_have_looked = threading.Barrier(TIMES, timeout=60)
    same = receiving._same

    def look_together(comment):
        found = same(comment)
        all_have_looked.wait()
        return found

    monkeypatch.setattr(Practice, "lock", lambda: None)
    monkeypatch.setattr(receiving, "_same", look_together)

    send_at_once(open_article())

    assert Comment.objects.count() == TIMES


def test_what_is_deleted_while_it_is_published_is_gone():
    comment = make_comment(open_article())

    at_once(lambda: deciding.publish_comment(comment), lambda: deciding.delete_own(comment))

    comment.refresh_from_db()
    assert (comment.status, comment.words) == (Comment.Status.DELETED, "")


def test_two_editors_who_publish_at_one_moment_write_to_its_writer_once():
    comment = make_comment(open_article())

    answers = at_once(*[lambda: deciding.publish_comment(comment)] * 2)

    assert (sorted(answers), Message.objects.filter(to="marit@example.org").count()) == ([False, True], 1)
