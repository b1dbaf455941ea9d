import logging
import os
import signal
import threading
import time
from datetime import timedelta
from functools import partial

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, connections

from kit.work.due import DueWork, Lane
from kit.work.rounds import do_for_each
from outbox.models import Message
from practice_site.management.commands import worker
from tests.builders import queue_words

# A lane has a connection of its own, which on SQLite would wait in vain for the end of a test that is one transaction
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def works(monkeypatch):
    """The worker's only work, in place of everything that the apps have registered."""
    registry: list[DueWork] = []
    monkeypatch.setattr(worker, "all_works", lambda: registry)
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)  # would end the test's own transaction
    return registry


@pytest.fixture(autouse=True)
def _own_signals():
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def heard(monkeypatch):
    """Waits until the worker has heard that it is to stop: its main thread does, and that may take a while."""
    known, listen = [], worker.listen_for_stop
    monkeypatch.setattr(worker, "listen_for_stop", lambda stop: known.append(stop) or listen(stop))
    return lambda: known[0].wait(60)


def add(works, run, *, every: float = 0, name: str = "work", lane: Lane = Lane.UPKEEP) -> None:
    works.append(DueWork(name, timedelta(seconds=every), run, lane))


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

    worker.work_until(stop, works)

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

    worker.work_until(stop, works)

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

    worker.work_until(stop, works)

    assert [record.getMessage() for record in caplog.records] == [
        "outbox.due.deliver: the database is unavailable (OperationalError); trying again"
    ] * 2


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no server that could end a connection")
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_connection_was_ended_goes_on_with_a_new_one():
    stop, seen = threading.Event(), []

    def work():
        seen.append(Message.objects.count())
        if len(seen) == 1:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        stop.set()
        return 1

    worker.work_until(stop, [DueWork("work", timedelta(0), work, Lane.UPKEEP)])

    assert seen == [0, 0]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_work_in_hand_end(works, heard, number):
    done = []

    def work():
        os.kill(os.getpid(), number)
        heard()
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


# Lanes ---------------------------------------------------------------------------------------


def test_no_lane_waits_for_another(works):
    code_has_left = threading.Event()
    done = []

    def wait_for_stripe():
        done.append(code_has_left.wait(60))
        os.kill(os.getpid(), signal.SIGTERM)
        return 1

    add(works, wait_for_stripe, every=86400, lane=Lane.SALES)
    add(works, lambda: code_has_left.set() or 0, every=86400, lane=Lane.MAILS)

    call_command("worker")

    assert done == [True]


def test_the_work_of_one_lane_is_done_one_after_the_other(works):
    at_once, most = [], []

    def work():
        at_once.append(1)
        most.append(len(at_once))
        time.sleep(0.02)
        at_once.pop()
        if len(most) > 4:
            os.kill(os.getpid(), signal.SIGTERM)
        return 1

    add(works, work)
    add(works, work)

    call_command("worker")

    assert set(most) == {1}


@pytest.mark.django_db(transaction=True)
def test_each_lane_has_a_connection_of_its_own_which_ends_with_it(works):
    theirs = {}
    both = threading.Barrier(2, timeout=60)

    def look(lane):
        theirs[lane] = (Message.objects.count(), connections["default"])
        both.wait()
        os.kill(os.getpid(), signal.SIGTERM)
        return 0

    for lane in (Lane.SALES, Lane.MAILS):
        add(works, partial(look, lane), every=86400, lane=lane)

    call_command("worker")

    wrappers = {id(wrapper) for _, wrapper in theirs.values()} | {id(connections["default"])}
    assert (len(wrappers), [wrapper.connection for _, wrapper in theirs.values()]) == (3, [None, None])


@pytest.mark.parametrize("once", [True, False], ids=["once", "until it is stopped"])
@pytest.mark.parametrize(
    ("chosen", "done"),
    [
        (["--only", "mails"], ["mails"]),
        (["--only", "mails", "--only", "upkeep"], ["mails", "upkeep"]),
        (["--only", "upkeep, mails"], ["mails", "upkeep"]),
        ([], ["links", "mails", "sales", "upkeep", "zoom"]),
    ],
    ids=str,
)
def test_only_the_lanes_that_were_named_are_worked_in(works, chosen, done, once):
    seen = []

    def look(lane):
        seen.append(str(lane))
        if len(seen) == len(done):
            os.kill(os.getpid(), signal.SIGTERM)
        return 1

    for lane in Lane:
        add(works, partial(look, lane), every=86400, lane=lane)
    if once:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)

    call_command("worker", *chosen, *["--once"] * once)

    assert sorted(seen) == done


@pytest.mark.parametrize("name", ["mail", "mails,stripe", ""])
def test_a_lane_that_there_is_not_is_refused_with_the_names_of_all(works, name):
    unknown = {"mails,stripe": "stripe"}.get(name, name)

    with pytest.raises(CommandError, match=f"no such lane: {unknown}. There are mails, sales, zoom, links, upkeep.$"):
        call_command("worker", "--only", name)


def test_a_lane_that_dies_ends_the_worker_with_an_error_and_lets_the_others_end(works, caplog):
    done = []
    begun = threading.Event()

    def die():
        begun.wait(60)
        raise SystemExit

    def take_a_moment():
        begun.set()
        time.sleep(0.2)
        done.append("ended")
        return 1

    add(works, die, lane=Lane.SALES)
    add(works, take_a_moment, lane=Lane.MAILS, every=86400)

    with pytest.raises(CommandError, match=r"^Ended, because a part of it did: sales\. The log says why\.$"):
        call_command("worker")

    [record] = caplog.records
    assert (done, record.getMessage().splitlines()[0]) == (["ended"], "the lane sales died: SystemExit")


def test_a_lane_that_does_not_end_is_left_behind_with_an_error(works, monkeypatch):
    monkeypatch.setattr(worker, "GRACE", 0.1)
    for_ever = threading.Event()

    def hang():
        os.kill(os.getpid(), signal.SIGTERM)
        for_ever.wait(60)
        return 0

    add(works, hang, lane=Lane.SALES)

    with pytest.raises(CommandError, match=r"^Ended, because a part of it did: sales\."):
        call_command("worker")

    for_ever.set()


def test_a_worker_that_is_to_stop_begins_no_further_row(works, heard):
    done = []

    def see_to(row):
        os.kill(os.getpid(), signal.SIGTERM)
        heard()
        done.append(row)

    add(works, lambda: do_for_each(range(3), see_to))

    call_command("worker")

    assert done == [0]
