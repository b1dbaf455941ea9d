"""The bench of growth: what it makes adds up, and it tells what it is asked. How fast that was is nobody's promise."""

import os
import re
import subprocess
import sys

import pytest

from accounts.models import AuditEntry
from bench import growth
from bench.growth import Cost
from bench.history import ORDERS, make_history
from courses.models import Ticket, Workshop
from newsletter.models import Subscriber
from orders.books import books
from orders.models import Document, Order
from outbox.models import Message
from pictures.library import is_shown
from pictures.models import Picture
from scripts.serve import ROOT
from tests.processes import database_url


@pytest.mark.django_db
def test_the_books_of_a_history_made_in_bulk_add_up():
    told = list(make_history(20))

    assert list(books.findings()) == []
    assert (Workshop.objects.upcoming().count(), Workshop.objects.past().count()) == (2, 18)
    assert {model: model.objects.count() for model in (Order, Ticket, Subscriber, Message, AuditEntry)} == {
        **dict.fromkeys([Order, Ticket, Subscriber], 20 * ORDERS),
        Message: 3 * 20 * ORDERS,
        AuditEntry: 7 * 20 * ORDERS,
    }
    assert (Picture.objects.count(), Picture.objects.filter(is_shown()).count()) == (50, 40)
    assert list(Picture.objects.without_sizes()) == []
    assert Document.objects.count() == 20 * (ORDERS - 2 + 2)  # receipts but for two, an invoice, a credit note
    assert told == ["articles and pictures", "workshops", "subscribers", "orders, 0 of 1000", "people who wait"]


def test_the_smallest_size_is_made_measured_and_told(db):
    command = [sys.executable, "-m", "bench.growth", "--sizes", "1", "--only", "home"]
    own = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}

    ended = subprocess.run(
        command, cwd=ROOT, env=own | {"DATABASE_URL": database_url()}, capture_output=True, text=True, timeout=300
    )

    lines = ended.stdout.splitlines()
    assert ended.returncode == 0, ended.stderr
    assert lines[0].split() == ["1x", "ms", "SQL", "kB", "ratio"]
    assert re.fullmatch(r"home +[\d.]+ +\d+ +\d+ +1\.0x", lines[1])


def test_a_table_compares_each_size_with_the_first():
    measured = {1: {"home": Cost(0.02, 9, 18_000)}, 10: {"home": Cost(0.05, 9, 20_000)}}

    assert list(growth.table(measured))[1].split() == [
        *("home", "20.0", "9", "18", "1.0x"),
        *("50.0", "9", "20", "2.5x"),
    ]
