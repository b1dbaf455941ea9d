"""General codes: who may use one, for how long, how often, and what becomes of a use."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from orders.changes import cancellations
from orders.checkout import paying
from orders.checkout.paying import HoldEnded
from orders.models import DiscountCode, GeneralCode, Order, Refund, order_status
from orders.pricing import codes, discounts, general_codes
from orders.pricing.codes import CodeNotUsable
from orders.pricing.general_codes import AGAIN, ALL_HELD, ENDED, USED_UP, normalise
from orders.settling import reconcile, settle
from tests.builders import (
    at,
    make_course,
    make_discount,
    make_general_code,
    make_practice,
    make_refund_tiers,
    make_sale_terms,
    make_workshop,
)
from tests.orders.purchases import as_stripe_sees_it, buy, buyer, open_session, place
from tests.orders.test_codes import make_order

NOOR = "noor@example.org"
ADA = buyer("ada@example.org", "Ada Field")
Status = Order.Status


@pytest.fixture(autouse=True)
def _practice(request):
    if request.node.get_closest_marker("django_db"):
        make_practice(time_zone="Europe/London")


def refusal(text="SPRING26", *, email=NOOR):
    with pytest.raises(CodeNotUsable) as error:
        discounts.find_usable(text, email=email, workshop=make_workshop())
    return error.value.reason


# How a code looks ---------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["SPRING26", "spring26", " Spring 26 ", "spring-26", "S-P-R-I-N-G\u00a026\r\n", "spring\u201326\u200b"]
)
def test_a_code_is_known_however_it_is_typed(typed):
    assert normalise(typed) == "SPRING26"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ABC",
        "A" * 21,
        "A" * 1_000_000,
        "SPRING\x00",
        "ſpring26",
        "ＳＰＲＩＮＧ26",
        "SPRING!",
        "١٢٣٤٥",
        "\ud800" * 8,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_what_cannot_be_a_code_is_nothing(text):
    assert normalise(text) == ""


# Who may use it -----------------------------------------------------------------


@pytest.mark.django_db
def test_a_code_is_found_in_the_field_for_codes():
    code = make_general_code("SPRING26")

    assert discounts.find_usable("spring 26", email=NOOR, workshop=make_workshop()) == code


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["SPRING27", "ZZZZZ-ZZZZZ", "\x00", "\u202e" * 9, "x" * 60])
def test_unknown_codes_are_refused_with_one_text(text):
    make_general_code("SPRING26")

    assert refusal(text) == codes.UNKNOWN


@pytest.mark.django_db
def test_a_personal_code_comes_first():
    own = codes.issue_code(discount=make_discount(), email=NOOR, percent=20)
    make_general_code(own.code.replace("-", ""))

    found = discounts.find_usable(own.code, email=NOOR, workshop=make_workshop())

    assert (found, refusal(own.code, email="ada@example.org")) == (own, codes.UNKNOWN)


@pytest.mark.django_db
def test_a_code_is_good_from_its_first_moment_to_its_last(time_machine):
    code = make_general_code(starts_at=at("2027-03-01 00:00"), ends_at=at("2027-04-01 00:00", "Europe/London"))
    course = make_course()
    moments = [
        code.starts_at - timedelta(microseconds=1),
        code.starts_at,
        code.ends_at - timedelta(microseconds=1),
        code.ends_at,
    ]

    said = []
    for moment in moments:
        time_machine.move_to(moment, tick=False)
        said.append(general_codes.why_not(code, email=NOOR, course=course))

    assert said == [
        "This code is not good yet. It starts on Monday 1 March 2027 at 00:00, London time.",
        "",
        "",
        "This code ended on Wednesday 31 March 2027.",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("starts_in", [-1, 1])
def test_a_code_that_was_ended_by_hand_has_ended(starts_in):
    make_general_code(is_active=False, starts_at=timezone.now() + timedelta(days=starts_in))

    assert refusal() == ENDED


@pytest.mark.django_db
def test_a_code_for_some_courses_is_refused_for_others():
    grief, trauma = make_course("Grief"), make_course("Trauma")
    code = make_general_code(courses=[grief, trauma])

    assert refusal() == "This code is not for this course. It is good for Grief and Trauma."
    assert discounts.find_usable("SPRING26", email=NOOR, workshop=make_workshop(course=trauma)) == code


@pytest.mark.django_db
def test_a_code_is_good_once_for_each_person_whatever_the_spelling():
    make_general_code()
    place(make_workshop(), code="SPRING26", by=buyer("Noor+a@Example.org"))
    Order.objects.update(status=Status.PAID)

    assert (refusal(email="noor@example.org"), refusal(email="noor+b@example.org")) == (AGAIN, AGAIN)
    assert discounts.find_usable("SPRING26", email="ada@example.org", workshop=make_workshop())


@pytest.mark.django_db
def test_who_holds_a_use_with_an_unpaid_order_is_told_until_when(time_machine):
    time_machine.move_to(at("2027-01-15 10:00"), tick=False)
    make_general_code()
    place(make_workshop(), code="SPRING26")

    assert refusal() == (
        "Another booking of yours, not paid yet, holds this code until Friday 15 January 2027 at 10:45, London time. "
        "Pay that one, or use the code afterwards: it is still good."
    )


@pytest.mark.django_db
def test_a_code_is_used_up_by_as_many_orders_as_it_allows():
    code = make_general_code(most_uses=2)
    workshop = make_workshop()

    for mail in ("a@example.org", "b@example.org"):
        place(workshop, code="SPRING26", by=buyer(mail))

    unpaid = refusal()
    Order.objects.update(status=Status.PAID)

    assert (unpaid, refusal(), general_codes.uses(code).count()) == (ALL_HELD, USED_UP, 2)


# What an order makes of it ------------------------------------------------------


@pytest.mark.django_db
def test_an_order_freezes_price_and_words_and_points_at_the_code():
    code = make_general_code(percent=10)

    order = place(make_workshop(), 2, code="spring-26")
    GeneralCode.objects.update(percent=50)

    assert (order.total, order.general_code, order.discount_code) == (Decimal("189.00"), code, None)
    assert [line.discount for line in order.lines.all()] == [Decimal("10.50")] * 2
    assert order.discount_words == "10% off with SPRING26"


@pytest.mark.django_db
def test_an_order_that_costs_nothing_by_its_code_is_booked_at_once():
    make_general_code(amount="105.00")

    order = place(make_workshop(), code="SPRING26")

    assert (order.status, order.total, order.payments.count()) == (Status.PAID, 0, 0)


@pytest.mark.django_db
def test_a_use_that_went_between_finding_and_holding_is_refused_and_nothing_is_kept(monkeypatch):
    code = make_general_code(most_uses=1)
    workshop = make_workshop()
    place(workshop, code="SPRING26", by=ADA)
    monkeypatch.setattr(general_codes, "why_not", lambda code, **facts: "")

    with pytest.raises(CodeNotUsable) as error:
        place(workshop, code="SPRING26")

    assert (error.value.reason, general_codes.uses(code).count()) == (ALL_HELD, 1)
    assert (Order.objects.count(), workshop.places_left()) == (1, 9)


@pytest.mark.django_db
def test_a_second_order_of_one_person_is_refused_at_the_last_moment_too(monkeypatch):
    make_general_code()
    place(make_workshop(), code="SPRING26")
    monkeypatch.setattr(general_codes, "why_not", lambda code, **facts: "")

    with pytest.raises(CodeNotUsable) as error:
        place(make_workshop(), code="SPRING26")

    assert (error.value.reason, Order.objects.count()) == (AGAIN, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("status", Status.values)
def test_which_orders_are_uses(status):
    """Cancelled for less than its money, an order keeps its use; refunded or never paid, it does not."""
    code = make_general_code()
    order = make_order(status=status)
    Order.objects.update(general_code=code)

    waiting = {Status.UNCONFIRMED, Status.PENDING, Status.PROCESSING, Status.INVOICED, Status.PART_PAID}
    counts = status in waiting | {Status.PAID, Status.REVIEW, Status.CLOSED}
    assert list(general_codes.uses(code)) == ([order] if counts else [])


@pytest.mark.django_db
@pytest.mark.parametrize("status", order_status.USES_CODE)
def test_the_database_itself_gives_a_code_once_to_each_person(status):
    code = make_general_code()
    make_order(status=status, general_code=code)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_order(email="NOOR+b@example.org", general_code=code)

    assert Order.objects.count() == 1


# What becomes of a use ------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_hold_that_ends_gives_its_use_back(standin):
    make_general_code(most_uses=1)
    order = place(make_workshop(), code="SPRING26")
    session_id = open_session(order)

    standin.expire(session_id)
    settle.settle(as_stripe_sees_it(session_id))

    assert discounts.find_usable("SPRING26", email="ada@example.org", workshop=make_workshop())


@pytest.mark.django_db(transaction=True)
def test_a_place_given_back_before_payment_gives_its_use_back(standin):
    make_general_code(most_uses=1)
    order = place(make_workshop(), code="SPRING26")
    open_session(order)

    reconcile.give_back(order)

    assert discounts.find_usable("SPRING26", email=NOOR, workshop=make_workshop())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("percent", "comes_back"), [(100, True), (50, False)])
def test_a_use_comes_back_only_with_all_the_money(standin, percent, comes_back):
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, percent))
    code = make_general_code(most_uses=1)
    order = buy(standin, make_workshop(), code="SPRING26")
    [line] = order.lines.all()
    amount = line.total * percent / 100

    cancellations.cancel_places(order, tickets=[line.ticket], shown=amount)

    assert [refund.amount for refund in Refund.objects.all()] == [amount]
    assert general_codes.uses(code).exists() is not comes_back


@pytest.mark.django_db(transaction=True)
def test_a_late_payment_takes_its_use_again(standin):
    code = make_general_code(most_uses=1)
    order = place(make_workshop(), code="SPRING26")
    session_id = open_session(order)
    standin.pay(session_id)
    settle.end_attempt(order.payments.get(), "expired")
    lapsed = general_codes.uses(code).count()

    settle.settle(as_stripe_sees_it(session_id))

    order.refresh_from_db()
    assert (lapsed, order.status, general_codes.uses(code).count()) == (0, Status.PAID, 1)


@pytest.mark.django_db(transaction=True)
def test_a_late_payment_that_finds_the_last_use_taken_goes_back(standin):
    code = make_general_code(most_uses=1)
    workshop = make_workshop()
    order = place(workshop, code="SPRING26")
    session_id = open_session(order)
    standin.pay(session_id)
    settle.end_attempt(order.payments.get(), "expired")
    place(workshop, code="SPRING26", by=ADA)

    settle.settle(as_stripe_sees_it(session_id))

    order.refresh_from_db()
    assert (order.status, order.balance(), general_codes.uses(code).count()) == (Status.REFUNDED, 0, 1)


@pytest.mark.django_db(transaction=True)
def test_a_late_payment_keeps_its_price_though_the_code_has_ended(standin):
    make_general_code()
    order = place(make_workshop(), code="SPRING26")
    session_id = open_session(order)
    standin.pay(session_id)
    settle.end_attempt(order.payments.get(), "expired")
    GeneralCode.objects.update(is_active=False)

    settle.settle(as_stripe_sees_it(session_id))

    order.refresh_from_db()
    assert (order.status, order.total) == (Status.PAID, Decimal("94.50"))


@pytest.mark.django_db
def test_a_lapsed_order_cannot_be_taken_up_again_without_a_use(standin):
    make_general_code(most_uses=1)
    order = place(make_workshop(), code="SPRING26")
    session_id = open_session(order)
    settle.end_attempt(order.payments.get(session_id=session_id), "expired")
    place(make_workshop(), code="SPRING26", by=ADA)

    with pytest.raises(HoldEnded):
        paying.start_payment(order)


@pytest.mark.django_db
def test_both_kinds_of_code_are_used_side_by_side():
    own = codes.issue_code(discount=make_discount(), email=NOOR, percent=20)
    make_general_code(most_uses=1)

    first, second = place(make_workshop(), code="SPRING26"), place(make_workshop(), code=str(own))

    assert (first.general_code.code, second.discount_code) == ("SPRING26", own)
    assert DiscountCode.objects.get().status == DiscountCode.Status.RESERVED


# Its limit ------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_limit_cannot_fall_below_the_uses_there_are():
    code = make_general_code(most_uses=5)
    for mail in ("a@example.org", "b@example.org"):
        place(make_workshop(), code="SPRING26", by=buyer(mail))

    for enough in (2, 3, None):
        general_codes.check_most_uses(code, enough)
    with pytest.raises(general_codes.UsesTaken) as error:
        general_codes.check_most_uses(code, 1)

    assert error.value.taken == 2
