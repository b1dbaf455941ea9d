"""The worker is killed again and again while it tells people something: nobody misses it, and few hear it twice.

`KILLED_MAILS=5000 KILLED_TIMES=20` makes it the whole of it; each kill may repeat the one mail that was on the wire.
"""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from email import message_from_string

import pytest
from django.conf import settings
from django.utils import timezone

from courses.models import Ticket, TicketType
from outbox.models import Message
from tests.builders import make_cities, make_practice, make_workshop
from tests.outbox import sink
from tests.processes import environment

pytestmark = pytest.mark.django_db(transaction=True)
MAILS = int(os.environ.get("KILLED_MAILS", "60"))
KILLS = int(os.environ.get("KILLED_TIMES", "3"))
PATIENCE = 120 + MAILS  # seconds, for a slow machine


def worker(port):
    command = [sys.executable, "manage.py", "worker", "--only", "mails,upkeep"]
    surroundings = environment(TESTS_MAIL_PORT=str(port), DJANGO_SETTINGS_MODULE="tests.mailing_settings")
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=surroundings, stderr=subprocess.DEVNULL)


def wait_for(number, server, process):
    """Until so many mails have come; says whether they have."""
    until = time.monotonic() + PATIENCE
    while len(server.mails) < number and time.monotonic() < until and process.poll() is None:
        time.sleep(0.005)
    return len(server.mails) >= number


def end_leases():
    """In the place of waiting five minutes for what was being sent."""
    Message.objects.filter(state=Message.State.SENDING).update(leased_until=timezone.now() - timedelta(seconds=1))


def book_for_tomorrow(count):
    start = timezone.now() + timedelta(hours=23)
    workshop = make_workshop(day=start.date(), capacity=1000)
    workshop.sessions.update(starts_at=start, ends_at=start + timedelta(hours=2))
    type(workshop).objects.filter(pk=workshop.pk).update(starts_at=start, ends_at=start + timedelta(hours=2))
    Ticket.objects.bulk_create(
        Ticket(
            workshop=workshop,
            ticket_type=workshop.ticket_types.get(),
            access=TicketType.Access.LIVE,
            place_number=number,
            status=Ticket.Status.CONFIRMED,
            attendee_name=f"Attendee {number}",
            attendee_email=f"attendee{number}@example.org",
            confirmed_at=timezone.now() - timedelta(days=9),
        )
        for number in range(1, count + 1)
    )


def told(server):
    """How often each was written to, and each mail by its own name."""
    mails = [message_from_string(text) for text in server.mails]
    return Counter(each["To"] for each in mails), Counter(each["Message-ID"] for each in mails)


def test_a_worker_that_is_killed_loses_no_reminder_and_repeats_at_most_one_each_time():
    make_practice()
    make_cities()
    book_for_tomorrow(MAILS)
    everybody = {f"attendee{number}@example.org" for number in range(1, MAILS + 1)}

    with sink.running() as server:
        for number in range(1, KILLS + 1):
            process = worker(server.port)
            assert wait_for(number * MAILS // (KILLS + 1), server, process), "the worker sends nothing"
            process.send_signal(signal.SIGKILL)
            process.wait(60)
            end_leases()
        process = worker(server.port)
        try:
            until = time.monotonic() + PATIENCE
            while Message.objects.exclude(state=Message.State.SENT).exists() or Message.objects.count() < MAILS:
                assert time.monotonic() < until, "the worker does not come to an end"
                time.sleep(0.05)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(120)
        people, mails = told(server)

    assert set(people) == everybody
    assert Message.objects.count() == len(mails) == MAILS
    assert sum(people.values()) <= MAILS + KILLS
    assert max(people.values()) <= 1 + KILLS
