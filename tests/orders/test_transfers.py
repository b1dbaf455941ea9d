from datetime import date, timedelta
from decimal import Decimal

import pytest

from courses.models import Ticket
from orders.books import books
from orders.changes import cancellations, refunds
from orders.changes.cancellations import Decision
from orders.models import Order, Payment, Refund
from orders.settling import reconcile, transfers, transfers_back
from orders.settling.transfers import NotAwaited
from orders.settling.transfers_back import NotByHand
from outbox.models import Message
from tests.builders import at, make_refund_tiers, make_workshop
from tests.orders.invoices import invoice, make_invoicing_practice, transfer
from tests.orders.purchases import buy, buyer, place

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = date(2027, 1, 11)


@pytest.fixture(autouse=True)
def _on_a_monday(time_machine):
    time_machine.move_to(at("2027-01-11 09:00", "Europe/London"), tick=False)


@pytest.fixture
def order():
    """Two of three places, in sixty days."""
    make_invoicing_practice(refund_free_days=14)
    return invoice(make_workshop(day=TODAY + timedelta(days=60), capacity=3), 2)


def places():
    return sorted(Ticket.objects.values_list("status", flat=True))


def facts_of(order):
    order.refresh_from_db()
    return order.status, places(), books_say()


def books_say():
    return [finding.rule for finding in books.findings()]


def lapsed(order, time_machine):
    time_machine.move_to(order.held_until, tick=False)
    reconcile.close_ended_holds()
    order.refresh_from_db()
    return order


def test_the_money_books_the_places(order, standin, time_machine):
    time_machine.move_to(at("2027-01-15 10:00", "Europe/London"), tick=False)

    transfer(order, received_on=date(2027, 1, 14))

    payment = Payment.objects.get()
    assert facts_of(order) == (Order.Status.PAID, ["confirmed", "confirmed"], [])
    assert (payment.method, payment.status, payment.amount, payment.received, payment.note) == (
        "transfer",
        "paid",
        Decimal("210.00"),
        Decimal("210.00"),
        "",
    )
    assert payment.paid_at == at("2027-01-14 12:00", "Europe/London")
    assert Message.objects.filter(key=f"order:{order.pk}:confirmation").count() == 1
    assert standin.requests == []


def test_money_of_the_same_morning_came_between_the_booking_and_now(order):
    transfer(order)

    assert Payment.objects.get().paid_at == order.placed_at


def test_a_second_click_records_nothing(order):
    transfer(order)

    with pytest.raises(NotAwaited):
        transfer(order)

    assert (Payment.objects.count(), facts_of(order)) == (1, (Order.Status.PAID, ["confirmed", "confirmed"], []))


def test_a_page_that_is_out_of_date_records_nothing(order):
    with pytest.raises(NotAwaited):
        transfer(order, attempt=2)

    assert (Payment.objects.count(), facts_of(order)) == (0, (Order.Status.INVOICED, ["held", "held"], []))


def test_money_that_was_written_down_before_a_crash_is_decided_on(order):
    transfers.write_down(order, amount=Decimal("210.00"), received_on=TODAY, attempt=1)

    counts = [reconcile.decide_recorded_money() for _ in range(2)]

    assert (counts, facts_of(order)) == ([1, 0], (Order.Status.PAID, ["confirmed", "confirmed"], []))


def test_money_before_a_crash_keeps_its_places_from_the_end_of_the_hold(order, time_machine):
    transfers.write_down(order, amount=Decimal("210.00"), received_on=TODAY, attempt=1)

    lapsed(order, time_machine)
    reconcile.decide_recorded_money()

    assert facts_of(order) == (Order.Status.PAID, ["confirmed", "confirmed"], [])


def test_late_money_is_seated_anew(order, time_machine):
    lapsed(order, time_machine)

    transfer(order)

    assert facts_of(order) == (Order.Status.PAID, ["confirmed", "confirmed"], [])


def test_late_money_without_a_place_goes_back_by_hand(order, time_machine, standin):
    lapsed(order, time_machine)
    place(order.workshop, 2, by=buyer("ada@example.org"))

    transfer(order)

    told = Message.objects.get(key=f"order:{order.pk}:unseated").text
    assert facts_of(order) == (Order.Status.UNSEATED, ["held", "held", "lapsed", "lapsed"], [])
    assert "goes back to the account that it came from, by bank transfer." in told
    assert list(Refund.objects.to_send_by_hand().values_list("amount", flat=True)) == [Decimal("210.00")]
    assert standin.requests == []


def test_money_after_the_places_were_given_back_books_them_anew(order):
    reconcile.give_back(order)

    transfer(order)

    assert facts_of(order) == (Order.Status.PAID, ["confirmed", "confirmed"], [])


def test_no_transfer_is_awaited_for_an_order_paid_by_card(standin):
    make_invoicing_practice()
    paid, pending = buy(standin, make_workshop()), place(make_workshop())

    for other in (paid, pending):
        with pytest.raises(NotAwaited):
            transfer(other, attempt=transfers.next_attempt(other))

    assert Payment.objects.count() == 2  # one attempt of each


def test_the_worker_never_asks_stripe_for_a_transfer(order, time_machine, standin):
    lapsed(order, time_machine)
    place(order.workshop, 2, by=buyer("ada@example.org"))
    transfer(order)

    counts = [reconcile.send_waiting_refunds() for _ in range(2)]

    assert (counts, Refund.objects.get().status, standin.requests) == ([0, 0], Refund.Status.REQUESTED, [])


def test_what_the_desk_has_sent_closes_the_order_and_is_told_once(order, time_machine):
    lapsed(order, time_machine)
    place(order.workshop, 2, by=buyer("ada@example.org"))
    transfer(order)
    refund = Refund.objects.get()

    transfers_back.mark_sent(refund)
    with pytest.raises(NotByHand):
        transfers_back.mark_sent(refund)

    told = Message.objects.get(key=f"order:{order.pk}:refunded").text
    assert (Refund.objects.get().status, facts_of(order)[0]) == (Refund.Status.SUCCEEDED, Order.Status.REFUNDED)
    assert "We have sent £210.00 back to the account that it came from" in told


def test_a_refund_by_card_is_not_marked_as_sent_by_hand(standin):
    make_invoicing_practice()
    paid = buy(standin, make_workshop())
    refund = Refund.objects.create(payment=paid.payments.get(), amount=Decimal("5.00"), reason="Test.")

    with pytest.raises(NotByHand):
        transfers_back.mark_sent(refund)

    refund.refresh_from_db()
    assert refund.status == Refund.Status.REQUESTED


def test_a_wrong_sum_goes_back_by_hand_once(order):
    transfer(order, "200.00")

    [refund] = transfers_back.send_back_by_hand(order)
    with pytest.raises(NotByHand):
        transfers_back.send_back_by_hand(order)
    assert (refund.amount, facts_of(order)) == (
        Decimal("200.00"),
        (Order.Status.REVIEW, ["cancelled", "cancelled"], []),
    )
    assert order.workshop.places_left() == 3  # the buyer is asked to book again

    transfers_back.mark_sent(refund)

    assert facts_of(order) == (Order.Status.REFUNDED, ["cancelled", "cancelled"], [])


def test_only_an_order_in_review_sends_its_money_back_like_this(order):
    transfer(order)

    with pytest.raises(NotByHand):
        transfers_back.send_back_by_hand(order)

    assert Refund.objects.count() == 0


def test_the_buyer_cancels_a_place_and_its_money_waits_for_the_desk(order, standin):
    make_refund_tiers((14, 100))
    transfer(order)
    order.refresh_from_db()
    tickets = list(Ticket.objects.all())

    cancellations.cancel_places(order, tickets=tickets, shown=Decimal("210.00"))
    assert facts_of(order) == (Order.Status.CLOSED, ["cancelled", "cancelled"], [])

    for refund in Refund.objects.to_send_by_hand():
        transfers_back.mark_sent(refund)

    told = Message.objects.get(key__contains=":cancelled:").text
    assert facts_of(order) == (Order.Status.REFUNDED, ["cancelled", "cancelled"], [])
    assert "£210.00 goes back to the account that it came from, by bank transfer." in told
    assert standin.requests == []


def test_the_desk_sends_a_part_back_while_the_places_stay(order):
    transfer(order)
    decision = Decision(Decimal("20.00"), "Bad sound")

    cancellations.refund_at_desk(
        order, tickets=list(Ticket.objects.all()), decision=decision, shown_left=Decimal("210.00")
    )
    transfers_back.mark_sent(Refund.objects.get())

    assert facts_of(order) == (Order.Status.PAID, ["confirmed", "confirmed"], [])
    assert order.balance() == Decimal("190.00")


def test_a_failed_refund_by_card_still_goes_to_stripe(standin):
    make_invoicing_practice()
    paid = buy(standin, make_workshop())
    Refund.objects.create(payment=paid.payments.get(), amount=Decimal("5.00"), reason="Test.")

    reconcile.send_waiting_refunds()

    assert [each["amount"] for each in standin.refunds] == [500]


def test_asking_stripe_by_name_for_a_transfer_does_nothing(order, standin):
    transfer(order, "200.00")
    [refund] = transfers_back.send_back_by_hand(order)

    refunds.try_to_send(refund.pk)

    assert (standin.requests, Refund.objects.get().status) == ([], Refund.Status.REQUESTED)


def test_what_comes_for_an_order_that_is_over_is_recorded_and_goes_back(order):
    transfer(order, "100.00")
    [first] = transfers_back.send_back_by_hand(order)
    transfers_back.mark_sent(first)
    order.refresh_from_db()

    recorded = transfer(order, "50.00", attempt=2)

    waiting = Refund.objects.to_send_by_hand().get()
    assert (recorded.status, waiting.amount, recorded.balance(), recorded.missing()) == ("refunded", 50, 0, 0)
    assert Message.objects.get(key__contains=":surplus:").subject == "More than we asked for: £50.00 goes back to you"
    transfers_back.mark_sent(waiting)
    assert list(books.findings()) == []


def test_what_comes_after_all_of_a_paid_order_went_back_needs_no_credit_note(order):
    transfer(order)
    cancellations.cancel_at_desk(order, tickets=order.tickets(), shown=order.total)
    for refund in Refund.objects.to_send_by_hand():
        transfers_back.mark_sent(refund)
    order.refresh_from_db()

    transfer(order, "50.00", attempt=2)
    transfers_back.mark_sent(Refund.objects.to_send_by_hand().get())

    order.refresh_from_db()
    kinds = [document.kind for document in order.documents.order_by("pk")]
    notes = ["credit_note"] * 2  # one for each place, and none for what came later
    assert (order.status, kinds, list(books.findings())) == ("refunded", ["invoice", "receipt", *notes], [])
