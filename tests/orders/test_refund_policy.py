"""Amounts at every boundary. The workshop is on Monday 29 March 2027, a day after London's clocks went forward."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.models import Ticket, TicketType, Workshop
from orders.changes import refunds
from orders.models import Consent, Order, Payment, Refund
from orders.pricing import refund_policy
from orders.pricing.refund_policy import Facts, part_at, refund_for
from practice.refund_policy import RefundPolicy, Tier
from tests.builders import (
    at,
    make_practice,
    make_refund_tiers,
    make_session,
    make_ticket_type,
    make_workshop,
)
from tests.orders.purchases import paid_behind_the_back, place

pytestmark = pytest.mark.django_db
LONDON, DAY = "Europe/London", date(2027, 3, 29)
SECOND = timedelta(seconds=1)
USUAL = RefundPolicy(14, (Tier(14, 100), Tier(7, 50)))
EARLY, TODAY = at("2026-12-01 12:00", LONDON), at("2027-03-20 12:00", LONDON)


@pytest.fixture(autouse=True)
def _while_it_is_sold(time_machine):
    time_machine.move_to(EARLY)


def london(text):
    return at(text, LONDON)


def facts(*starts, **fields):
    """Sessions of six hours, one unless `starts` says."""
    begins = [london(text) for text in starts or ["2027-03-29 10:00"]]
    defaults = {"sessions": tuple((each, each + timedelta(hours=6)) for each in begins)}
    return Facts(**({"policy": USUAL, "booked_at": EARLY, "zone": LONDON} | defaults | fields))


def percent_at(its, moment):
    part, reason = part_at(its, moment)
    return part if part is None else part * 100, reason


def paid_order(workshop=None, *, count=1, price="105.00", tiers=((14, 100), (7, 50)), **fields):
    """Paid on 1 December 2026, without asking Stripe."""
    make_practice()
    make_refund_tiers(*tiers)
    order = place(workshop or make_workshop(day=DAY, price=price), count)
    Order.objects.update(status=Order.Status.PAID, placed_at=EARLY, paid_at=EARLY, **fields)
    if order.total:
        paid_behind_the_back(order, intent_id="pi_1", paid_at=EARLY)
    return Order.objects.get(pk=order.pk)


def quote(order, moment):
    return refund_for(order, list(order.lines.all()), moment)


@pytest.mark.parametrize(
    ("moment", "percent"),
    [
        ("2027-01-01 00:00:00", 100),
        ("2027-03-15 23:59:59", 100),  # 14 days before, by the calendar
        ("2027-03-16 00:00:00", 50),
        ("2027-03-22 23:59:59", 50),
        ("2027-03-23 00:00:00", 0),
        ("2027-03-29 09:59:59", 0),
        ("2027-03-29 10:00:00", 0),
    ],
)
def test_steps_change_at_midnight_where_the_workshop_is_organised(moment, percent):
    assert percent_at(facts(), london(moment))[0] == percent


def test_days_are_the_organisers_even_where_the_buyer_has_another_date():
    assert percent_at(facts(), at("2027-03-15 23:59:59", "America/New_York"))[0] == 50
    assert percent_at(facts(zone="America/New_York"), at("2027-03-15 23:59:59", "America/New_York"))[0] == 100


@pytest.mark.parametrize(
    ("moment", "percent"),
    [
        ("2027-03-24 23:59:59", 100),  # booked on the 10th: 14 days later, to the end of the day
        ("2027-03-25 00:00:00", 0),
    ],
)
def test_everything_comes_back_to_the_end_of_the_last_day_to_change_ones_mind(moment, percent):
    assert percent_at(facts(booked_at=london("2027-03-10 23:59:59")), london(moment))[0] == percent


@pytest.mark.parametrize(("moment", "percent"), [("2027-03-29 09:59:59", 100), ("2027-03-29 10:00:00", 0)])
def test_once_the_only_session_has_started_as_asked_for_nothing_comes_back(moment, percent):
    assert percent_at(facts(booked_at=TODAY, is_agreed=True), london(moment))[0] == percent


def test_no_days_to_change_ones_mind_means_not_even_the_day_of_booking():
    assert percent_at(facts(policy=RefundPolicy(0, ()), booked_at=TODAY), TODAY) == (
        0,
        "The workshop is 9 days away, so nothing comes back.",
    )


@pytest.mark.parametrize(
    ("fields", "moment", "reason"),
    [
        ({}, "2027-03-01 12:00", "The workshop is 28 days away, so everything comes back."),
        ({}, "2027-03-20 12:00", "The workshop is 9 days away, so half comes back."),
        ({}, "2027-03-28 12:00", "The workshop is 1 day away, so nothing comes back."),
        ({}, "2027-03-29 09:00", "The workshop is today, so nothing comes back."),
        ({}, "2027-03-29 10:00", "The workshop has started, so nothing comes back."),
        (
            {"is_cancelled_by_us": True},
            "2027-03-29 12:00",
            "We have cancelled this workshop, so everything comes back.",
        ),
        ({"sessions": ()}, "2027-03-20 12:00", "This workshop has no date at present, so everything comes back."),
        ({"policy": None}, "2027-03-20 12:00", refund_policy.ASK_US),
        (
            {"booked_at": TODAY},
            "2027-03-20 12:00",
            "Booked on Saturday 20 March 2027: within 14 days of booking everything comes back.",
        ),
    ],
)
def test_every_answer_has_its_reason(fields, moment, reason):
    assert percent_at(facts(**fields), london(moment))[1] == reason


def test_the_amount_holds_until_the_moment_that_is_named():
    """Hour by hour through four months and two clock changes: the same until then, another from then on."""
    for its in (facts(), facts(booked_at=TODAY), facts(booked_at=london("2027-03-14 12:00"))):
        moment = EARLY
        while moment < london("2027-04-05 00:00"):
            until = refund_policy._holds_until(its, moment)
            now = percent_at(its, moment)[0]
            if until is None:
                assert percent_at(its, london("2028-01-01 00:00"))[0] == now
            else:
                assert percent_at(its, until - SECOND)[0] == now
                assert percent_at(its, until)[0] != now
            moment += timedelta(hours=1)


def test_the_day_that_the_clocks_change_is_one_day():
    assert refund_policy._holds_until(facts(policy=RefundPolicy(0, (Tier(1, 100),))), EARLY) == london(
        "2027-03-29 00:00"
    )


@pytest.mark.parametrize(
    ("moment", "amount"), [("2027-03-01 12:00", "105.00"), ("2027-03-20 12:00", "52.50"), ("2027-03-28 12:00", "0")]
)
def test_the_percentage_is_of_what_was_paid(moment, amount):
    assert quote(paid_order(), london(moment)).total == Decimal(amount)


def test_half_pennies_are_rounded_up():
    assert quote(paid_order(price="84.99"), TODAY).total == Decimal("42.50")


def test_a_discount_is_not_paid_back():
    order = paid_order(count=2)
    line = order.lines.first()
    order.lines.filter(pk=line.pk).update(discount=Decimal("21.00"))
    Payment.objects.update(received=Decimal("189.00"))

    assert [share.amount for share in quote(order, EARLY).lines] == [Decimal("84.00"), Decimal("105.00")]


def test_what_has_gone_back_for_a_place_is_taken_off():
    order = paid_order()
    refunds.send_back(order.payments.get(), amount=Decimal("80.00"), reason="Sorry", line=order.lines.get())

    assert (quote(order, EARLY).total, quote(order, TODAY).total) == (Decimal("25.00"), Decimal("25.00"))


def test_a_refund_for_the_order_as_a_whole_limits_all_its_places():
    order = paid_order(count=2)
    refunds.send_back(order.payments.get(), amount=Decimal("150.00"), reason="At Stripe")

    assert [share.amount for share in quote(order, EARLY).lines] == [Decimal("60.00"), Decimal()]


@pytest.mark.parametrize("status", [Refund.Status.FAILED, Refund.Status.CANCELED, Refund.Status.REPLACED])
def test_a_refund_that_did_not_go_through_does_not_count(status):
    order = paid_order()
    refunds.send_back(order.payments.get(), reason="Sorry", line=order.lines.get())
    Refund.objects.update(status=status)

    assert quote(order, EARLY).total == Decimal("105.00")


def test_a_place_that_was_paid_back_says_so():
    order = paid_order()
    refunds.send_back(order.payments.get(), reason="Sorry", line=order.lines.get())

    [share] = quote(order, EARLY).lines
    assert (share.amount, share.reason) == (Decimal(), refund_policy.NOTHING_LEFT)


def test_a_place_of_whose_money_a_part_is_left_says_so():
    order = paid_order()
    refunds.send_back(order.payments.get(), reason="Sorry", amount=Decimal("20.00"), line=order.lines.get())

    [share] = quote(order, EARLY).lines
    assert (share.amount, share.reason) == (Decimal("85.00"), refund_policy.ALL_THAT_IS_LEFT)


def test_a_place_whose_money_went_back_with_the_orders_says_so():
    order = paid_order()
    refunds.send_back(order.payments.get(), reason="Made at Stripe.")

    [share] = quote(order, EARLY).lines
    assert (share.amount, share.reason) == (Decimal(), refund_policy.ALL_THAT_IS_LEFT)


def test_a_free_place_pays_nothing_back():
    [share] = quote(paid_order(price="0.00"), EARLY).lines

    assert (share.amount, share.reason) == (Decimal(), refund_policy.NOTHING_PAID)


def test_a_catch_up_place_follows_the_same_days():
    workshop = make_workshop(day=DAY, price=None)
    make_ticket_type(workshop, "Catch-up only", "85.00", access=TicketType.Access.CATCH_UP)
    order = paid_order(workshop)

    assert [quote(order, moment).total for moment in (EARLY, TODAY, london("2027-03-29 10:00"))] == [
        Decimal("85.00"),
        Decimal("42.50"),
        Decimal(),
    ]


def recording_order(paid_at, *, agreed=False, **fields):
    """The recording alone of a workshop of two evenings, 29 March and 5 April, without steps in the policy."""
    workshop = make_workshop(day=DAY, price=None, **fields)
    make_session(workshop, DAY + timedelta(days=7))
    make_ticket_type(workshop, "Catch-up only", "85.00", access=TicketType.Access.CATCH_UP)
    order = paid_order(workshop, tiers=())
    Order.objects.update(paid_at=london(paid_at))
    if agreed:
        agree(order, Consent.Kind.RECORDING, paid_at)
    return again(order)


def agree(order, kind, given_at):
    for line in order.lines.all():
        Consent.objects.create(line=line, kind=kind, words="Yes.", given_at=london(given_at))


def again(order):
    return Order.objects.get(pk=order.pk)


def send(order, moment):
    Ticket.objects.update(recording_opened_at=london(moment))
    return again(order)


BOOKED = "Booked on Sunday 28 March 2027: within 14 days of booking everything comes back"


@pytest.mark.parametrize(
    "moment", ["2027-03-28 12:05", "2027-03-30 10:00", "2027-04-05 16:05", "2027-04-06 16:05", "2027-04-11 23:59:59"]
)
@pytest.mark.parametrize("agreed", [False, True])
def test_a_recording_that_was_not_sent_brings_everything_back_for_14_days(moment, agreed):
    """Before, between and after the sessions, published or not, asked for or not."""
    its = quote(recording_order("2027-03-28 12:00", agreed=agreed), london(moment))

    until = ", until the recording is opened." if agreed else "."
    assert (its.total, its.lines[0].reason) == (Decimal("85.00"), BOOKED + until)
    assert its.holds_until == london("2027-04-12 00:00")


def test_a_recording_that_was_not_sent_has_no_other_right_after_the_14_days():
    [share] = quote(recording_order("2027-03-28 12:00"), london("2027-04-12 00:00")).lines

    assert (share.amount, share.reason) == (Decimal(), "The workshop has started, so nothing comes back.")


@pytest.mark.parametrize(("moment", "amount"), [("2027-04-06 09:59:59", "85.00"), ("2027-04-06 10:00:00", "0")])
def test_a_recording_that_was_opened_as_asked_for_brings_nothing_back_from_then_on(moment, amount):
    order = send(recording_order("2027-03-28 12:00", agreed=True), "2027-04-06 10:00")

    its = quote(order, london(moment))

    assert its.total == Decimal(amount)
    if not its.total:
        assert its.lines[0].reason == "The recording has been opened, so nothing comes back."


@pytest.mark.parametrize("agreed_at", [None, "2027-04-06 10:00:01"])
def test_a_recording_that_was_opened_unasked_takes_no_right_away(agreed_at):
    order = send(recording_order("2027-03-28 12:00"), "2027-04-06 10:00")
    if agreed_at:
        agree(order, Consent.Kind.RECORDING, agreed_at)

    amounts = [quote(order, london(text)).total for text in ("2027-04-11 23:59:59", "2027-04-12 00:00")]

    assert amounts == [Decimal("85.00"), Decimal()]


def test_a_recording_that_there_will_not_be_brings_everything_back_whenever():
    [share] = quote(recording_order("2027-03-01 12:00", catch_up_days=0), london("2027-08-01 12:00")).lines

    assert (share.amount, share.reason) == (
        Decimal("85.00"),
        "There is no recording of this workshop, so everything comes back.",
    )


EVENINGS = ("2027-03-25 17:00", "2027-04-01 17:00")
THREE = ("2027-03-25 17:00", "2027-03-28 17:00", "2027-03-31 17:00")


@pytest.mark.parametrize(
    ("starts", "moment", "part", "reason"),
    [
        (EVENINGS, "2027-03-25 16:59:59", 1, "Booked on Saturday 20 March 2027: within 14 days of booking everything "),
        (EVENINGS, "2027-03-25 17:00:00", Fraction(1, 2), "One of two sessions has begun, so half comes back."),
        (EVENINGS, "2027-04-01 16:59:59", Fraction(1, 2), "One of two sessions has begun, so half comes back."),
        (EVENINGS, "2027-04-01 17:00:00", 0, "The workshop has started, so nothing comes back."),
        (
            THREE,
            "2027-03-26 12:00",
            Fraction(2, 3),
            "One of three sessions has begun, so what was paid for the other two comes back.",
        ),
        (
            THREE,
            "2027-03-30 12:00",
            Fraction(1, 3),
            "Two of three sessions have begun, so what was paid for the other one comes back.",
        ),
        (THREE, "2027-03-31 17:00", 0, "The workshop has started, so nothing comes back."),
    ],
)
def test_what_was_asked_for_and_has_begun_within_the_14_days_is_paid_for_by_sessions(starts, moment, part, reason):
    found, why = part_at(facts(*starts, booked_at=TODAY, is_agreed=True), london(moment))

    assert (found, why[: len(reason)]) == (part, reason)


@pytest.mark.parametrize("moment", ["2027-03-25 17:00", "2027-04-01 17:00", "2027-04-02 12:00", "2027-04-03 23:59:59"])
def test_what_has_begun_without_being_asked_for_is_not_paid_for(moment):
    its = facts(*EVENINGS, booked_at=TODAY)

    assert part_at(its, london(moment)) == (
        1,
        "You did not ask us to start within 14 days of booking, so everything comes back.",
    )
    assert part_at(its, london("2027-04-04 00:00"))[0] == 0


def test_after_the_14_days_nothing_comes_back_for_a_session_that_is_still_to_come():
    its = facts("2027-03-25 17:00", "2027-04-10 17:00", booked_at=TODAY, is_agreed=True)

    assert [part_at(its, london(text))[0] for text in ("2027-04-03 23:59:59", "2027-04-04 00:00:00")] == [
        Fraction(1, 2),
        0,
    ]


def test_a_session_that_was_over_when_the_place_was_booked_was_not_bought():
    """Sold on after the first of three evenings."""
    its = facts(*THREE, booked_at=london("2027-03-26 12:00"), is_agreed=True)

    parts = [part_at(its, london(text))[0] for text in ("2027-03-27 12:00", "2027-03-29 12:00", "2027-03-31 17:00")]

    assert parts == [1, Fraction(1, 2), 0]


def test_each_place_of_a_mixed_order_follows_its_own_kind():
    workshop = make_workshop(day=DAY, price="105.00")
    make_session(workshop, DAY + timedelta(days=7))
    catch_up = make_ticket_type(workshop, "Catch-up only", "85.01", access=TicketType.Access.CATCH_UP)
    make_practice()
    order = place(workshop, ticket_types=[workshop.ticket_types.first(), catch_up])
    Order.objects.update(status=Order.Status.PAID, placed_at=EARLY, paid_at=london("2027-03-28 12:00"))
    paid_behind_the_back(order, intent_id="pi_1", paid_at=EARLY)
    agree(order, Consent.Kind.START, "2027-03-28 12:00")

    its = quote(again(order), london("2027-03-30 12:00"))

    assert [share.amount for share in its.lines] == [Decimal("52.50"), Decimal("85.01")]
    assert (its.total, its.is_everything, its.holds_until) == (Decimal("137.51"), False, london("2027-04-05 10:00"))


def test_a_fraction_of_a_penny_is_the_buyers():
    workshop = make_workshop(day=DAY, price="100.00")
    for days in (1, 2):
        make_session(workshop, DAY + timedelta(days=days))
    order = paid_order(workshop, tiers=())
    Order.objects.update(paid_at=london("2027-03-28 12:00"))
    agree(order, Consent.Kind.START, "2027-03-28 12:00")

    amounts = [quote(again(order), london(f"2027-03-{day} 10:00")).total for day in (29, 30, 31)]

    assert amounts == [Decimal("66.67"), Decimal("33.34"), Decimal()]


def test_an_order_of_the_first_version_has_the_right_too():
    """Its terms asserted the request; nobody had made it."""
    kept = {"version": 1, "free_days": 0, "tiers": [[14, 100]], "words": ["Nothing later."]}
    workshop = make_workshop(day=DAY, price="105.00")
    order = paid_order(workshop, refund_terms=kept)
    Order.objects.update(paid_at=london("2027-03-24 12:00"))

    its = quote(again(order), london("2027-03-29 12:00"))

    assert (its.total, again(order).refund_lines) == (Decimal("105.00"), ["Nothing later."])


STEP = st.sampled_from([0, 10, 33, 50, 100])
DAYS = st.integers(-20, 20)


@given(
    free_days=st.integers(14, 30),
    steps=st.dictionaries(st.integers(0, 20), STEP, max_size=3),
    booked=DAYS,
    sessions=st.lists(DAYS, min_size=1, max_size=5, unique=True),
    opened=st.none() | DAYS,
    now=st.integers(-20, 40),
    flags=st.tuples(st.booleans(), st.booleans(), st.sampled_from([0, 1, 9, 10, 11, 16])),
)
def test_the_engine_says_what_the_rule_in_plain_words_says(free_days, steps, booked, sessions, opened, now, flags):
    is_agreed, is_recording, hour = flags
    starts = [at_hour(day, 10) for day in sorted(sessions)]
    its = Facts(
        policy=RefundPolicy(free_days, tuple(Tier(*step) for step in steps.items())),
        booked_at=at_hour(booked, 9),
        sessions=tuple((start, start + timedelta(hours=6)) for start in starts),
        zone=LONDON,
        is_agreed=is_agreed,
        is_recording=is_recording,
        opened_at=None if opened is None else at_hour(opened, 12),
    )
    moment = at_hour(now, hour)

    part, _ = part_at(its, moment)

    assert part == plainly(its, moment, steps)
    assert 0 <= part <= 1
    until = refund_policy._holds_until(its, moment)
    if its.opened_at is None or its.opened_at <= moment:
        assert until is None or (part_at(its, until - SECOND)[0], part_at(its, until)[0] != part) == (part, True)


@given(
    booked=DAYS,
    sessions=st.lists(DAYS, min_size=1, max_size=5, unique=True),
    is_agreed=st.booleans(),
    is_recording=st.booleans(),
)
def test_waiting_never_brings_more_back(booked, sessions, is_agreed, is_recording):
    starts = [at_hour(day, 10) for day in sorted(sessions)]
    its = Facts(
        policy=USUAL,
        booked_at=at_hour(booked, 9),
        sessions=tuple((start, start + timedelta(hours=6)) for start in starts),
        zone=LONDON,
        is_agreed=is_agreed,
        is_recording=is_recording,
    )
    parts = [part_at(its, its.booked_at + timedelta(hours=6 * number))[0] for number in range(200)]

    assert parts == sorted(parts, reverse=True)


def at_hour(day, hour):
    """Around the end of March, where the clocks change."""
    return london(f"{DAY + timedelta(days=day)} {hour:02}:00")


def plainly(its, moment, steps):
    """The rule once more, as somebody would tell it who has never seen the engine."""
    local = moment.astimezone(ZoneInfo(LONDON))
    last_free_day = its.booked_at.astimezone(ZoneInfo(LONDON)).date() + timedelta(days=its.policy.free_days)
    has_right = local.date() <= last_free_day
    was_opened = its.is_recording and its.opened_at is not None and its.opened_at <= moment
    promised = Fraction(0)
    if moment < its.sessions[0][0] and not was_opened:
        days_away = (its.sessions[0][0].astimezone(ZoneInfo(LONDON)).date() - local.date()).days
        reached = [days for days in steps if days <= days_away]
        promised = Fraction(steps[max(reached)], 100) if reached else promised
    if not has_right:
        return promised
    if its.is_recording:
        return promised if was_opened and its.is_agreed else Fraction(1)
    had, not_had = 0, 0
    for start, end in its.sessions:
        if end > its.booked_at:
            had, not_had = had + (start <= moment), not_had + (start > moment)
    if not its.is_agreed or had == 0:
        return Fraction(1)
    return max(promised, Fraction(not_had, had + not_had))


def test_the_first_of_several_sessions_counts():
    workshop = make_workshop(day=DAY)
    make_session(workshop, DAY + timedelta(days=7))

    assert quote(paid_order(workshop), london("2027-03-29 10:00")).total == Decimal()


def test_everything_comes_back_when_we_cancel_whatever_the_day():
    workshop = make_workshop(day=DAY)
    order = paid_order(workshop)
    Workshop.objects.update(status=Workshop.Status.CANCELLED)

    assert quote(Order.objects.get(pk=order.pk), london("2027-03-29 12:00")).total == Decimal("105.00")


def test_a_policy_that_changes_later_changes_no_order():
    order = paid_order()
    before = order.refund_lines
    make_refund_tiers((100, 1))

    order.refresh_from_db()
    assert (order.refund_lines, quote(order, TODAY).total) == (before, Decimal("52.50"))


def test_an_order_with_words_alone_is_for_a_person():
    order = paid_order(refund_terms={"version": 0, "words": ["Half."]})

    its = quote(order, EARLY)
    assert (its.is_for_a_person, its.total, order.refund_lines) == (True, Decimal(), ["Half."])


def test_booked_is_when_it_was_paid():
    order = paid_order(tiers=())
    Order.objects.update(paid_at=london("2027-03-15 12:00"))

    assert quote(Order.objects.get(pk=order.pk), london("2027-03-28 12:00")).total == Decimal("105.00")
