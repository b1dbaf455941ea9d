from datetime import date

import pytest

from articles.models import Article, Reference
from articles.publishing import archive_article, bring_back_article, complaints, missing_references, prepare
from tests.builders import make_article, make_person

pytestmark = pytest.mark.django_db


def test_preparing_counts_the_minutes_an_article_takes():
    article = Article(body=f"<p>{'word ' * 660}</p>")

    assert prepare(article).minutes == 3


def test_preparing_takes_out_what_must_not_stand_in_a_page():
    article = Article(body='<p onclick="x()">Words<script>alert(1)</script></p>')

    assert prepare(article).body == "<p>Words</p>"


def test_a_mark_without_its_reference_is_missing():
    article = make_article(body="<p>One [1], two [2], two again [2], twelve [12].</p>")
    Reference.objects.create(article=article, number=1, authors="Siegel", year=1999, title="Mind", source="Guilford")

    assert missing_references(article) == [2, 12]


def test_the_editor_is_told_what_readers_would_stumble_over():
    article = make_article(body="<p>One [1].</p>")

    assert complaints(article) == [
        "The text points at [1], but there is no such reference.",
        "Nobody has reviewed this article, and its page names no reviewer.",
    ]


def test_a_finished_article_leaves_nothing_to_say():
    assert complaints(make_article(reviewer=make_person(), reviewed_on=date(2026, 1, 1))) == []


def test_a_draft_may_wait_for_its_reviewer():
    assert complaints(make_article(status=Article.Status.DRAFT, published_on=None)) == []


def test_a_draft_is_told_what_would_be_said_of_it_once_it_is_published():
    draft = make_article(status=Article.Status.DRAFT, published_on=None)

    assert complaints(draft, once_published=True) == [
        "Nobody has reviewed this article, and its page names no reviewer."
    ]


def test_only_what_is_archived_is_brought_back():
    article = make_article()

    published = (bring_back_article(article), Article.objects.get().status)
    archive_article(article)
    archived = (bring_back_article(article), Article.objects.get().status)

    assert (published, archived) == ((False, "published"), (True, "draft"))
