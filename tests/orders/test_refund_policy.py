"""Amounts at every boundary. The workshop is on Monday 29 March 2027, a day after London's clocks went forward."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from courses.models import TicketType, Workshop
from orders.changes import refund_policy, refunds
from orders.changes.refund_policy import Facts, percent_at, refund_for
from orders.models import Order, Payment, Refund
from practice.refund_policy import RefundPolicy, Tier
from tests.builders import (
    at,
    make_practice,
    make_refund_tiers,
    make_session,
    make_ticket_type,
    make_workshop,
)
from tests.orders.purchases import place

pytestmark = pytest.mark.django_db
LONDON, DAY = "Europe/London", date(2027, 3, 29)
SECOND = timedelta(seconds=1)
USUAL = RefundPolicy(14, (Tier(14, 100), Tier(7, 50)))
EARLY, TODAY = at("2026-12-01 12:00", LONDON), at("2027-03-20 12:00", LONDON)


def london(text):
    return at(text, LONDON)


def facts(**fields):
    defaults = {"policy": USUAL, "booked_at": EARLY, "starts_at": london("2027-03-29 10:00"), "zone": LONDON}
    defaults["used_from"] = fields.get("starts_at", defaults["starts_at"])
    return Facts(**(defaults | fields))


def paid_order(workshop=None, *, count=1, price="105.00", tiers=((14, 100), (7, 50)), **fields):
    """Paid on 1 December 2026, without asking Stripe."""
    make_practice()
    make_refund_tiers(*tiers)
    order = place(workshop or make_workshop(day=DAY, price=price), count)
    Order.objects.update(status=Order.Status.PAID, placed_at=EARLY, paid_at=EARLY, **fields)
    if order.total:
        Payment.objects.create(
            order=order, attempt=1, amount=order.total, received=order.total, currency="GBP", status="paid",
            expires_at=EARLY, intent_id="pi_1", paid_at=EARLY,
        )  # fmt: skip
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
def test_once_a_session_has_started_nothing_comes_back(moment, percent):
    assert percent_at(facts(booked_at=TODAY), london(moment))[0] == percent


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
        ({"starts_at": None}, "2027-03-20 12:00", "This workshop has no date at present, so everything comes back."),
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


def test_the_recording_alone_is_unused_until_the_workshop_is_over():
    workshop = make_workshop(day=DAY, price=None)
    make_session(workshop, DAY + timedelta(days=7))
    make_ticket_type(workshop, "Catch-up only", "85.00", access=TicketType.Access.CATCH_UP)
    order = paid_order(workshop, tiers=())
    Order.objects.update(paid_at=london("2027-03-28 12:00"))
    order.refresh_from_db()

    between, over = (quote(order, london(moment)) for moment in ("2027-03-30 10:00", "2027-04-05 16:00"))

    assert (between.total, over.total) == (Decimal("85.00"), Decimal())
    assert between.reason == "Booked on Sunday 28 March 2027: within 14 days of booking everything comes back."
    assert (between.holds_until, over.reason) == (
        london("2027-04-05 16:00"),
        "The workshop has started, so nothing comes back.",
    )


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
    assert (its.percent, its.total, order.refund_lines) == (None, Decimal(), ["Half."])


def test_booked_is_when_it_was_paid():
    order = paid_order(tiers=())
    Order.objects.update(paid_at=london("2027-03-15 12:00"))

    assert quote(Order.objects.get(pk=order.pk), london("2027-03-28 12:00")).total == Decimal("105.00")
