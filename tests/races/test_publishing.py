"""Whoever presses at the same time: each status changes once, and no form puts another's change back."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from accounts.models import AuditEntry
from articles import publishing as articles
from articles.models import Article
from articles.publishing import NoDay
from courses import desk_forms, schedule
from courses.models import Session, Workshop
from courses.publishing import NotReady, publish_workshop, take_back_workshop
from courses.seats.capacity import PlacesTaken
from orders.checkout.placing import SaleClosed
from orders.settling.workshop_cancellation import NotCancellable, cancel_workshop
from tests.builders import make_article, make_practice, make_terms, make_user, make_workshop
from tests.desk_forms import PersonAtTheDesk, open_form, send
from tests.orders.purchases import place

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
REFUSALS = (NotCancellable, PlacesTaken, SaleClosed, NotReady, NoDay)
LONG_ENOUGH = 0.7  # seconds in which whoever does not wait for a lock would be through


@pytest.fixture
def workshop():
    make_practice()
    make_terms()
    return make_workshop(day=timezone.localdate() + timedelta(days=30), status="draft", capacity=10)


@pytest.fixture
def desk():
    client = PersonAtTheDesk()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def at_once(*works):
    ready = threading.Barrier(len(works), timeout=60)

    def run(work):
        try:
            ready.wait()
            return work()
        except REFUSALS as error:
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

    outcomes = at_once(*[lambda: articles.publish_article(article, why="A colleague read it.")] * 2)

    assert (sorted(outcomes), changes()) == ([False, True], [("draft", "published")])


def while_a_form_is_being_saved(desk, monkeypatch, row, act, *, at, **fields):
    """Somebody acts while the form stops at `at`, which it calls; whoever need not wait is through by then."""
    module, name = at
    path = f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"
    answers = open_form(desk, path)
    is_there, has_acted = threading.Event(), threading.Event()
    original = getattr(module, name)

    def stop(*args, **kwargs):
        is_there.set()
        has_acted.wait(LONG_ENOUGH)
        return original(*args, **kwargs)

    def press():
        is_there.wait(60)
        monkeypatch.setattr(module, name, original)
        try:
            return act()
        finally:
            has_acted.set()

    monkeypatch.setattr(module, name, stop)
    return at_once(lambda: send(desk, path, answers, **fields).status_code, press)


@pytest.mark.parametrize("at", [(desk_forms, "check_capacity"), (schedule, "store_sessions")])
def test_a_cancellation_waits_for_a_form_and_is_not_undone_by_it(workshop, desk, monkeypatch, at):
    publish_workshop(workshop)

    outcomes = while_a_form_is_being_saved(
        desk, monkeypatch, workshop, lambda: cancel_workshop(workshop, because="Ill."), at=at, note="Bring paper."
    )

    stored = Workshop.objects.get()
    assert outcomes == [302, None]
    assert (stored.status, stored.cancelled_because, stored.note) == ("cancelled", "Ill.", "Bring paper.")


def test_a_workshop_is_not_published_while_a_form_takes_its_last_session(workshop, desk, monkeypatch):
    outcomes = while_a_form_is_being_saved(
        desk,
        monkeypatch,
        workshop,
        lambda: publish_workshop(workshop),
        at=(schedule, "check_may_be_dateless"),
        **{"sessions-0-DELETE": "on"},
    )

    assert (outcomes, Workshop.objects.get().status, Session.objects.count()) == ([302, NotReady], "draft", 0)


@pytest.mark.parametrize(
    ("fields", "outcome", "status", "title"),
    [({"title": "Better"}, True, "published", "Better"), ({"published_on": ""}, NoDay, "draft", "Minds")],
)
def test_an_article_is_published_as_the_form_has_left_it(desk, monkeypatch, fields, outcome, status, title):
    make_practice()
    article = make_article("Minds", status="draft")

    outcomes = while_a_form_is_being_saved(
        desk,
        monkeypatch,
        article,
        lambda: articles.publish_article(article, why="A colleague read it."),
        at=(articles, "prepare"),
        **fields,
    )

    assert outcomes == [302, outcome]
    assert Article.objects.values_list("status", "title").get() == (status, title)


def test_somebody_books_or_it_is_taken_back_but_never_both(workshop):
    publish_workshop(workshop)
    as_a_page_has_read_it = Workshop.objects.get()

    at_once(lambda: take_back_workshop(workshop), lambda: place(as_a_page_has_read_it))

    holds = workshop.tickets.filter(status="held").count()
    assert (Workshop.objects.get().status, holds) in {("published", 1), ("draft", 0)}
