"""When money came and went is Stripe's to say; when we heard of it is kept beside it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orders.changes import refunds
from orders.documents import document_facts
from orders.models import Document, Payment, Refund
from orders.settling import events, reconcile, settle
from tests.builders import at, make_practice, make_user, make_workshop
from tests.orders.invoices import invoice, make_invoicing_practice, transfer
from tests.orders.purchases import as_stripe_sees_it, buy, open_session, place

pytestmark = pytest.mark.django_db(transaction=True)
PAID, HEARD = at("2026-12-31 23:50"), at("2027-01-02 09:00")


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(PAID, tick=False)
    return lambda moment: time_machine.move_to(moment, tick=False)


@pytest.fixture
def order(standin, clock):
    make_practice()
    standin.webhooks.mode = "drop"
    order = place(make_workshop(day=(PAID + timedelta(days=60)).date()))
    standin.pay(open_session(order))
    return order


def told_by_the_webhook(standin, order):
    for event in standin.events:
        events.receive(event)


def found_by_the_worker(standin, order):
    reconcile.find_untold_payments()


def asked_on_return(standin, order):
    settle.settle(as_stripe_sees_it(order.payments.get().session_id))


@pytest.mark.parametrize("hear", [told_by_the_webhook, found_by_the_worker, asked_on_return])
def test_a_payment_has_stripes_moment_and_ours_and_the_receipt_has_stripes_day(standin, order, clock, hear):
    clock(HEARD)

    hear(standin, order)

    payment = Payment.objects.get()
    order.refresh_from_db()
    receipt = document_facts.read(Document.objects.get().facts)
    assert payment.paid_at.timestamp() == standin.charges[0]["created"]
    assert (payment.paid_at, payment.recorded_at, order.paid_at) == (PAID, HEARD, PAID)
    assert (receipt.paid_on, receipt.transfers[0].on, receipt.issued_on) == (PAID.date(), PAID.date(), HEARD.date())


def test_money_of_a_slow_bank_came_when_the_bank_sent_it(standin, clock):
    make_practice()
    standin.webhooks.mode = "drop"
    order = place(make_workshop(day=(PAID + timedelta(days=60)).date()))
    session_id = open_session(order)
    standin.pay(session_id, method="delayed")
    clock(PAID + timedelta(days=3))
    standin.settle_delayed(session_id, succeeded=True)
    clock(PAID + timedelta(days=4))

    reconcile.find_untold_payments()

    assert Payment.objects.get().paid_at == PAID + timedelta(days=3)


def test_a_refund_made_at_stripe_has_its_day_on_the_credit_note(standin, order, clock):
    asked_on_return(standin, order)
    standin.refund_from_dashboard(order.payments.get().intent_id)
    clock(HEARD)

    reconcile.find_untold_refunds()

    refund = Refund.objects.get()
    note = document_facts.read(Document.objects.get(kind=Document.Kind.CREDIT_NOTE).facts)
    assert (refund.paid_at, refund.recorded_at) == (PAID, HEARD)
    assert note.transfers[0].on == PAID.date()


def test_a_refund_that_was_told_of_twice_keeps_its_first_moments(standin, order, clock):
    asked_on_return(standin, order)
    refunds.send_back(order.payments.get(), reason="Kindness")
    first = Refund.objects.get()
    clock(HEARD)

    refunds.take_over_all(order.payments.get())

    again = Refund.objects.get()
    assert (first.paid_at, again.paid_at, again.recorded_at) == (PAID, PAID, PAID)


def test_a_transfer_came_on_its_day_and_was_recorded_now(clock):
    make_invoicing_practice()
    order = invoice(make_workshop(day=(PAID + timedelta(days=60)).date()))
    clock(HEARD)

    transfer(order, received_on=(HEARD - timedelta(days=1)).date())

    payment = order.payments.get()
    assert (payment.paid_at.date(), payment.recorded_at) == ((HEARD - timedelta(days=1)).date(), HEARD)


def test_of_two_payments_the_one_that_we_heard_of_first_stays(standin, order, clock):
    """It has the receipt, and refunds may have been made of it, whichever was paid first."""
    first = order.payments.get()
    expire = f"/v1/checkout/sessions/{first.session_id}/expire"
    standin.faults.add(method="POST", path=expire, kind="status", status=500)
    Payment.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    clock(PAID + timedelta(minutes=40))
    second = open_session(order)
    standin.pay(second)

    settle.settle(as_stripe_sees_it(second))
    clock(HEARD)
    settle.settle(as_stripe_sees_it(first.session_id))

    assert [refund.payment_id for refund in Refund.objects.all()] == [first.pk]


def test_what_comes_at_once_is_recorded_with_it(standin, clock):
    make_practice()

    order = buy(standin, make_workshop(day=(PAID + timedelta(days=60)).date()))

    payment = order.payments.get()
    assert (payment.paid_at, payment.recorded_at) == (PAID, PAID)


def test_the_desk_reads_stripes_moment_beside_ours(standin, order, clock, client):
    clock(HEARD)
    found_by_the_worker(standin, order)
    refund = refunds.send_back(Payment.objects.get(), reason="Sorry.")
    refunds.send(refund.pk)
    refund.refresh_from_db()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    payment = Payment.objects.get()

    pages = [
        client.get(f"/admin/orders/{name}/{pk}/change/").text
        for name, pk in (("payment", payment.pk), ("order", order.pk), ("refund", refund.pk))
    ]

    paid, heard = "31 Dec 2026, 23:50", "2 Jan 2027, 09:00"
    assert [(paid in page, heard in page) for page in pages[:2]] == [(True, True)] * 2
    assert ("field-paid_at" in pages[2], "field-recorded_at" in pages[2]) == (True, True)
