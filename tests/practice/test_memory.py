from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext

from kit.work.due import DueWork, Lane
from practice.memory import remembering
from practice.models import Practice, SaleTerms, SiteWords
from practice_site.management.commands.worker import run
from tests.builders import make_practice, make_refund_tiers, make_sale_terms, make_site_words

pytestmark = pytest.mark.django_db


def rename(name):
    """As another process does it."""
    Practice.objects.update(name=name)


def test_however_many_ask_it_is_read_once_with_its_words_and_terms(django_assert_num_queries):
    rows = make_practice(), make_site_words(), make_sale_terms()

    with remembering(), django_assert_num_queries(1):
        read = [(Practice.current(), SiteWords.current(), SaleTerms.current()) for _ in range(3)]

    assert read == [rows] * 3


def test_a_practice_without_words_and_terms_is_read_once_too(django_assert_num_queries):
    make_practice()

    with remembering(), django_assert_num_queries(1):
        read = [(SiteWords.current().headline, SaleTerms.current().refund_free_days) for _ in range(3)]

    assert read == [("Welcome.", 14)] * 3


def test_the_steps_of_the_refund_policy_come_with_it(django_assert_num_queries):
    make_refund_tiers((7, 50), (14, 100))

    with remembering(), django_assert_num_queries(1):
        read = [SaleTerms.current().refund_policy.tiers for _ in range(3)]

    assert [[(each.days_before, each.percent) for each in tiers] for tiers in read] == [[(14, 100), (7, 50)]] * 3


def test_where_nobody_remembers_each_reading_is_a_new_one():
    make_practice(name="Before")
    Practice.current()

    rename("After")

    assert Practice.current().name == "After"


def test_the_next_one_to_remember_reads_anew_even_after_an_error():
    @remembering()
    def read_and_fail():
        assert Practice.current().name == "Before"
        raise ZeroDivisionError

    make_practice(name="Before")
    with pytest.raises(ZeroDivisionError):
        read_and_fail()

    rename("After")

    with remembering():
        assert Practice.current().name == "After"


@remembering()
def test_what_is_written_is_seen_at_once():
    make_practice(name="Before")
    assert Practice.current().name == "Before"

    make_practice(name="After")

    assert Practice.current().name == "After"


@pytest.mark.parametrize(
    ("write", "read"),
    [
        (lambda: make_site_words(headline="After"), lambda: SiteWords.current().headline),
        (lambda: make_sale_terms(refund_note="After"), lambda: SaleTerms.current().refund_note),
    ],
    ids=["words", "terms"],
)
@remembering()
def test_written_words_and_terms_are_seen_at_once(write, read):
    make_site_words(headline="Before")
    make_sale_terms(refund_note="Before")
    assert read() == "Before"

    write()

    assert read() == "After"


@remembering()
def test_what_is_written_and_taken_back_is_not_remembered():
    make_practice(name="Before")
    Practice.current()

    with transaction.atomic():
        make_practice(name="Never")
        assert Practice.current().name == "Never"
        transaction.set_rollback(True)

    assert Practice.current().name == "Before"


@remembering()
def test_a_step_that_is_added_or_deleted_is_seen_at_once():
    make_sale_terms()
    assert SaleTerms.current().refund_policy.tiers == ()

    make_refund_tiers((14, 100))
    assert [tier.percent for tier in SaleTerms.current().refund_policy.tiers] == [100]
    SaleTerms.current().refund_tiers.all().delete()

    assert SaleTerms.current().refund_policy.tiers == ()


@remembering()
def test_a_site_that_gets_its_practice_has_it_at_once():
    assert Practice.current().name == "Your practice"

    make_practice(name="Withy Rooms")

    assert Practice.current().name == "Withy Rooms"


def test_each_request_reads_it_anew_and_once(client):
    make_practice(name="Before")
    client.get("/therapy/thank-you/")
    rename("After")

    with CaptureQueriesContext(connection) as asked:
        page = client.get("/therapy/thank-you/").content.decode()

    assert "After" in page
    assert len([each for each in asked if 'FROM "practice_practice"' in each["sql"]]) == 1


def test_each_kind_of_work_reads_it_anew_and_once(django_assert_num_queries):
    make_practice(name="Before")
    read = []

    def work():
        read.extend(Practice.current().name for _ in range(3))
        return 0

    each = DueWork("each", timedelta(0), work, Lane.UPKEEP)
    run(each)
    rename("After")
    with django_assert_num_queries(1):
        run(each)

    assert read == ["Before"] * 3 + ["After"] * 3


def test_to_read_it_again_no_question_is_written_again(monkeypatch):
    make_practice(name="Before")
    Practice.current()
    monkeypatch.setattr(SQLCompiler, "as_sql", None)

    assert Practice.current().name == "Before"
