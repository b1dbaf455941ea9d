from datetime import UTC, date, datetime

import pytest
from django.db.models import OuterRef, QuerySet

from articles.commenting.models import Comment
from articles.models import Article, ArticleChange, Topic
from courses.models import Course, Session, TicketType
from kit.database.brought import Brought, rows_of
from tests.builders import make_article, make_course, make_ticket_type, make_topic, make_workshop

pytestmark = pytest.mark.django_db
CHANGES = ("changed_on", "words")


def vars_of(row) -> dict:
    return {name: (value, type(value)) for name, value in vars(row).items() if name != "_state"}


def brought(rows: QuerySet, *names: str, by: str) -> list:
    asked = Brought(rows.filter(**{by: OuterRef("pk")}), *names)
    return rows_of(asked, Article.objects.annotate(its=asked).get(slug="minds").its)


@pytest.fixture
def article():
    make_article(slug="other")
    return make_article(slug="minds")


def test_rows_come_with_another_one_as_instances_and_in_their_order(article, django_assert_num_queries):
    for words in ("Ünder “100 %” of it", "None"):
        ArticleChange.objects.create(article=article, words=words, changed_on=date(2026, 11, 1))
    ArticleChange.objects.create(article=article, words="Before", changed_on=date(2026, 10, 31))
    in_their_order = [(each.changed_on, each.words) for each in ArticleChange.objects.all()]

    with django_assert_num_queries(1):
        found = brought(ArticleChange.objects.all(), *CHANGES, by="article")
        assert [(each.changed_on, each.words) for each in found] == in_their_order


def test_what_belongs_to_another_row_is_not_brought(article):
    mine = make_topic()
    article.topics.add(mine)
    Article.objects.get(slug="other").topics.add(make_topic())

    assert brought(Topic.objects.all(), "id", "name", by="articles") == [mine]


def test_yes_and_no_stay_what_they_are(article):
    for is_published in (True, False):
        article.related_courses.add(make_course(is_published=is_published))

    found = brought(Course.objects.order_by("pk"), "id", "is_published", by="articles")

    assert [each.is_published for each in found] == [True, False]


def test_a_moment_stays_one_and_what_is_sealed_is_opened(article):
    written = datetime(2026, 11, 1, 12, 30, 15, 123456, tzinfo=UTC)
    names = ("words", "created_at", "decided_at")
    Comment.objects.create(article=article, name="Noor", words="Thank “you”.", created_at=written)

    [comment] = brought(Comment.objects.all(), *names, by="article")

    assert [getattr(comment, name) for name in names] == ["Thank “you”.", written, None]


def test_a_row_with_all_its_columns_is_the_row_that_django_would_have_read(article):
    make_ticket_type(make_workshop(), "Early bird", price="89.50", last_day=date(2026, 11, 1))
    for rows in (TicketType.objects.all(), Session.objects.all()):
        asked = Brought(rows)

        found = rows_of(asked, Article.objects.annotate(its=asked).get(slug="minds").its)

        assert [vars_of(each) for each in found] == [vars_of(each) for each in rows]


def test_a_row_may_have_none(article):
    assert brought(ArticleChange.objects.all(), *CHANGES, by="article") == []
