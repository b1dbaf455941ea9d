from itertools import pairwise

import pytest

from practice.models import SaleTerms
from practice.refund_policy import (
    RefundPolicy,
    Tier,
    from_snapshot,
    in_words,
    recording_consent,
    snapshot,
    start_request,
    words_of,
)
from tests.builders import at, make_refund_tiers, make_sale_terms

LONDON = "Europe/London"
CANCELLED_BY_US = "If we cancel, or change the date or who teaches, you get everything back."
CALENDAR = "We count calendar days in the city of the workshop."
FREE = [
    "Changed your mind? Within 14 days of booking you get everything back, as long as no session has started.",
    "If you asked us to start within these 14 days, you pay for the sessions that have started, and the rest comes "
    "back. If you did not ask, everything does.",
    "If you bought the recording alone, you get everything back within these 14 days; if you asked us to open it "
    "earlier, until it is opened.",
]


def policy(*tiers, free_days=14, note=""):
    return RefundPolicy(free_days, tuple(Tier(*tier) for tier in tiers), note)


@pytest.mark.parametrize(
    ("tiers", "sentence"),
    [
        (
            [(14, 100), (7, 50)],
            "After that: everything if the workshop is 14 days or more away, half if the workshop is 7 to 13 days "
            "away, and nothing later.",
        ),
        ([], "After that there is no refund."),
        ([(7, 0)], "After that there is no refund."),
        ([(30, 100)], "After that: everything if the workshop is 30 days or more away and nothing later."),
        (
            [(14, 100), (7, 100), (2, 0)],
            "After that: everything if the workshop is 7 days or more away and nothing later.",
        ),
        (
            [(2, 100), (1, 30), (0, 10)],
            "After that: everything if the workshop is 2 days or more away, 30% if the workshop is 1 day away, 10% on "
            "the day itself, and nothing once it has started.",
        ),
        ([(0, 100)], "After that: everything until it starts and nothing once it has started."),
        (
            [(4, 100), (0, 50)],
            "After that: everything if the workshop is 4 days or more away, half if the workshop is 0 to 3 days away, "
            "and nothing once it has started.",
        ),
    ],
)
def test_the_steps_are_one_sentence(tiers, sentence):
    assert in_words(policy(*tiers)) == [*FREE, sentence, CANCELLED_BY_US, CALENDAR]


def test_without_days_to_change_ones_mind_nothing_is_said_of_them():
    assert in_words(policy((14, 100), free_days=0))[0] == (
        "If you cannot come, you get back: everything if the workshop is 14 days or more away and nothing later."
    )
    assert in_words(policy(free_days=0)) == ["There is no refund once you have booked.", CANCELLED_BY_US]


def test_a_note_follows_the_sentences_line_by_line():
    assert in_words(policy(note=" Ask us. \n\nAlways.\n"))[-2:] == ["Ask us.", "Always."]


@pytest.mark.parametrize(
    ("days", "percent"), [(1000, 100), (14, 100), (13, 50), (7, 50), (6, 0), (0, 0), (-1, 0), (-1000, 0)]
)
def test_the_nearest_step_that_fits_counts(days, percent):
    assert policy((7, 50), (14, 100)).percent_before(days) == percent


def test_an_order_keeps_numbers_and_words():
    kept = snapshot(policy((14, 100), (7, 50), note="Ask us."))

    assert from_snapshot(kept) == policy((14, 100), (7, 50))
    assert words_of(kept) == in_words(policy((14, 100), (7, 50), note="Ask us."))


@pytest.mark.parametrize(("kept_days", "read"), [(0, 14), (13, 14), (14, 14), (30, 30)])
def test_an_order_of_the_first_version_has_the_days_that_the_law_gives(kept_days, read):
    kept = {"version": 1, "free_days": kept_days, "tiers": [[7, 50]], "words": ["Half."]}

    assert (from_snapshot(kept), words_of(kept)) == (policy((7, 50), free_days=read), ["Half."])


@pytest.mark.parametrize("days", [14, 30])
def test_what_a_buyer_ticks_names_the_days_of_the_policy(days):
    its = policy(free_days=days)

    assert start_request(its) == (
        f"Start within {days} days: I ask for it, and pay for what has taken place if I cancel. "
        "Once all of it has, nothing comes back."
    )
    assert recording_consent(its) == (
        f"Open the recording as soon as it is there, also within {days} days: "
        "I know that I then lose the right to cancel."
    )


@pytest.mark.parametrize(
    ("booked_at", "until"),
    [
        ("2027-03-10 00:00:00", "2027-03-25 00:00"),
        ("2027-03-10 23:59:59", "2027-03-25 00:00"),
        ("2027-03-20 12:00:00", "2027-04-04 00:00"),  # the clocks go forward on the 28th
        ("2027-10-20 12:00:00", "2027-11-04 00:00"),  # and back on the 31st
    ],
)
def test_the_days_end_with_the_last_of_them_where_the_workshop_is_organised(booked_at, until):
    assert policy().free_until(at(booked_at, LONDON), LONDON) == at(until, LONDON)


@pytest.mark.parametrize("kept", [{}, {"version": 0, "words": ["Half."]}])
def test_words_alone_make_no_policy(kept):
    assert from_snapshot(kept) is None


@pytest.mark.django_db
def test_the_practices_policy_is_made_from_its_rows():
    make_sale_terms(refund_free_days=21)
    make_refund_tiers((7, 50), (14, 100))

    assert SaleTerms.current().refund_policy == policy((14, 100), (7, 50), free_days=21)


def test_the_sentence_says_for_every_day_what_the_money_does():
    """Reads the sentence as a person does, and compares each day of two months."""
    for tiers in [[(14, 100), (7, 50)], [(30, 80), (10, 80), (3, 20)], [(1, 100), (0, 50)], [(5, 10), (2, 60)]]:
        its = policy(*tiers)
        for day, tomorrow in pairwise(range(60)):
            assert (_said(its, day), _said(its, tomorrow)) == (its.percent_before(day), its.percent_before(tomorrow))


def _said(its: RefundPolicy, day: int) -> int:
    sentence = in_words(its)[3].removeprefix("After that: ")
    for part in sentence.replace(" and nothing", ", and nothing").split(", "):
        share, _, span = part.replace("on the day itself", "if the workshop is 0 days").partition(
            " if the workshop is "
        )
        if span and day in _days(span):
            return {"everything": 100, "half": 50}.get(share) or int(share.rstrip("%"))
    return 0


def _days(span: str) -> range:
    numbers = [int(word) for word in span.split() if word.isdigit()]
    return range(numbers[0], 10_000 if "or more" in span else numbers[-1] + 1)
