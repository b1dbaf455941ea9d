from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
import time_machine
from django.db import connection, connections, transaction
from django.db.transaction import TransactionManagementError
from django.http import Http404

from courses.models import Session, TicketType, Workshop, WorkshopQuerySet
from courses.row_parts import give_parts, with_parts
from kit.database.questions import Among, Asked, compiled_once, first_or_404, give, written_once
from tests.builders import at, make_person, make_workshop

pytestmark = pytest.mark.django_db
DAY = date(2027, 1, 15)


@compiled_once
def by_slug(slug: Asked) -> WorkshopQuerySet:
    return Workshop.objects.filter(slug=slug).select_related("course").with_places_taken()


@compiled_once
def not_over(workshops: list[Asked]) -> WorkshopQuerySet:
    return Workshop.objects.upcoming().filter(Among("pk", workshops))


@written_once
def first_workshop() -> WorkshopQuerySet:
    return Workshop.objects.select_related("course").order_by("pk")[:1]


@written_once
def locked(workshop: Asked) -> WorkshopQuerySet:
    return Workshop.objects.select_for_update(of=("self",)).filter(pk=workshop)


def test_the_same_question_is_answered_for_each_value():
    one, other = make_workshop(slug="one"), make_workshop(slug="other")

    assert (by_slug(slug="one"), by_slug(slug="other"), by_slug(slug="it's")) == ([one], [other], [])


def test_each_answer_has_rows_of_its_own_with_all_that_belongs_to_them(django_assert_num_queries):
    make_workshop(slug="one", capacity=7)
    with django_assert_num_queries(2):
        [first], [second] = by_slug(slug="one"), by_slug(slug="one")
        first.capacity = 1

        assert first is not second
        assert (second.capacity, second.places_left(), second.course.title) == (7, 7, first.course.title)


def test_a_compiled_question_is_about_the_moment_at_which_it_is_asked():
    workshop = make_workshop(day=DAY)
    for moment, found in (("2027-01-15 15:59", [workshop]), ("2027-01-15 16:00", []), ("2026-11-22", [workshop])):
        with time_machine.travel(at(moment), tick=False):
            assert not_over(workshops=[workshop.pk]) == found


def test_a_list_may_have_any_length():
    made = [make_workshop(slug=f"workshop-{number}", day=DAY) for number in range(3)]

    for number in range(4):
        assert set(not_over(workshops=[each.pk for each in made[:number]])) == set(made[:number])


def test_what_is_written_once_is_answered_with_the_rows_of_now(django_assert_num_queries):
    assert first_workshop() == []
    workshop = make_workshop(slug="one", capacity=7)

    with django_assert_num_queries(1):
        [found] = first_workshop()
        assert (found, found.capacity, found.course.title) == (workshop, 7, workshop.course.title)


@pytest.mark.django_db(transaction=True)
def test_a_lock_that_is_written_once_is_refused_where_nothing_would_hold_it():
    workshop = make_workshop()
    with transaction.atomic():
        assert locked(workshop=workshop.pk) == [workshop]

    with pytest.raises(TransactionManagementError):
        locked(workshop=workshop.pk)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_what_is_asked_within_transactions_no_plan_is_kept():
    with transaction.atomic():
        for _ in range(4):
            first_workshop()
    within = plans_of_the_first_workshop()
    for _ in range(4):
        first_workshop()

    assert (within, plans_of_the_first_workshop()) == (0, 1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_plan_that_an_upgrade_has_ended_fails_no_transaction():
    workshop = make_workshop(slug="one")
    for _ in range(4):
        first_workshop()
    try:
        elsewhere("ALTER TABLE courses_workshop ALTER COLUMN slug TYPE varchar(99)")
        with transaction.atomic():
            assert first_workshop() == [workshop]
        assert first_workshop() == [workshop]
    finally:
        length = Workshop._meta.get_field("slug").max_length
        elsewhere(f"ALTER TABLE courses_workshop ALTER COLUMN slug TYPE varchar({length})")


@pytest.mark.postgres
def test_postgresql_keeps_the_plan_of_a_question_that_is_asked_often():
    for _ in range(4):
        by_slug(slug="one")

    with connection.cursor() as cursor:
        cursor.execute('SELECT statement LIKE \'%%"courses_workshop"."slug" = $1%%\' FROM pg_prepared_statements')
        assert cursor.fetchall() == [(True,)]


def test_the_log_has_the_words_of_a_question_whose_plan_is_kept(django_assert_num_queries):
    with django_assert_num_queries(4) as asked:
        for _ in range(4):
            by_slug(slug="one")

    assert {'"courses_workshop"."slug" =' in each["sql"] for each in asked} == {True}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_question_whose_columns_were_changed_by_an_upgrade_is_asked_anew():
    workshop = make_workshop(slug="one")
    for _ in range(4):
        by_slug(slug="one")
    try:
        elsewhere("ALTER TABLE courses_workshop ALTER COLUMN slug TYPE varchar(99)")
        assert by_slug(slug="one") == [workshop]
    finally:
        length = Workshop._meta.get_field("slug").max_length
        elsewhere(f"ALTER TABLE courses_workshop ALTER COLUMN slug TYPE varchar({length})")


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_on_its_own_connection():
    def ask(number: int) -> tuple[bool, list[str]]:
        own = connections["default"]
        try:
            with own.execute_wrapper(lambda execute, *rest: (seen.append(own), execute(*rest))[1]):
                return [row.slug for row in by_slug(slug="one")]
        finally:
            own.close()

    make_workshop(slug="one")
    seen: list = []
    by_slug(slug="one")
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(ask, 1).result() == ["one"]
    assert len(seen) == 1


def test_parts_are_handed_out_as_django_would_bring_them(django_assert_num_queries):
    makes = [make_workshop(slug=slug, day=day) for slug, day in (("one", DAY), ("other", date(2027, 2, 12)))]
    make_workshop(slug="neither")
    by_django = list(Workshop.objects.filter(pk__in=[each.pk for each in makes]).prefetch_related(*PARTS))
    with django_assert_num_queries(1):
        ours = list(with_parts(Workshop.objects.filter(pk__in=[each.pk for each in makes])))
        give_parts(ours)
        for mine, theirs in zip(ours, by_django, strict=True):
            for part in PARTS:
                assert list(getattr(mine, part).all()) == list(getattr(theirs, part).all())
            assert all(session.workshop is mine for session in mine.sessions.all())


def test_what_is_asked_of_a_row_beyond_its_parts_is_asked_of_that_row_alone():
    make_workshop(slug="one"), make_workshop(slug="other")
    workshop, other = with_parts(Workshop.objects.order_by("slug"))
    give_parts([workshop, other])

    assert list(workshop.ticket_types.filter(price__gte=0)) == list(TicketType.objects.filter(workshop=workshop))
    assert workshop.sessions.filter(pk__gt=0).count() == Session.objects.filter(workshop=workshop).count()


def test_a_row_may_be_given_what_is_known_already(django_assert_num_queries):
    course, person = make_workshop().course, make_person()
    with django_assert_num_queries(0):
        give(course, "presenters", [person])

        assert list(course.presenters.all()) == [person]


def test_no_row_is_a_page_that_is_not_there():
    with pytest.raises(Http404):
        first_or_404(by_slug(slug="nothing"))


def plans_of_the_first_workshop() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%courses_workshop%%LIMIT 1%%'"
        )
        return cursor.fetchone()[0]


def elsewhere(sql: str) -> None:
    """By another connection, as `manage.py migrate` does it."""

    def run() -> None:
        try:
            with connections["default"].cursor() as cursor:
                cursor.execute(sql)
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()


PARTS = ("sessions", "ticket_types")
