"""The difference of a dearer place that an organisation has: it comes by transfer, whole, or by card."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from courses.models import Ticket
from kit.forms.seen import seal
from orders.books import books
from orders.changes import moves
from orders.changes.moves import MoveWish
from orders.models import BankLine, Order, Refund
from orders.settling import bank_files, bank_lines, bank_matches, reconcile, transfers
from outbox.models import Message
from practice.models import Practice
from tests.builders import make_ticket, make_workshop
from tests.orders.invoices import ACCOUNT, invoice, make_invoicing_practice, transfer
from tests.orders.purchases import buy, open_session
from tests.orders.test_refund_desk import sign_in

pytestmark = pytest.mark.django_db(transaction=True)
DEARER = "125.00"


@pytest.fixture
def order():
    make_invoicing_practice(refund_free_days=14)
    order = invoice(make_workshop(day=timezone.localdate() + timedelta(days=60)))
    transfer(order)
    order.refresh_from_db()
    return order


def move(order, *, capacity=10):
    """To a workshop that costs 20.00 more; the new order waits for them."""
    to = make_workshop(day=timezone.localdate() + timedelta(days=70), price=DEARER, capacity=capacity)
    return moves.move_at_desk(MoveWish(order.lines.get(), to.ticket_types.get(), Decimal(20), uuid4()))


def state(order):
    order.refresh_from_db()
    return order.status, [ticket.status for ticket in order.tickets()]


def read_line(text, amount="20.00"):
    row = (f"{Practice.current().today()}", amount, "Humber", text)
    table = bank_files.Table(("Date", "Paid in", "Payer", "Words"), (row,))
    bank_lines.store_lines(table, bank_lines.Columns(day=0, amount=1, payer=2, words=(3,)), by=None)
    [proposal] = bank_matches.proposals(list(BankLine.objects.all()))
    return proposal


def test_the_place_waits_two_weeks_and_the_mail_says_how_to_transfer(order, client):
    new = move(order)

    mail = Message.objects.get(key=f"order:{new.pk}:difference").text
    page = client.get(new.get_absolute_url()).content.decode()
    assert new.held_until > timezone.now() + timedelta(days=13)
    assert [each in mail for each in ("Amount: £20.00", f"Reference: {new.number}", *ACCOUNT.split("\n"))] == [True] * 5
    assert ("What to transfer" in page, "Pay £20.00" in page, "12-34-56" in page) == (True, True, True)


def test_a_transfer_of_the_difference_moves_the_place(order):
    new = move(order)

    transfers.record_transfer(new, amount=Decimal(20), received_on=Practice.current().today(), attempt=1)

    assert (state(new), state(order)) == (("paid", ["confirmed"]), ("refunded", ["cancelled"]))
    receipt = new.documents.get(kind="receipt")
    assert (receipt.total, new.balance(), list(books.findings())) == (Decimal(125), Decimal(125), [])


def test_a_line_of_the_banks_file_finds_the_difference(order):
    new = move(order)
    proposal = read_line(f"difference {new.number}")

    bank_matches.record_line(proposal.line, orders=[new], seen=seal(proposal.seen))

    assert state(new) == ("paid", ["confirmed"])


@pytest.mark.parametrize("amount", ["19.50", "30.00"])
def test_another_sum_is_recorded_on_the_order_that_the_place_comes_from(order, client, amount):
    new = move(order)
    desk = sign_in(client, "Organisers")
    sent = {"amount": amount, "received_on": f"{Practice.current().today()}", "attempt": "1"}

    page = desk.post(f"/admin/orders/order/{new.pk}/transfer/", sent)
    with pytest.raises(transfers.NotAwaited):
        transfers.record_transfer(new, amount=Decimal(amount), received_on=Practice.current().today(), attempt=1)
    transfers.record_transfer(order, amount=Decimal(amount), received_on=Practice.current().today(), attempt=2)

    assert (page.status_code, "waits for exactly £20.00" in page.text) == (422, True)
    assert (f"Record any other sum on order {order.number}" in page.text, read_line(new.number, amount).problem) == (
        True,
        f"{new.number}: {bank_matches.NOT_THE_DIFFERENCE}",
    )
    assert (state(new), order.surplus()) == (("pending", ["held"]), Decimal(amount))


def test_paid_by_card_and_by_transfer_the_second_goes_back(order, standin):
    new = move(order)
    standin.pay(open_session(new))
    reconcile.ask_about_open_attempts(at_once=True)

    assert state(new) == ("paid", ["confirmed"])
    with pytest.raises(transfers.NotAwaited):
        transfers.record_transfer(new, amount=Decimal(20), received_on=Practice.current().today(), attempt=2)


def test_a_transfer_for_a_place_that_is_gone_is_sent_back_by_hand_and_the_old_place_stays(order, time_machine):
    new = move(order, capacity=1)
    time_machine.move_to(new.held_until)
    reconcile.close_ended_holds()
    make_ticket(new.workshop)

    transfers.record_transfer(new, amount=Decimal(20), received_on=Practice.current().today(), attempt=1)

    assert (state(new)[0], state(order)) == (Order.Status.UNSEATED, ("paid", [Ticket.Status.CONFIRMED]))
    assert [refund.amount for refund in Refund.objects.to_send_by_hand()] == [Decimal(20)]
    assert list(books.findings()) == []


def test_a_page_to_pay_on_that_ends_leaves_the_time_for_a_transfer(order, standin, time_machine):
    new = move(order)
    session_id = open_session(new)
    standin.expire(session_id)

    reconcile.ask_about_open_attempts(at_once=True)

    assert (state(new), new.is_holding) == (("pending", ["held"]), True)
    time_machine.move_to(new.held_until)
    reconcile.close_ended_holds()
    assert state(new) == ("lapsed", ["lapsed"])


def test_a_difference_of_somebody_who_paid_by_card_is_not_transferred(standin):
    make_invoicing_practice(refund_free_days=14)
    new = move(buy(standin, make_workshop(day=timezone.localdate() + timedelta(days=60))))

    assert (new.takes_transfers, new.held_until < timezone.now() + timedelta(hours=25)) == (False, True)


def test_money_that_comes_for_an_order_whose_refund_failed_is_written_down_and_goes_back(order):
    """Whatever became of its money, what stands on a bank statement can be recorded."""
    Order.objects.filter(pk=order.pk).update(status=Order.Status.OWED)

    transfer(order, attempt=2)

    order.refresh_from_db()
    assert (order.status, [each.amount for each in Refund.objects.to_send_by_hand()]) == ("owed", [Decimal(105)] * 2)
