"""What the worker asks when nothing is due: little, and no more with years of history than on the first day."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import history
from courses.models import Ticket, WaitingListEntry, Workshop
from courses.seats import waiting_offers
from kit.work.due import all_works
from orders.documents import issuing
from orders.models import Document, Order, Payment, Refund
from orders.settling import reconcile
from outbox.delivery import deliver_due
from tests.builders import make_practice, make_ticket, make_workshop
from tests.orders.purchases import buy

MOST = 5  # statements of one kind of work
OF_EACH_RULE = {
    "orders.books.findings.check_rows": 64,  # asks for every rule of the books, once an hour
    "learning.books.check_rows": 12,  # the same of what follows a workshop, once a day
    # Every ten minutes, ten for each session of two months: whether it still is what its minutes were counted of.
    "learning.attendance.count_changed": 150,
    "learning.tellings.tell_what_is_missing": 20,  # each hour, five for each workshop of two weeks
    # Two or three for each of ten kinds of text, and one for what is kept five seconds, if those are over.
    "search.due.renew_what_changed": 27,
    "search.index.renew_all": 26,
    "practice.entered_hours.note_hours": 6,  # each minute, one or two for each kind of moment
    "practice.links.gather_links": 20,  # each hour, two or three for each kind of row with links
    "pictures.library.sweep_files": 8,  # each hour, one for each kind of row that names files
}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _practice(standin):
    make_practice()


def test_no_work_asks_for_each_row_when_nothing_is_due(monkeypatch):
    monkeypatch.setattr(history, "ORDERS", 10)  # of each workshop: more in all than any work may ask
    list(history.make_history(20))
    for work in all_works() * 4:  # minutes are counted, certificates issued by them and their mails sent, in any order
        work.run()

    asked = {}
    for work in all_works():
        with CaptureQueriesContext(connection) as seen:
            work.run()
        asked[work.name] = len(seen)

    assert {name: count for name, count in asked.items() if count > OF_EACH_RULE.get(name, MOST)} == {}


def test_mails_are_looked_for_with_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert deliver_due() == 0


def test_documents_of_long_ago_are_looked_for_once_a_day_and_credit_notes_at_once(standin):
    order = buy(standin, make_workshop())
    Document.objects.all().delete()
    Order.objects.update(paid_at=timezone.now() - timedelta(days=3))

    lately, of_all = issuing.issue_recent(), issuing.issue_missing()

    assert (lately, of_all, Document.objects.get().kind) == (0, 1, "receipt")
    Refund.objects.create(payment=order.payments.get(), amount=5, reason="Sorry.", status=Refund.Status.SUCCEEDED)
    assert (issuing.issue_recent(), issuing.issue_recent()) == (1, 0)


@pytest.mark.parametrize(("days", "decided"), [(1, 1), (3, 0)])
def test_money_of_long_ago_is_decided_on_each_hour(standin, days, decided):
    buy(standin, make_workshop())
    Order.objects.update(status=Order.Status.PENDING)
    Ticket.objects.update(status=Ticket.Status.HELD, held_until=timezone.now() + timedelta(minutes=5))
    then = timezone.now() - timedelta(days=days)
    Payment.objects.update(paid_at=then, recorded_at=then, created_at=then)

    counts = (reconcile.decide_recent_money(), reconcile.decide_recorded_money())

    assert counts == (decided, 1 - decided)
    assert Order.objects.get().status == Order.Status.PAID


@pytest.mark.parametrize(
    ("of_workshop", "of_type"),
    [
        ({"status": Workshop.Status.DRAFT}, {}),
        ({"status": Workshop.Status.CANCELLED}, {}),
        ({"sales_close_at": timezone.now() + timedelta(minutes=90)}, {}),
        ({}, {"last_day": timezone.localdate() - timedelta(days=1)}),
        ({}, {"access": "catch_up"}),
    ],
)
def test_a_full_list_that_no_offer_can_come_from_is_seen_to_and_closed(of_workshop, of_type):
    workshop = make_workshop(capacity=1)
    make_ticket(workshop)
    workshop.waiting_list.create(email="ada@example.org", email_key="ada@example.org")
    assert waiting_offers.offer_everywhere() == 0
    Workshop.objects.update(**of_workshop)
    workshop.ticket_types.update(**of_type)

    waiting_offers.offer_everywhere()

    assert WaitingListEntry.objects.get().status == WaitingListEntry.Status.CLOSED
