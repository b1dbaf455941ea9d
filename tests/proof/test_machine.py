"""Steps in an order that nobody would think of; the rules of the sale hold after each of them."""

import re
from collections import Counter
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection
from hypothesis import Phase
from hypothesis import settings as effort
from hypothesis.stateful import run_state_machine_as_test

from courses.seats import places
from orders.changes import cancellations
from orders.mails import booking_mails, change_mails
from orders.models import Document, Order, Payment
from orders.pricing import codes, refund_policy
from tests.proof import cohort_steps, consent_steps, desk_steps, series_steps  # noqa: F401  their steps are taken, too
from tests.proof.sale_machine import DUE, STEPS, Sale

pytestmark = pytest.mark.django_db(transaction=True)
LEAST_DEATHS = 2  # at so many different points
MOST_UNTAKEN = 20  # steps of all, in the few stories of an ordinary run
FOUND_AT_ONCE = {"max_examples": 100, "phases": [Phase.generate]}  # the first way will do, however long it is


@pytest.fixture
def taken():
    """How often each step was taken and not refused, and how often the process died at each point."""
    return Counter()


@pytest.fixture
def sale(settings, time_machine, taken):
    settings.STRIPE_SECRET_KEY = "sk_test_standin_tests"
    settings.STRIPE_API_BASE = ""
    return lambda: Sale(time_machine, taken)


def test_whatever_happens_in_whatever_order_the_rules_hold(sale, taken):
    """SQLite is told the first of the stories that PostgreSQL is told, and so few that rare steps may be missing."""
    is_whole = connection.vendor == "postgresql"
    stories = effort() if is_whole else effort(max_examples=effort().max_examples // 3)

    run_state_machine_as_test(sale, settings=stories)

    died_at = [name for name in taken if name.startswith("died at ")]
    if is_whole:
        assert len(STEPS.keys() - taken.keys()) <= MOST_UNTAKEN, taken
        assert len(died_at) >= LEAST_DEATHS, taken


# With one rule taken away, the machine says so ---------------------------------


def a_place_is_given_out_twice(monkeypatch):
    monkeypatch.setattr(places, "_free_numbers", lambda workshop, wanted, **options: list(range(1, wanted + 1)))


def a_code_stays_with_an_order_that_ended(monkeypatch):
    monkeypatch.setattr(codes, "release", lambda order: None)


def a_paid_order_is_not_told_of(monkeypatch):
    monkeypatch.setattr(booking_mails, "tell_confirmed", lambda order, tickets: None)


def a_place_that_ends_stays_in_the_calendar(monkeypatch):
    monkeypatch.setattr(change_mails, "requests_for", lambda tickets: [])
    monkeypatch.setattr(change_mails, "cancels_for", lambda tickets: [])


def a_start_that_was_asked_for_costs_nothing(monkeypatch):
    by_right = refund_policy._by_right
    monkeypatch.setattr(refund_policy, "_by_right", lambda facts, at: by_right(replace(facts, is_agreed=False), at))


def a_start_that_nobody_asked_for_is_paid(monkeypatch):
    by_right = refund_policy._by_right
    monkeypatch.setattr(refund_policy, "_by_right", lambda facts, at: by_right(replace(facts, is_agreed=True), at))


MISTAKES = {
    a_place_is_given_out_twice: "ticket_place_is_sold_once|courses_ticket.place_number",  # PostgreSQL's word, SQLite's
    a_code_stays_with_an_order_that_ended: "no order uses it",
    a_place_that_ends_stays_in_the_calendar: "and the calendar of .* was told",
    a_paid_order_is_not_told_of: "was not confirmed by email",
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_machine_finds_that(mistake, sale, monkeypatch):
    mistake(monkeypatch)

    with pytest.raises((AssertionError, IntegrityError)) as found:
        run_state_machine_as_test(sale, settings=effort(**FOUND_AT_ONCE))

    assert re.search(MISTAKES[mistake], str(found.value))


@pytest.fixture
def near(sale):
    """A story in which a workshop is near; it is told no further than the test tells it."""
    story = sale()
    story.begin(beginning="a workshop is near")
    yield story
    story.found = ["told to here"]
    story.teardown()


def change_after_the_start(story, *, is_asked):
    consent_steps.buy_shortly_before(story, who=1, places=1, which=0, is_asked=is_asked)
    consent_steps.the_workshops_begin(story)
    consent_steps.change_ones_mind(story, which=0)


@pytest.mark.parametrize(
    ("mistake", "is_asked"),
    [(a_start_that_was_asked_for_costs_nothing, True), (a_start_that_nobody_asked_for_is_paid, False)],
)
def test_a_wrong_sum_after_the_start_is_found(mistake, is_asked, near, monkeypatch):
    mistake(monkeypatch)

    with pytest.raises(AssertionError, match="for a start that was asked for or not"):
        change_after_the_start(near, is_asked=is_asked)


def test_all_comes_back_for_a_start_that_nobody_asked_for(near):
    change_after_the_start(near, is_asked=False)

    assert Order.objects.get(pk__in=near.asked).balance() == 0


def test_nothing_comes_back_for_a_start_that_was_asked_for(near):
    with pytest.raises(cancellations.TooLate):
        change_after_the_start(near, is_asked=True)


def test_a_receipt_that_a_death_left_unwritten_waits_for_the_worker_alone(near):
    near.die_at("number taken")
    with near.whatever_comes("a purchase"):
        consent_steps.buy_shortly_before(near, who=1, places=1, which=0, is_asked=False)
    consent_steps.the_workshops_begin(near)
    papers = Order.objects.latest("paid_at").documents
    assert not papers.exists()

    near.the_rules_hold()
    near.work_comes_due(DUE)
    near.the_rules_hold()
    assert papers.get().kind == Document.Kind.RECEIPT


def test_a_bank_that_is_heard_of_when_a_place_is_gone_leaves_no_order_that_waits(near):
    with near.whatever_comes("a series"):
        series_steps.buy_a_series(near, who=1, is_told=False, method="delayed")
    series_steps.somebody_else_takes_a_part_meanwhile(near, which=0, part=1)
    waits = Order.objects.exclude(series=None).get()
    assert waits.status == Order.Status.PENDING

    near.tell_everything()

    waits.refresh_from_db()
    assert (waits.status, waits.payments.get().status) == (Order.Status.LAPSED, Payment.Status.PROCESSING)
    near.the_rules_hold()
