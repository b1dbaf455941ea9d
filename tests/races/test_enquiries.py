"""A form that is sent twice at one moment is one enquiry."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from outbox.models import Message
from practice import enquiries
from practice.models import Enquiry, Practice
from tests.builders import make_practice

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
TIMES = 4


def send_at_once():
    begin = threading.Barrier(TIMES, timeout=60)

    def send(_):
        begin.wait()
        try:
            own = Enquiry(name="Noor", email="noor@example.org", may_write=True, setting="online", message="Tuesdays")
            return enquiries.receive_enquiry(own).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(TIMES) as pool:
        return list(pool.map(send, range(TIMES)))


def test_the_same_words_sent_at_one_moment_are_one_enquiry():
    make_practice()

    answers = send_at_once()

    assert (set(answers), Enquiry.objects.count()) == ({Enquiry.objects.get().pk}, 1)
    assert Message.objects.count() == 2  # the desk's, and the sender's


def test_without_the_lock_there_are_several(monkeypatch):
    """The test above would notice."""
    make_practice()
    all_have_looked = threading.Barrier(TIMES, timeout=60)
    same = enquiries._same

    def look_together(enquiry):
        found = same(enquiry)
        all_have_looked.wait()
        return found

    monkeypatch.setattr(Practice, "lock", lambda: None)
    monkeypatch.setattr(enquiries, "_same", look_together)

    send_at_once()

    assert Enquiry.objects.count() == TIMES
