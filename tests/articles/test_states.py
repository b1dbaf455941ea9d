"""Which changes of an article's status are allowed; each that is made leaves one entry."""

import pytest

from accounts.models import AuditEntry
from articles.models import Article
from articles.publishing import NoDay, publish_article, take_back_article
from articles.states import ALLOWED, NotAllowed, may_move, move
from tests.builders import make_article

pytestmark = pytest.mark.django_db
Status = Article.Status


def test_every_status_stands_in_the_table():
    assert set(ALLOWED) == set(Status)


@pytest.mark.parametrize("status", Status.values)
def test_what_is_not_in_the_table_is_refused_before_anything_is_asked_of_the_database(
    status, django_assert_num_queries
):
    article = Article(pk=1, status=status)

    with django_assert_num_queries(0), pytest.raises(NotAllowed):
        move(article, status)

    assert (article.status, may_move(article, status)) == (status, False)


def test_a_change_writes_its_own_columns_and_one_entry():
    article = make_article("Before", status="draft")
    Article.objects.filter(pk=article.pk).update(title="Another wrote this")

    move(article, Status.PUBLISHED, why="Ready.")

    assert Article.objects.values_list("status", "title").get() == ("published", "Another wrote this")
    assert list(AuditEntry.objects.values_list("model", "before", "after", "reason")) == [
        ("articles.article", "draft", "published", "Ready.")
    ]


def test_an_article_without_a_day_is_not_published():
    article = make_article(status="draft", published_on=None)

    with pytest.raises(NoDay):
        publish_article(article)

    assert (Article.objects.get().status, AuditEntry.objects.count()) == ("draft", 0)


@pytest.mark.parametrize(("act", "status"), [(publish_article, "published"), (take_back_article, "draft")])
def test_what_is_done_already_is_left_as_it_is(act, status):
    article = make_article(status=status)

    assert (act(article), AuditEntry.objects.count()) == (False, 0)
