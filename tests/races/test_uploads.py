"""A report of Zoom's is stored by two presses at one moment."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connections

from accounts.models import AuditEntry
from meetings import uploads
from meetings.models import Presence
from meetings.zoom_files import ReadStay
from tests.builders import make_practice, make_workshop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def session():
    make_practice()
    return make_workshop().sessions.get()


def store_at_once(session) -> list[int]:
    stays = [ReadStay("Noor", "noor@example.org", session.starts_at, session.ends_at)]
    begin = threading.Barrier(2, timeout=60)

    def store(_):
        begin.wait()
        try:
            return uploads.store_file(session, stays)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(store, range(2)))


def told() -> int:
    return AuditEntry.objects.filter(after="report uploaded").count()


@pytest.fixture
def both_count_first(monkeypatch):
    """Before either stores, unless one has to wait for the other."""
    store, together = Presence.objects.bulk_create, threading.Barrier(2)

    def store_late(*args, **kwargs):
        with suppress(threading.BrokenBarrierError):
            together.wait(1)
        return store(*args, **kwargs)

    monkeypatch.setattr(Presence.objects, "bulk_create", store_late)


@pytest.mark.usefixtures("both_count_first")
def test_its_rows_are_stored_and_told_once(session):
    assert (store_at_once(session), Presence.objects.count(), told()) == ([0, 1], 1, 1)


@pytest.mark.usefixtures("both_count_first")
def test_without_the_lock_they_are_told_twice(session, monkeypatch):
    """The test above would notice."""
    monkeypatch.setattr(uploads, "lock", lambda *_args: None)

    assert (store_at_once(session), Presence.objects.count(), told()) == ([1, 1], 1, 2)
