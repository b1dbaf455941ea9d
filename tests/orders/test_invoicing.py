from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from courses.models import Ticket
from courses.seats.places import SoldOut
from orders.books import books
from orders.checkout import paying, placing
from orders.invoices.invoicing import NotByInvoice, terms_for
from orders.models import DiscountCode, Order
from orders.pricing import codes
from orders.settling import reconcile
from outbox.models import Message
from tests.builders import at, make_discount, make_practice, make_sale_terms, make_workshop
from tests.orders.invoices import ACCOUNT, ADDRESS, invoice, make_invoicing_practice
from tests.orders.purchases import buyer, place

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = date(2027, 1, 11)


@pytest.fixture(autouse=True)
def _on_a_monday(time_machine):
    time_machine.move_to(at("2027-01-11 09:00", "Europe/London"), tick=False)


@pytest.fixture
def workshop():
    """In sixty days, at ten in London."""
    make_invoicing_practice()
    return make_workshop(day=TODAY + timedelta(days=60), capacity=3)


def mail(order, fact):
    return Message.objects.get(key=f"order:{order.pk}:{fact}")


def test_an_invoice_holds_the_places_and_keeps_who_pays(workshop):
    order = invoice(workshop, 2)

    assert (order.status, order.total, order.invoice_due_on) == (
        Order.Status.INVOICED,
        Decimal("210.00"),
        date(2027, 2, 10),
    )
    assert (order.organisation, order.organisation_address, order.po_number) == ("Humber Care Trust", ADDRESS, "PO-77")
    assert order.held_until == at("2027-02-18 00:00", "Europe/London")  # a week after the due date is over
    assert [(each.status, each.held_until) for each in Ticket.objects.all()] == [("held", order.held_until)] * 2
    assert workshop.places_left() == 1
    assert (order.payments.count(), list(books.findings())) == (0, [])


def test_the_buyer_is_told_what_to_transfer_and_the_practice_that_somebody_booked(workshop):
    order = invoice(workshop, 2)

    told = mail(order, "invoiced")
    facts = [
        "Amount: £210.00",
        "By: Wednesday 10 February 2027",
        f"Reference: {order.number}",
        "Purchase order: PO-77",
        ACCOUNT,
        ADDRESS,
        "We hold the places until the end of Wednesday 17 February 2027, London time.",
        order.get_absolute_url(),
    ]
    assert (told.to, [fact for fact in facts if fact not in told.text]) == ("noor@example.org", [])
    assert f"/admin/orders/order/{order.pk}/change/" in mail(order, "invoiced:practice").text
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, ["Your place is held", "We hold the place until", "After that it goes back", "give the place back"]),
        (2, ["Your places are held", "We hold the places until", "After that they go back", "give the places back"]),
    ],
)
def test_its_mail_speaks_of_one_place_or_of_several(workshop, count, words):
    told = mail(invoice(workshop, count), "invoiced")

    for said in (told.text, " ".join(told.html.split())):
        assert [each for each in words if each not in said] == []
    assert told.subject.startswith(words[0])


def test_it_is_due_a_week_before_the_workshop_and_held_until_the_day_before(time_machine):
    make_invoicing_practice()
    workshop = make_workshop(day=TODAY + timedelta(days=20))

    order = invoice(workshop)

    assert order.invoice_due_on == TODAY + timedelta(days=13)
    assert order.held_until == workshop.starts_at - timedelta(days=1)


@pytest.mark.parametrize(
    ("days_ahead", "is_offered"),
    [(15, True), (14, True), (13, False), (1, False), (-3, False)],
)
def test_an_invoice_is_offered_so_many_days_ahead(days_ahead, is_offered):
    make_invoicing_practice()

    terms = terms_for(make_workshop(day=TODAY + timedelta(days=days_ahead)))

    assert (terms is not None) is is_offered


def test_days_are_counted_where_the_practice_is(time_machine):
    make_invoicing_practice()
    make_practice(time_zone="America/New_York")
    workshop = make_workshop(day=TODAY + timedelta(days=60))
    time_machine.move_to(at("2027-01-12 02:00"), tick=False)  # still the eleventh in New York

    terms = terms_for(workshop)

    assert (terms.due_on, terms.held_until) == (date(2027, 2, 10), at("2027-02-18 00:00", "America/New_York"))


@pytest.mark.parametrize("fields", [{"takes_invoices": False}, {"invoice_min_days_before": 61}])
def test_no_invoice_where_the_practice_offers_none(workshop, fields):
    make_sale_terms(**fields)

    with pytest.raises(NotByInvoice):
        invoice(workshop)

    assert (Order.objects.count(), Ticket.objects.count(), Message.objects.count()) == (0, 0, 0)


def test_no_invoice_for_nothing():
    make_invoicing_practice()

    with pytest.raises(NotByInvoice):
        invoice(make_workshop(day=TODAY + timedelta(days=60), price="0.00"))

    assert (Order.objects.count(), Ticket.objects.count(), Message.objects.count()) == (0, 0, 0)


def test_invoices_need_an_account_to_pay_to():
    with pytest.raises(IntegrityError), transaction.atomic():
        make_sale_terms(takes_invoices=True)


def test_the_same_key_finds_the_first_order(workshop):
    key = uuid4()

    orders = {invoice(workshop, key=key).pk for _ in range(2)}

    assert (len(orders), Ticket.objects.count(), Message.objects.count()) == (1, 1, 2)


def test_the_seat_rules_hold(workshop):
    place(workshop, 2)

    with pytest.raises(SoldOut) as told:
        invoice(workshop, 2)

    assert (told.value.places_left, Order.objects.count()) == (1, 1)


def test_places_of_an_invoice_are_nobody_elses(workshop):
    invoice(workshop, 3)

    with pytest.raises(SoldOut):
        place(workshop, by=buyer("ada@example.org"))


def test_another_price_than_was_shown_places_nothing(workshop):
    with pytest.raises(placing.PriceChanged):
        invoice(workshop, shown_total=Decimal("95.00"))

    assert Order.objects.count() == 0


def test_an_invoiced_order_is_not_paid_by_card(workshop, standin):
    order = invoice(workshop)

    with pytest.raises(paying.HoldEnded):
        paying.start_payment(order)

    assert (order.payments.count(), standin.requests) == (0, [])


def test_unpaid_places_go_back_on_sale_and_both_sides_are_told(workshop, standin, time_machine):
    code = codes.issue_code(discount=make_discount(), email="noor@example.org", percent=20)
    order = invoice(workshop, 2, code=str(code))
    time_machine.move_to(order.held_until, tick=False)

    counts = [reconcile.close_ended_holds() for _ in range(2)]

    order.refresh_from_db()
    code.refresh_from_db()
    assert (counts, order.status, workshop.places_left()) == ([1, 0], Order.Status.LAPSED, 3)
    assert code.status == DiscountCode.Status.ISSUED
    assert "no transfer had reached us by then. Nothing is owed" in mail(order, "invoice-lapsed").text
    assert mail(order, "invoice-lapsed:practice").to == "desk@withyrooms.example"
    assert standin.requests == []


def test_the_hold_stays_to_its_last_second(workshop, time_machine):
    order = invoice(workshop)
    time_machine.move_to(order.held_until - timedelta(seconds=1), tick=False)

    closed = reconcile.close_ended_holds()

    order.refresh_from_db()
    assert (closed, order.status, workshop.places_left()) == (0, Order.Status.INVOICED, 2)


def test_a_lapsed_invoice_is_not_taken_up_again_by_card(workshop, standin, time_machine):
    order = invoice(workshop)
    time_machine.move_to(order.held_until, tick=False)
    reconcile.close_ended_holds()
    order.refresh_from_db()

    with pytest.raises(paying.HoldEnded):
        paying.start_payment(order)

    assert standin.requests == []


def test_the_buyer_gives_the_places_back_without_a_word_to_stripe(workshop, standin):
    order = invoice(workshop, 2)

    is_closed = reconcile.give_back(order)

    order.refresh_from_db()
    assert (is_closed, order.status, workshop.places_left()) == (True, Order.Status.CANCELLED, 3)
    assert standin.requests == []
    told = Message.objects.exclude(key__contains=":invoiced").get()
    assert (told.key, told.to) == (f"order:{order.pk}:invoice-given-back:practice", "desk@withyrooms.example")
