"""Whoever presses at the same time: each status changes once, and no form puts another's change back."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from articles import publishing as articles
from articles.models import Article
from courses import schedule
from courses.models import Session, Workshop
from courses.publishing import publish_workshop, take_back_workshop
from orders.changes.workshop_cancellation import NotCancellable, cancel_workshop
from orders.checkout import SaleClosed
from tests.builders import make_article, make_practice, make_terms, make_user, make_workshop
from tests.orders.purchases import place
from tests.practice_site.test_statuses import sent_by

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
LONG_ENOUGH = 0.7  # seconds in which whoever does not wait for a lock would be through


@pytest.fixture
def workshop():
    make_practice()
    make_terms()
    return make_workshop(day=timezone.localdate() + timedelta(days=30), status="draft", capacity=10)


@pytest.fixture
def desk():
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def at_once(*works):
    ready = threading.Barrier(len(works), timeout=10)

    def run(work):
        try:
            ready.wait()
            return work()
        except (NotCancellable, schedule.PlacesTaken, SaleClosed) as error:
            return type(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def changes():
    return list(AuditEntry.objects.exclude(model="courses.ticket").order_by("pk").values_list("before", "after"))


def test_publish_pressed_four_times_at_once_is_done_once(workshop):
    outcomes = at_once(*[lambda: publish_workshop(workshop)] * 4)

    assert (sorted(outcomes), changes()) == ([False] * 3 + [True], [("draft", "published")])


def test_publish_and_take_back_at_once_leave_entries_that_fit_together(workshop):
    outcomes = at_once(lambda: publish_workshop(workshop), lambda: take_back_workshop(workshop))

    status = Workshop.objects.get().status
    fits = {"published": [("draft", "published")], "draft": [("draft", "published"), ("published", "draft")]}
    assert (outcomes[0], changes(), outcomes[1]) == (True, fits[status], status == "draft")


def test_take_back_and_cancel_at_once_do_one_of_them(workshop):
    publish_workshop(workshop)

    outcomes = at_once(lambda: take_back_workshop(workshop), lambda: cancel_workshop(workshop, because="Ill."))

    assert outcomes in ([True, NotCancellable], [False, None])
    assert len(changes()) == 2


def test_an_article_published_twice_at_once_is_published_once(monkeypatch):
    """Whoever finds it a draft waits for the other to find the same, which only the lock prevents."""
    article = make_article(status="draft")
    both_have_looked, move = threading.Barrier(2), articles.move

    def look_together(*args, **kwargs):
        with suppress(threading.BrokenBarrierError):
            both_have_looked.wait(LONG_ENOUGH)
        move(*args, **kwargs)

    monkeypatch.setattr(articles, "move", look_together)

    outcomes = at_once(*[lambda: articles.publish_article(article)] * 2)

    assert (sorted(outcomes), changes()) == ([False, True], [("draft", "published")])


def while_a_form_is_being_saved(desk, monkeypatch, row, act, *, at, **fields):
    """The form has read its row when somebody acts; it stops at `at`, a function that it calls after that."""
    module, name = at
    path = f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"
    sent = sent_by(desk, path) | fields
    has_read, has_acted = threading.Event(), threading.Event()
    original = getattr(module, name)

    def stop(*args, **kwargs):
        has_read.set()
        has_acted.wait(LONG_ENOUGH)
        return original(*args, **kwargs)

    def save():
        return desk.post(path, sent).status_code

    def press():
        has_read.wait(10)
        monkeypatch.setattr(module, name, original)
        outcome = act()
        has_acted.set()
        return outcome

    monkeypatch.setattr(module, name, stop)
    return at_once(save, press)


def test_a_form_that_is_saved_while_the_workshop_is_cancelled_does_not_undo_that(workshop, desk, monkeypatch):
    publish_workshop(workshop)

    outcomes = while_a_form_is_being_saved(
        desk,
        monkeypatch,
        workshop,
        lambda: cancel_workshop(workshop, because="Ill."),
        at=(schedule, "check_capacity"),
        note="Bring paper.",
    )

    stored = Workshop.objects.get()
    assert outcomes == [302, None]
    assert (stored.status, stored.cancelled_because, stored.note) == ("cancelled", "Ill.", "Bring paper.")


def test_a_form_that_holds_the_row_is_waited_for(workshop, desk, monkeypatch):
    publish_workshop(workshop)

    outcomes = while_a_form_is_being_saved(
        desk,
        monkeypatch,
        workshop,
        lambda: cancel_workshop(workshop, because="Ill."),
        at=(schedule, "store_sessions"),
        note="Bring paper.",
    )

    stored = Workshop.objects.get()
    assert outcomes == [302, None]
    assert (stored.status, stored.cancelled_because, stored.note) == ("cancelled", "Ill.", "Bring paper.")


def test_a_form_that_takes_the_last_session_while_it_is_published_is_refused(workshop, desk, monkeypatch):
    outcomes = while_a_form_is_being_saved(
        desk,
        monkeypatch,
        workshop,
        lambda: publish_workshop(workshop),
        at=(schedule, "check_capacity"),
        **{"sessions-0-DELETE": "on"},
    )

    assert (outcomes, Workshop.objects.get().status, Session.objects.count()) == ([200, True], "published", 1)


def test_a_form_that_takes_the_day_while_the_article_is_published_is_refused(desk, monkeypatch):
    make_practice()
    article = make_article(status="draft")

    outcomes = while_a_form_is_being_saved(
        desk,
        monkeypatch,
        article,
        lambda: articles.publish_article(article),
        at=(articles, "lock_article"),
        published_on="",
    )

    assert outcomes == [200, True]
    assert Article.objects.values_list("status", "published_on").get() == ("published", article.published_on)


def test_a_form_that_is_saved_while_the_article_is_published_does_not_undo_that(desk, monkeypatch):
    make_practice()
    article = make_article(status="draft")

    outcomes = while_a_form_is_being_saved(
        desk,
        monkeypatch,
        article,
        lambda: articles.publish_article(article),
        at=(articles, "lock_article"),
        title="Better",
    )

    assert outcomes == [302, True]
    assert Article.objects.values_list("status", "title").get() == ("published", "Better")


def test_somebody_books_or_it_is_taken_back_but_never_both(workshop):
    publish_workshop(workshop)

    at_once(lambda: take_back_workshop(workshop), lambda: place(workshop))

    holds = workshop.tickets.filter(status="held").count()
    assert (Workshop.objects.get().status, holds) in {("published", 1), ("draft", 0)}
