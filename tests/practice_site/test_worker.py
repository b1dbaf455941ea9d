import logging
import os
import signal
import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from kit.due import DueWork
from outbox.models import Message
from practice_site.management.commands import worker
from tests.builders import queue_words

pytestmark = pytest.mark.django_db


@pytest.fixture
def works(monkeypatch):
    """The worker's only work, in place of everything that the apps have registered."""
    registry: list[DueWork] = []
    monkeypatch.setattr(worker, "REGISTRY", registry)
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)  # would end the test's own transaction
    return registry


@pytest.fixture(autouse=True)
def _own_signals():
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def add(works, run, *, every: float = 0, name: str = "work") -> None:
    works.append(DueWork(name, timedelta(seconds=every), run))


def test_once_delivers_what_is_due():
    queue_words(key="k", to="noor@example.org", subject="Hello", text="Words.")

    call_command("worker", "--once")

    assert [sent.subject for sent in mail.outbox] == ["Hello"]
    assert Message.objects.get().state == Message.State.SENT


def test_work_that_fails_stops_neither_the_others_nor_the_worker(works):
    stop, done = threading.Event(), []

    def fail():
        raise ValueError

    def count():
        done.append(1)
        if len(done) == 3:
            stop.set()
        return 1

    add(works, fail)
    add(works, count)

    worker.work_until(stop)

    assert len(done) == 3


def test_once_names_the_work_that_failed(works):
    def fail():
        raise ValueError

    add(works, fail, name="orders.due.settle")
    add(works, lambda: 1, name="outbox.due.deliver")

    with pytest.raises(CommandError, match=r"^Failed: orders\.due\.settle\. The log says why\.$"):
        call_command("worker", "--once")


def test_each_work_has_its_own_interval(works):
    stop, done = threading.Event(), []

    def often():
        done.append("often")
        if done.count("often") == 3:
            stop.set()
        return 0

    add(works, often, every=0.01)
    add(works, lambda: done.append("daily") or 0, every=86400)

    worker.work_until(stop)

    assert done == ["often", "daily", "often", "often"]


def test_a_database_that_is_gone_is_asked_again(works, caplog):
    stop, tries = threading.Event(), []

    def work():
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("server closed the connection")
        stop.set()
        return 1

    add(works, work, name="outbox.due.deliver")

    worker.work_until(stop)

    assert [record.getMessage() for record in caplog.records] == [
        "outbox.due.deliver: the database is unavailable (OperationalError); trying again"
    ] * 2


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no server that could end a connection")
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_connection_was_ended_goes_on_with_a_new_one(monkeypatch):
    stop, seen = threading.Event(), []

    def work():
        seen.append(Message.objects.count())
        if len(seen) == 1:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        stop.set()
        return 1

    monkeypatch.setattr(worker, "REGISTRY", [DueWork("work", timedelta(0), work)])

    worker.work_until(stop)

    assert seen == [0, 0]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_work_in_hand_end(works, number):
    done = []

    def work():
        os.kill(os.getpid(), number)
        done.append("ended")
        return 1

    add(works, work)
    add(works, lambda: done.append("next") or 0)

    call_command("worker")

    assert done == ["ended"]


def test_the_log_says_where_work_failed_but_not_the_words_of_the_error(works, caplog):
    caplog.set_level(logging.DEBUG)

    def fail():
        raise ValueError("canary@example.org is not unique")

    add(works, fail, name="newsletter.due.send")

    with pytest.raises(CommandError):
        call_command("worker", "--once")

    [record] = caplog.records
    assert record.getMessage().splitlines()[0] == "newsletter.due.send failed: ValueError"
    assert 'raise ValueError("canary' in caplog.text
    assert "is not unique\n" not in record.getMessage().splitlines()[-1]
