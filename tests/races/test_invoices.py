"""Bookings by invoice and transfers, when two want the same at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from functools import partial
from uuid import uuid4

import pytest
from django.db import IntegrityError, connections
from django.utils import timezone

from courses.seats.places import SoldOut
from kit.forms.seen import ChangedMeanwhile, seal
from orders import locks
from orders.books import books
from orders.models import BankLine, Order, Payment, Refund
from orders.settling import bank_lines, bank_matches, reconcile, transfers, transfers_back
from orders.settling.bank_files import Table
from orders.settling.bank_lines import Columns
from orders.settling.bank_matches import NotAssignable
from orders.settling.transfers import NotAcceptable, NotAwaited, NotUndoable
from orders.settling.transfers_back import NotByHand
from outbox.models import Message
from tests.builders import make_workshop
from tests.orders.invoices import invoice, make_invoicing_practice, transfer
from tests.orders.purchases import buyer, place

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
ROUNDS = 5
REFUSED = (ChangedMeanwhile, IntegrityError, NotAcceptable, NotAssignable, NotAwaited, NotByHand, NotUndoable, SoldOut)


@pytest.fixture(autouse=True)
def _practice():
    make_invoicing_practice()


def at_once(*works):
    def run(work):
        try:
            return work()
        except REFUSED as error:
            return type(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def workshop(capacity=1):
    return make_workshop(capacity=capacity, day=timezone.localdate() + timedelta(days=60))


def test_the_last_place_goes_to_the_invoice_or_to_the_card_and_never_to_both():
    for _ in range(ROUNDS):
        only_one = workshop()

        outcomes = at_once(partial(invoice, only_one), partial(place, only_one, by=buyer("ada@example.org")))

        assert (outcomes.count(SoldOut), only_one.orders.count(), only_one.places_left()) == (1, 1, 0)


def test_two_submits_of_one_form_at_once_hold_one_place():
    both, key = workshop(capacity=2), uuid4()

    orders = at_once(*[lambda: invoice(both, key=key)] * 2)

    assert (len(set(orders)), both.places_left(), Message.objects.count()) == (1, 1, 2)


def test_two_clicks_at_once_record_one_transfer():
    order = invoice(workshop())

    outcomes = at_once(*[lambda: transfer(order)] * 4)

    order.refresh_from_db()
    assert (outcomes.count(NotAwaited), Payment.objects.count(), order.status) == (3, 1, Order.Status.PAID)
    assert list(books.findings()) == []


def test_without_the_lock_the_database_alone_still_records_one_transfer(monkeypatch):
    """So the number of the attempt is what stops a second click; the lock only gives it a kind answer."""
    both_have_looked = threading.Barrier(2, timeout=60)
    next_attempt = transfers.next_attempt

    def look_together(order):
        answer = next_attempt(order)
        both_have_looked.wait()
        return answer

    monkeypatch.setattr(transfers, "next_attempt", look_together)
    monkeypatch.setattr(locks, "locked_order", lambda pk: Order.objects.select_related("workshop").get(pk=pk))
    order = invoice(workshop())
    day = timezone.localdate()

    outcomes = at_once(*[lambda: transfers.write_down(order, amount=order.total, received_on=day, attempt=1)] * 2)

    assert (outcomes.count(IntegrityError), Payment.objects.count()) == (1, 1)


def test_money_at_the_end_of_the_hold_has_a_place_or_goes_back():
    for _ in range(ROUNDS):
        only_one = workshop()
        order = invoice(only_one)
        Order.objects.filter(pk=order.pk).update(held_until=timezone.now())
        only_one.tickets.update(held_until=timezone.now())

        at_once(
            partial(transfer, order), reconcile.close_ended_holds, partial(place, only_one, by=buyer("ada@example.org"))
        )
        reconcile.decide_recorded_money()

        order.refresh_from_db()
        assert order.status in {Order.Status.PAID, Order.Status.UNSEATED}
        assert (only_one.places_left(), list(books.findings())) == (0, [])


def test_two_clicks_at_once_send_one_refund():
    order = invoice(workshop())
    transfer(order, "100.00")

    outcomes = at_once(*[lambda: transfers_back.send_back_by_hand(order)] * 3)
    refund = Refund.objects.get()
    marks = at_once(*[lambda: transfers_back.mark_sent(refund)] * 3)

    order.refresh_from_db()
    assert (outcomes.count(NotByHand), marks.count(NotByHand), order.status) == (2, 2, Order.Status.REFUNDED)


def test_two_who_record_the_rest_at_once_record_it_once():
    order = invoice(workshop())
    transfer(order, "100.00")

    outcomes = at_once(*[lambda: transfer(order, "5.00", attempt=2)] * 3)

    order.refresh_from_db()
    assert (outcomes.count(NotAwaited), order.balance(), order.status) == (2, order.total, Order.Status.PAID)
    assert list(books.findings()) == []


def test_the_rest_is_recorded_and_the_difference_accepted_at_once_and_one_of_them_counts():
    for _ in range(ROUNDS):
        order = invoice(workshop())
        transfer(order, "100.00")

        at_once(
            partial(transfer, order, "5.00", attempt=2),
            partial(transfers.accept_difference, order, shown=Decimal("5.00"), why="A fee."),
        )
        reconcile.decide_recorded_money()

        order.refresh_from_db()
        assert (order.status, order.balance() - order.surplus()) == (Order.Status.PAID, order.total)
        assert list(books.findings()) == []


def test_a_transfer_is_undone_while_the_rest_is_recorded():
    for _ in range(ROUNDS):
        order = invoice(workshop())
        transfer(order, "100.00")

        at_once(
            partial(transfer, order, "5.00", attempt=2),
            partial(transfers.undo_transfer, order.payments.get(), why="A slip."),
        )
        reconcile.decide_recorded_money()

        order.refresh_from_db()
        assert order.status in {Order.Status.PAID, Order.Status.PART_PAID}
        assert list(books.findings()) == []


def test_two_who_send_the_surplus_back_at_once_send_it_once():
    order = invoice(workshop())
    transfer(order, "125.00")

    outcomes = at_once(*[lambda: transfers_back.send_back_surplus(order, shown=Decimal("20.00"))] * 3)

    assert (outcomes.count(NotByHand), Refund.objects.get().amount) == (2, Decimal("20.00"))


def test_two_who_record_a_line_of_a_banks_file_at_once_record_it_once():
    for _ in range(ROUNDS):
        order = invoice(workshop())
        line = BankLine.objects.create(
            booked_on=timezone.localdate(),
            amount=order.total,
            currency="GBP",
            words=order.number,
            fingerprint=order.key,
        )
        [proposal] = bank_matches.proposals([line])

        at_once(
            *[partial(bank_matches.record_line, line, orders=[order], seen=seal(proposal.seen))] * 3,
            partial(transfer, order),
        )
        reconcile.decide_recorded_money()

        order.refresh_from_db()
        assert (order.status, order.payments.count(), list(books.findings())) == (Order.Status.PAID, 1, [])


def test_a_file_that_two_read_at_once_is_kept_once():
    row = (f"{timezone.localdate()}", "5.00", "A gift")
    table, columns = Table(("Day", "Sum", "Words"), (row, row)), Columns(day=0, amount=1, words=(2,))

    at_once(*[partial(bank_lines.store_lines, table, columns, by=None)] * 4)

    assert BankLine.objects.count() == 2
