"""Colleagues type at the same time, and their browsers store, preview and tell that they are there, beside the worker.

Each of them gets an answer: on SQLite, too, where one writer alone is let in at a time.
"""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection, connections
from django.test import Client

from articles.editing.working_copies import edited
from articles.models import Article
from kit.work.due import all_works
from practice_site.management.commands.worker import run
from tests.builders import make_article, make_person, make_practice, make_topic, make_user
from tests.desk_forms import OPENED, Answers, open_form, send

pytestmark = pytest.mark.django_db(transaction=True)
ARTICLES = "/admin/articles/article/"
EDITORS, ROUNDS = 3, 8


def typing(article: Article, client: Client, answers: Answers, seen: Counter) -> None:
    """So many rounds of what the form's script sends by itself."""
    try:
        for number in range(ROUNDS):
            body = f"<p>Word {number}.</p>"
            stored = send(client, f"{ARTICLES}{article.pk}/autosave/", answers, body=body)
            seen["autosave", stored.status_code] += 1
            answers |= {OPENED: [stored.json()["opened"]]} if stored.status_code == 200 else {}
            shown = send(client, f"{ARTICLES}{article.pk}/preview/typed/", answers, body=body)
            seen["preview", shown.status_code] += 1
            seen["here", client.post(f"{ARTICLES}{article.pk}/here/").status_code] += 1
    finally:
        connections.close_all()


def working(is_over: Event, failed: list[str]) -> None:
    """What the worker does, without a pause."""
    try:
        while not is_over.is_set():
            failed += filter(None, map(run, all_works()))
    finally:
        connections.close_all()


def signed_in() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def all_at_once(work: Callable[[Event, list[str]], None] = working) -> tuple[Counter, list[str], list[Article]]:
    make_practice()
    articles = [make_article(author=make_person(), reviewer=make_person()) for _ in range(EDITORS)]
    for article in articles:
        article.topics.add(make_topic())
    clients = [signed_in() for _ in articles]
    pairs = list(zip(articles, clients, strict=True))
    forms = [open_form(client, f"{ARTICLES}{article.pk}/change/") for article, client in pairs]
    seen, failed, is_over = Counter(), [], Event()
    with ThreadPoolExecutor(EDITORS + 1) as pool:
        worker = pool.submit(work, is_over, failed)
        try:
            editors = [pool.submit(typing, *pair, form, seen) for pair, form in zip(pairs, forms, strict=True)]
            for each in editors:
                each.result()
        finally:
            is_over.set()
            worker.result()
    return seen, failed, articles


def test_nobody_who_types_meets_a_locked_database():
    seen, failed, articles = all_at_once()

    assert seen == {(what, 200): EDITORS * ROUNDS for what in ("autosave", "preview", "here")}
    assert failed == []
    assert {edited(article).body for article in articles} == {f"<p>Word {ROUNDS - 1}.</p>"}


def test_they_would_if_a_writer_did_not_wait_for_its_turn(monkeypatch):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL lets in many writers at a time")
    monkeypatch.setitem(connections.settings["default"]["OPTIONS"], "timeout", 0)

    seen, failed, _ = all_at_once()

    assert {status for _, status in seen} - {200} or failed
