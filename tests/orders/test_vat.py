"""How VAT is worked out and said: on the pages, in the mails, in the documents."""

from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from courses.models import Ticket, TicketType
from orders.documents import document_facts
from orders.models import OrderLine, VatTreatment
from orders.pricing.vat import VatLine, group_of, no_sums, share_vat, vat_lines
from outbox.models import Message
from tests.builders import make_sale_terms, make_terms, make_ticket_type, make_workshop
from tests.orders.purchases import buy, place

TWENTY = Decimal("20.0")


@dataclass(frozen=True)
class Sold:
    total: Decimal
    vat_treatment: str = VatTreatment.STANDARD
    vat_rate: Decimal | None = TWENTY
    vat: Decimal = Decimal()


def sold(total, treatment=VatTreatment.STANDARD, rate=None):
    rates = {VatTreatment.STANDARD: TWENTY, VatTreatment.ZERO: Decimal("0.0")}
    return Sold(Decimal(total), treatment, rate or rates.get(treatment))


def together(*lines):
    return [replace(line, vat=vat) for line, vat in zip(lines, share_vat(lines), strict=True)]


def words_of(*lines):
    return [line.words for line in vat_lines(together(*lines))]


@pytest.mark.parametrize(
    ("treatment", "words"),
    [
        (VatTreatment.STANDARD, "Includes VAT at 20%: £17.50."),
        (VatTreatment.EXEMPT, "Exempt from VAT."),
        (VatTreatment.ZERO, "Zero-rated (0% VAT)."),
        (VatTreatment.OUTSIDE, "Outside the scope of VAT."),
        (VatTreatment.NOT_REGISTERED, "No VAT is charged."),
    ],
)
def test_each_treatment_has_its_words(treatment, words):
    assert words_of(sold("105.00", treatment)) == [words]


def test_a_mixed_order_says_what_each_part_is():
    found = words_of(sold("85.00", VatTreatment.EXEMPT), sold("105.00"), sold("60.00", VatTreatment.EXEMPT))

    assert found == ["£105.00 includes VAT at 20%: £17.50.", "£145.00 is exempt from VAT."]


def test_every_treatment_may_stand_beside_every_other():
    found = words_of(*(sold("10.00", treatment) for treatment in VatTreatment))

    assert found == [
        "£10.00 includes VAT at 20%: £1.67.",
        "£10.00 is exempt from VAT.",
        "£10.00 is zero-rated (0% VAT).",
        "£10.00 is outside the scope of VAT.",
        "No VAT is charged on £10.00.",
    ]


def test_vat_is_worked_out_of_the_sum_and_not_place_by_place():
    alone = vat_lines(together(sold("10.00")))[0].vat
    three = vat_lines(together(*[sold("10.00")] * 3))

    assert (alone, three) == (
        Decimal("1.67"),
        [VatLine("standard", TWENTY, Decimal("30.00"), Decimal("5.00"), "Includes VAT at 20%: £5.00.")],
    )


@pytest.mark.parametrize("pence", [1, 3, 9, 33, 99, 101, 9999, 10_000_001])
@pytest.mark.parametrize("rate", ["0.1", "5.0", "17.5", "20.0", "99.9"])
def test_net_and_vat_add_up_to_what_was_paid(pence, rate):
    [line] = vat_lines(together(sold(Decimal(pence) / 100, rate=Decimal(rate))))

    assert (line.net + line.vat, line.net >= 0, line.vat >= 0) == (Decimal(pence) / 100, True, True)
    assert abs(line.vat - line.gross * Decimal(rate) / (100 + Decimal(rate))) <= Decimal("0.005")


def test_half_a_penny_of_vat_is_rounded_up():
    assert vat_lines(together(sold("0.03")))[0].vat == Decimal("0.01")


def test_rates_of_different_times_stand_apart():
    assert words_of(sold("10.00", rate=Decimal("17.5")), sold("12.00")) == [
        "£12.00 includes VAT at 20%: £2.00.",
        "£10.00 includes VAT at 17.5%: £1.49.",
    ]


def test_nothing_sold_has_no_lines():
    assert vat_lines([]) == []


def test_the_order_says_it_in_its_own_currency():
    assert vat_lines(together(sold("12.00")), "EUR")[0].words == "Includes VAT at 20%: €2.00."


@pytest.mark.parametrize(
    ("totals", "shares"),
    [
        (["33.33", "33.33", "33.33"], ["5.56", "5.56", "5.55"]),
        (["0.01", "0.01", "0.01"], ["0.01", "0.00", "0.00"]),
        (["0.00", "105.00"], ["0.00", "17.50"]),
    ],
)
def test_each_place_has_its_share_of_the_vat_in_whole_pennies(totals, shares):
    assert share_vat([sold(total) for total in totals]) == [Decimal(share) for share in shares]


KINDS = [(VatTreatment.STANDARD, TWENTY), (VatTreatment.STANDARD, Decimal("17.5")), (VatTreatment.EXEMPT, None)]
PLACES = st.lists(st.tuples(st.integers(0, 30000), st.sampled_from(KINDS)), min_size=1, max_size=6)
PARTS = st.lists(st.tuples(st.integers(1, 9999), st.none() | st.integers(0, 5)), max_size=6)


@given(PLACES, PARTS)
def test_credit_notes_add_up_to_the_receipt_whatever_goes_back_first(places, parts):
    lines = sold_places(places)
    left, before = sum(line.total for line in lines), no_sums()

    for pence, index in [*parts, (10**9, None)]:
        amount = min(left, Decimal(pence) / 100)
        first = None if index is None else lines[index % len(lines)]
        items = document_facts.credited_items(lines, amount, first=first, before=before)
        assert (sum(item.total for item in items), all(0 <= item.vat <= item.total for item in items)) == (amount, True)
        left -= amount
        for each in items:
            gross, vat = before[group_of(each)]
            before[group_of(each)] = (gross + each.total, vat + each.vat)

    assert {group: sums for group, sums in before.items() if any(sums)} == {
        (each.treatment, each.rate): (each.gross, each.vat) for each in vat_lines(lines) if each.gross
    }


def sold_places(places):
    lines = [
        OrderLine(price=Decimal(pence) / 100, vat_treatment=treatment, vat_rate=rate, ticket=Ticket())
        for pence, (treatment, rate) in places
    ]
    for line, vat in zip(lines, share_vat(lines), strict=True):
        line.vat = vat
    return lines


# On pages and in mails ----------------------------------------------------------


@pytest.fixture
def workshop():
    """Of a practice that is registered; a place on it is taxed, the recording is exempt."""
    make_sale_terms(vat_rate=TWENTY)
    make_terms()
    workshop = make_workshop()
    make_ticket_type(
        workshop, "Catch-up only", "60.00", access=TicketType.Access.CATCH_UP, vat_treatment=TicketType.Vat.EXEMPT
    )
    return workshop


@pytest.mark.django_db
def test_the_checkout_says_how_vat_stands_in_the_price(client, workshop):
    _, exempt = workshop.ticket_types.all()
    page = client.get(reverse("orders:book", args=[workshop.slug])).content.decode()
    other = client.get(f"{reverse('orders:book', args=[workshop.slug])}?ticket={exempt.pk}").content.decode()

    assert "Includes VAT at 20%: £17.50. There is nothing to add." in page
    assert "Exempt from VAT. There is nothing to add." in other


@pytest.mark.django_db
def test_the_order_page_keeps_vat_as_it_was_when_the_order_was_placed(client, workshop):
    order = place(workshop, ticket_types=list(workshop.ticket_types.all()))
    make_sale_terms(vat_rate=None)
    workshop.ticket_types.update(vat_treatment=TicketType.Vat.ZERO)

    page = client.get(order.get_absolute_url()).content.decode()

    assert "£105.00 includes VAT at 20%: £17.50. £60.00 is exempt from VAT." in page


@pytest.mark.django_db
def test_a_practice_that_is_not_registered_charges_no_vat_whatever_the_ticket_says(client, workshop):
    make_sale_terms(vat_rate=None)

    order = place(workshop, ticket_types=list(workshop.ticket_types.all()))

    assert "No VAT is charged." in client.get(order.get_absolute_url()).content.decode()
    assert {line.vat_treatment for line in order.lines.all()} == {VatTreatment.NOT_REGISTERED}


@pytest.mark.django_db(transaction=True)
def test_the_receipt_says_it_in_text_and_html(workshop, standin):
    buy(standin, workshop, ticket_types=list(workshop.ticket_types.all()))

    mail = Message.objects.get(key__endswith=":confirmation")
    for body in (mail.text, mail.html):
        assert ("£105.00 includes VAT at 20%: £17.50." in body, "£60.00 is exempt from VAT." in body) == (True, True)


# On the workshop's page ---------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("treatments", "words"),
    [
        (["standard", "standard"], "The price is the total, with 20% VAT included."),
        (["exempt", "exempt"], "The price is the total, exempt from VAT."),
        (["zero", "zero"], "The price is the total, zero-rated (0% VAT)."),
        (["outside", "outside"], "The price is the total, outside the scope of VAT."),
        (["standard", "exempt"], "The price is the total, with any VAT included."),
    ],
)
def test_the_first_price_that_is_shown_says_that_it_is_the_whole(client, workshop, treatments, words):
    for ticket_type, treatment in zip(workshop.ticket_types.all(), treatments, strict=True):
        ticket_type.vat_treatment = treatment
        ticket_type.save()

    assert words in client.get(workshop.get_absolute_url()).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("rate", ["-0.1", "-100", "100.1", "999.9"])
def test_a_rate_that_cannot_be_is_refused(rate):
    terms = make_sale_terms()
    terms.vat_rate = Decimal(rate)

    with pytest.raises(ValidationError) as error:
        terms.full_clean()

    assert list(error.value.error_dict) == ["vat_rate"]
