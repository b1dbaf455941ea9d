from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from courses.models import Ticket, TicketType, Workshop
from courses.seats.places import SoldOut
from orders.checkout import paying, placing
from orders.checkout.paying import HoldEnded
from orders.checkout.placing import PriceChanged, SaleClosed
from orders.models import DiscountCode, Order, Payment
from orders.pricing import codes
from orders.pricing.vat import vat_lines
from orders.settling.workshop_cancellation import cancel_workshop
from orders.stripe_api import StripeUnavailable
from outbox.models import Message
from practice.models import SaleTerms
from tests.builders import (
    make_discount,
    make_practice,
    make_sale_terms,
    make_terms,
    make_ticket,
    make_ticket_type,
    make_workshop,
)
from tests.orders.purchases import open_session, place, ticket, wish

pytestmark = pytest.mark.django_db


def make_code(email="noor@example.org", percent=20):
    return codes.issue_code(discount=make_discount(), email=email, percent=percent)


def test_an_order_holds_its_places_and_freezes_price_terms_and_policy():
    make_sale_terms(refund_free_days=3, vat_rate=Decimal("20.0"))
    terms = make_terms()
    workshop = make_workshop(capacity=3)

    order = place(workshop, 2)
    workshop.ticket_types.update(price=Decimal("200.00"))

    assert (order.status, order.total, order.terms) == (Order.Status.PENDING, Decimal("210.00"), terms)
    assert order.refund_lines == SaleTerms.current().refund_lines
    assert [line.vat for line in vat_lines(order.lines.all())] == [Decimal("35.00")]
    assert [line.ticket.status for line in order.lines.all()] == [Ticket.Status.HELD] * 2
    assert workshop.places_left() == 1


def test_a_second_submit_of_the_same_form_finds_the_first_order():
    workshop = make_workshop()
    key = uuid4()

    first, second = place(workshop, key=key), place(workshop, key=key)

    assert (first, Order.objects.count(), workshop.places_left()) == (second, 1, 9)


def test_a_sold_out_workshop_takes_no_order():
    workshop = make_workshop(capacity=1)
    make_ticket(workshop)

    with pytest.raises(SoldOut):
        place(workshop)

    assert Order.objects.count() == 0


@pytest.mark.parametrize(
    "change",
    [
        {"status": Workshop.Status.DRAFT},
        {"status": Workshop.Status.CANCELLED},
        {"sales_close_at": timezone.now() - timedelta(days=1)},
        {"sales_open_at": timezone.now() + timedelta(days=1)},
    ],
)
def test_a_workshop_that_is_not_on_sale_takes_no_order(change):
    workshop = make_workshop()
    Workshop.objects.filter(pk=workshop.pk).update(**change)
    workshop.refresh_from_db()

    with pytest.raises(SaleClosed):
        place(workshop)


def test_an_early_bird_is_over_at_the_end_of_its_last_day_in_the_workshops_zone(time_machine):
    workshop = make_workshop(time_zone="America/New_York", price=None)
    last_day = timezone.localdate() + timedelta(days=2)
    early = make_ticket_type(workshop, "Early bird", "89.00", last_day=last_day)

    time_machine.move_to(early.ends_at - timedelta(seconds=1), tick=False)
    order = place(workshop, ticket_types=[early])
    time_machine.move_to(early.ends_at, tick=False)

    assert order.total == Decimal("89.00")
    with pytest.raises(SaleClosed):
        place(workshop, ticket_types=[early])


def test_a_ticket_type_of_another_workshop_is_refused():
    workshop, other = make_workshop(), make_workshop(price="1.00")

    with pytest.raises(SaleClosed):
        place(workshop, ticket_types=[other.ticket_types.first()])


def test_a_total_that_is_not_the_one_shown_is_shown_again_before_anything_is_held():
    workshop = make_workshop(price="120.00")

    with pytest.raises(PriceChanged):
        place(workshop, shown_total=Decimal("105.00"))

    assert (Order.objects.count(), Ticket.objects.count()) == (0, 0)


def test_a_code_takes_its_share_off_one_full_price_place_and_is_reserved():
    make_practice()
    workshop = make_workshop()
    early = make_ticket_type(workshop, "Early bird", "89.00")
    code = make_code()

    order = place(
        workshop, ticket_types=[workshop.ticket_types.first(), workshop.ticket_types.first(), early], code=str(code)
    )

    code.refresh_from_db()
    assert [line.discount for line in order.lines.all()] == [Decimal("21.00"), Decimal(), Decimal()]
    assert (order.total, order.discount_code, code.status) == (
        Decimal("278.00"),
        code,
        DiscountCode.Status.RESERVED,
    )


def test_a_code_is_refused_where_every_ticket_is_reduced_and_stays_good():
    make_practice()
    workshop = make_workshop(price=None)
    make_ticket_type(workshop, "Early bird", "89.00")
    code = make_code()

    with pytest.raises(codes.CodeNotUsable) as error:
        place(workshop, code=str(code))

    code.refresh_from_db()
    assert (
        error.value.reason
        == "The ticket that you chose is already reduced, so the code was not used. You still have it."
    )
    assert (code.status, Order.objects.count()) == (DiscountCode.Status.ISSUED, 0)


def test_a_code_in_use_is_refused_on_a_second_order():
    make_practice()
    code = make_code()
    place(make_workshop(), code=str(code))

    with pytest.raises(codes.CodeNotUsable):
        place(make_workshop(), code=str(code))

    assert Order.objects.count() == 1


def test_nothing_to_pay_confirms_at_once_and_never_calls_stripe(settings):
    make_practice()
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"  # would refuse
    workshop = make_workshop()

    order = place(workshop, code=str(make_code(percent=100)))

    assert (order.status, order.total, order.payments.count()) == (Order.Status.PAID, Decimal(), 0)
    assert [line.ticket.status for line in order.lines.all()] == [Ticket.Status.CONFIRMED]
    assert DiscountCode.objects.get().status == DiscountCode.Status.REDEEMED


def test_a_rest_too_small_for_a_card_is_waived():
    make_practice()
    workshop = make_workshop(price="2.00")

    order = place(workshop, code=str(make_code(percent=90)))

    assert (order.total, order.status) == (Decimal(), Order.Status.PAID)


@pytest.mark.parametrize("count", [0, 7])
def test_an_order_is_for_one_to_six_places(count):
    workshop = make_workshop()
    tickets = [ticket(workshop.ticket_types.first())] * count

    with pytest.raises(SaleClosed):
        placing.place_order(workshop, wish(tickets))


def test_a_payment_page_is_opened_once_and_found_again(standin):
    order = place(make_workshop())

    first, second = paying.start_payment(order), paying.start_payment(order)

    assert (first, len(standin.sessions)) == (second, 1)
    session = standin.sessions[0]
    assert (session["amount_total"], session["currency"], session["client_reference_id"]) == (
        10500,
        "gbp",
        order.number,
    )
    assert session["metadata"] == {"order": order.number, "attempt": "1", "site": "localhost:8000"}


def test_the_places_are_held_longer_than_the_page_can_be_paid(standin):
    order = place(make_workshop())

    payment = paying.start_payment(order)

    assert order.held_until - payment.expires_at == timedelta(minutes=10)
    assert standin.sessions[0]["expires_at"] == int(payment.expires_at.timestamp())


@pytest.mark.parametrize("price", ["105.00", "0.00"])
def test_a_workshop_that_we_cancelled_while_its_form_was_read_is_not_sold(price):
    as_it_was_read = make_workshop(price=price)
    cancel_workshop(Workshop.objects.get(), because="Our presenter is ill.")

    with pytest.raises(SaleClosed):
        place(as_it_was_read)

    assert not Ticket.objects.exists()


def test_stripe_is_told_no_attendee_and_no_access_need(standin):
    workshop = make_workshop()
    kind = workshop.ticket_types.first()
    attendee = placing.NewTicket(kind, "Ada Canary", "canary@example.org", "Europe/Paris", "captions-canary")
    order = placing.place_order(workshop, wish([attendee])).order

    open_session(order)

    assert "anary" not in str(standin.requests)


def test_without_an_answer_the_order_waits_and_the_same_request_is_sent_again(standin):
    order = place(make_workshop())
    standin.faults.add(method="POST", path="/v1/checkout/sessions", kind="status", status=500)

    with pytest.raises(StripeUnavailable):
        paying.start_payment(order)
    payment = paying.start_payment(order)

    keys = [each["headers"]["idempotency-key"] for each in standin.requests]
    assert (keys[0], payment.attempt, payment.status) == (keys[1], 1, Payment.Status.OPEN)


def test_a_key_that_stripe_does_not_take_refuses_no_order_and_is_mended_with_the_same_attempt(standin, settings):
    make_practice()
    order = place(make_workshop(capacity=1))
    good = settings.STRIPE_SECRET_KEY

    settings.STRIPE_SECRET_KEY = "sk_test_standin_rolled"
    with pytest.raises(StripeUnavailable):
        open_session(order)
    settings.STRIPE_SECRET_KEY = good
    open_session(order)

    assert [(each.attempt, each.status) for each in order.payments.all()] == [(1, Payment.Status.OPEN)]


def test_a_page_that_was_made_although_the_answer_was_lost_is_found_by_its_key(standin):
    order = place(make_workshop())
    standin.faults.add(method="POST", path="/v1/checkout/sessions", kind="drop_after")

    with pytest.raises(StripeUnavailable):
        paying.start_payment(order)
    payment = paying.start_payment(order)

    assert [session["id"] for session in standin.sessions] == [payment.session_id]


def test_a_stored_failure_opens_a_new_attempt(standin):
    order = place(make_workshop())
    standin.faults.add(method="POST", path="/v1/checkout/sessions", kind="saved_500")
    with pytest.raises(StripeUnavailable):
        paying.start_payment(order)

    payment = paying.start_payment(order)

    assert (payment.attempt, payment.status, order.payments.count()) == (2, Payment.Status.OPEN, 2)
    assert order.payments.get(attempt=1).status == Payment.Status.FAILED


def test_an_old_frozen_request_gives_way_to_a_new_attempt_that_holds_longer(standin, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    workshop = make_workshop(day=(now + timedelta(days=9)).date())
    order = place(workshop)
    standin.faults.add(method="POST", path="/v1/checkout/sessions", kind="drop_before")
    with pytest.raises(StripeUnavailable):
        paying.start_payment(order)

    time_machine.move_to(now + timedelta(minutes=20), tick=False)
    payment = paying.start_payment(order)

    order.refresh_from_db()
    assert (payment.attempt, order.held_until) == (2, now + timedelta(minutes=65))


def test_a_lapsed_order_may_be_paid_after_all_while_there_is_room(standin, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    order = place(make_workshop(capacity=1, day=(now + timedelta(days=9)).date()))
    time_machine.move_to(now + timedelta(minutes=50), tick=False)

    payment = paying.start_payment(order)

    assert (payment.attempt, order.workshop.places_left()) == (2, 0)


def test_a_lapsed_order_whose_place_is_taken_cannot_be_paid(standin, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    workshop = make_workshop(capacity=1, day=(now + timedelta(days=9)).date())
    order = place(workshop)
    time_machine.move_to(now + timedelta(minutes=50), tick=False)
    place(workshop)

    with pytest.raises(SoldOut):
        paying.start_payment(order)

    assert standin.sessions == []


def test_nobody_holds_a_place_for_ever_by_trying_again(standin, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    order = place(make_workshop(day=(now + timedelta(days=9)).date()))

    time_machine.move_to(now + paying.LONGEST_HOLD + timedelta(seconds=1), tick=False)

    with pytest.raises(HoldEnded):
        paying.start_payment(order)


def test_no_mail_is_written_before_the_money_is_there(standin):
    order = place(make_workshop())

    open_session(order)

    assert Message.objects.count() == 0


def test_the_catch_up_type_sells_without_a_place():
    workshop = make_workshop(capacity=1)
    make_ticket(workshop)
    catch_up = make_ticket_type(workshop, "Catch-up only", "85.00", access=TicketType.Access.CATCH_UP)

    order = place(workshop, ticket_types=[catch_up])

    assert (order.total, order.lines.get().ticket.place_number) == (Decimal("85.00"), None)
