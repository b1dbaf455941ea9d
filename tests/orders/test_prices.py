"""What places cost: alone, with a code, for a group."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.models import TicketType, Workshop
from orders.models import Discount, DiscountCode, GeneralCode
from orders.pricing import codes
from orders.pricing.codes import CodeNotUsable
from orders.pricing.prices import GROUP_IS_BETTER, NOT_FOR_REDUCED, SMALLEST_CHARGE, quote
from tests.builders import make_discount, make_general_code, make_practice, make_ticket_type, make_workshop
from tests.orders.purchases import place


def a_type(price="105.00", *, full=True, live=True, group=(None, None)):
    """A ticket type that stands in no database, on a workshop of its own with this group price."""
    workshop = Workshop(group_places=group[0], group_percent=group[1])
    access = TicketType.Access.LIVE if live else TicketType.Access.CATCH_UP
    return TicketType(workshop=workshop, price=Decimal(price), is_full_price=full, access=access)


def personal(percent=20, **rule):
    return DiscountCode(code="AAAAA-AAAAA", percent=percent, discount=Discount(**rule))


def general(percent=None, amount=None, **rule):
    return GeneralCode(code="SPRING26", percent=percent, amount=amount and Decimal(amount), **rule)


def discounts_of(quoted):
    return [str(line.discount) for line in quoted.lines]


# With a code ------------------------------------------------------------------


def test_no_code_and_no_group_is_the_list_price():
    quoted = quote([a_type(), a_type("60.00", full=False)])

    assert (quoted.total, quoted.discount, quoted.discount_words) == (Decimal("165.00"), 0, "")


def test_a_personal_code_reduces_one_place_the_dearest():
    quoted = quote([a_type("105.00"), a_type("120.00"), a_type("200.00", full=False)], code=personal())

    assert discounts_of(quoted) == ["0", "24.00", "0"]
    assert quoted.discount_words == "20% off one place with AAAAA-AAAAA"


def test_a_percentage_reduces_each_place_that_the_code_is_good_for():
    quoted = quote([a_type("105.00"), a_type("60.00", full=False), a_type("33.33")], code=general(percent=10))

    assert discounts_of(quoted) == ["10.50", "0", "3.33"]
    assert quoted.discount_words == "10% off with SPRING26"


def test_a_code_may_be_good_for_reduced_places_too():
    quoted = quote([a_type("60.00", full=False)], code=general(percent=50, full_price_only=False))

    assert quoted.total == Decimal("30.00")


def test_an_amount_comes_off_the_booking_once_shared_by_its_places():
    quoted = quote([a_type("105.00"), a_type("60.00", full=False), a_type("105.00")], code=general(amount="25.01"))

    assert (discounts_of(quoted), quoted.total) == (["12.51", "0", "12.50"], Decimal("244.99"))
    assert quoted.discount_words == "£25.01 off the booking with SPRING26"


def test_an_amount_takes_no_more_than_the_places_cost_that_it_is_good_for():
    quoted = quote([a_type("20.00"), a_type("60.00", full=False)], code=general(amount="500.00"))

    assert (discounts_of(quoted), quoted.total) == (["20.00", "0"], Decimal("60.00"))


@pytest.mark.parametrize(
    ("price", "code"),
    [
        ("100.00", general(percent=100)),
        ("100.00", general(amount="100.00")),
        ("100.00", general(amount="99.51")),
        ("0.60", general(percent=20)),
        ("100.00", personal(percent=100)),
        ("2.00", personal(percent=90)),
    ],
)
def test_a_rest_that_no_card_can_be_charged_is_waived(price, code):
    assert quote([a_type(price)], code=code).total == 0


def test_the_smallest_charge_itself_is_asked_for():
    assert quote([a_type("100.00")], code=general(amount="99.50")).total == SMALLEST_CHARGE


@pytest.mark.parametrize("code", [personal(), general(percent=10), general(amount="5.00")])
@pytest.mark.parametrize("ticket_types", [[a_type(full=False)], [a_type("0.00")]])
def test_a_code_is_refused_where_it_would_take_nothing_off(code, ticket_types):
    with pytest.raises(CodeNotUsable) as error:
        quote(ticket_types, code=code)

    assert error.value.reason == NOT_FOR_REDUCED


# For a group ------------------------------------------------------------------


def test_a_group_price_begins_with_its_number_of_places():
    kind = a_type(group=(3, 10))

    assert [quote([kind] * count).total for count in (1, 2, 3, 4)] == [
        Decimal("105.00"),
        Decimal("210.00"),
        Decimal("283.50"),
        Decimal("378.00"),
    ]
    assert quote([kind] * 3).discount_words == "Group price, 10% off"


def test_all_places_count_and_only_full_price_live_ones_are_reduced():
    group = (3, 10)
    concession, recording = a_type("60.00", full=False, group=group), a_type("85.00", live=False, group=group)

    quoted = quote([a_type(group=group), concession, recording])

    assert discounts_of(quoted) == ["10.50", "0", "0"]


def test_a_group_in_which_nobody_pays_the_full_price_is_told_of_no_group_price():
    quoted = quote([a_type("60.00", full=False, group=(2, 10))] * 2)

    assert (quoted.discount, quoted.discount_words) == (0, "")


@pytest.mark.parametrize("code", [personal(20), personal(30), general(percent=10), general(amount="31.50")])
def test_a_code_that_takes_no_more_than_the_group_price_is_kept(code):
    quoted = quote([a_type(group=(3, 10))] * 3, code=code)

    assert (quoted.total, quoted.code, quoted.note) == (Decimal("283.50"), None, GROUP_IS_BETTER)
    assert quoted.discount_words == "Group price, 10% off; your code gives no more and is kept"


@pytest.mark.parametrize("code", [personal(31), general(percent=11), general(amount="31.51")])
def test_a_code_that_takes_more_is_used_instead_of_the_group_price(code):
    quoted = quote([a_type(group=(3, 10))] * 3, code=code)

    assert (quoted.code, quoted.note, "Group" in quoted.discount_words) == (code, "", False)
    assert quoted.total < Decimal("283.50")


# Whatever the numbers ---------------------------------------------------------

PRICES = st.lists(st.tuples(st.decimals(0, 2000, places=2), st.booleans(), st.booleans()), min_size=1, max_size=6)
CODES = st.one_of(
    st.none(),
    st.integers(1, 100).map(personal),
    st.integers(1, 100).map(lambda percent: general(percent=percent)),
    st.decimals("0.01", 5000, places=2).map(lambda amount: general(amount=amount)),
    st.decimals("0.01", 5000, places=2).map(lambda amount: general(amount=amount, full_price_only=False)),
)
GROUPS = st.one_of(st.just((None, None)), st.tuples(st.integers(2, 6), st.integers(1, 100)))


@settings(max_examples=400, deadline=None)
@given(prices=PRICES, code=CODES, group=GROUPS)
def test_every_price_is_a_sum_of_pennies_between_nothing_and_the_list_price(prices, code, group):
    ticket_types = [a_type(price, full=full, live=live, group=group) for price, full, live in prices]

    try:
        quoted = quote(ticket_types, code=code)
    except CodeNotUsable:
        quoted = quote(ticket_types)

    plain = quote(ticket_types)
    assert all(0 <= line.discount <= line.price for line in quoted.lines)
    assert quoted.total == sum(line.total for line in quoted.lines) == quoted.total.quantize(Decimal("0.01"))
    assert 0 <= quoted.total <= plain.total <= plain.list_total
    assert not quoted.discount or quoted.total == 0 or quoted.total >= SMALLEST_CHARGE
    assert bool(quoted.discount) == bool(quoted.discount_words)
    assert len(quoted.discount_words) <= 120


# As an order keeps it ---------------------------------------------------------


@pytest.mark.django_db
def test_an_order_keeps_the_group_price_and_its_words():
    make_practice()
    workshop = make_workshop(group_places=2, group_percent=10)
    make_ticket_type(workshop, "Concession", "60.00")

    order = place(workshop, ticket_types=list(workshop.ticket_types.all()))
    Workshop.objects.update(group_places=None, group_percent=None)

    assert [line.discount for line in order.lines.all()] == [Decimal("10.50"), Decimal()]
    assert (order.total, order.discount_words) == (Decimal("154.50"), "Group price, 10% off")


@pytest.mark.django_db
def test_a_code_that_the_group_price_beats_stays_free():
    make_practice()
    workshop = make_workshop(group_places=3, group_percent=10)
    own = codes.issue_code(discount=make_discount(), email="noor@example.org", percent=20)
    make_general_code("SPRING26", percent=5)

    first, second = place(workshop, 3, code=str(own)), place(workshop, 3, code="spring 26")

    own.refresh_from_db()
    assert (first.discount_code, second.general_code, own.status) == (None, None, DiscountCode.Status.ISSUED)
    assert [first.total, second.total] == [Decimal("283.50")] * 2
