import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.models import AuditEntry
from courses.models import Ticket
from orders.books import books, document_books
from orders.changes import cancellations
from orders.changes.cancellations import Decision
from orders.documents import issuing
from orders.invoices import chasing
from orders.models import Document, Order, Payment, Refund
from orders.settling import reconcile, settle, transfers, transfers_back
from orders.settling.transfers import NotAcceptable, NotAwaited, NotUndoable
from orders.settling.transfers_back import NotByHand
from orders.settling.workshop_cancellation import cancel_workshop, follow_up
from outbox.models import Message
from tests.builders import at, make_general_code, make_workshop
from tests.orders.invoices import invoice, make_invoicing_practice, transfer
from tests.orders.purchases import buyer, place
from tests.orders.test_refund_desk import sign_in

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = date(2027, 1, 11)
Status = Order.Status


@pytest.fixture(autouse=True)
def _on_a_monday(time_machine):
    time_machine.move_to(at("2027-01-11 09:00", "Europe/London"), tick=False)


@pytest.fixture
def order():
    """Two of three places, in sixty days: 210.00."""
    make_invoicing_practice(refund_free_days=14)
    return invoice(make_workshop(day=TODAY + timedelta(days=60), capacity=3), 2)


def pay(order, *amounts):
    """One transfer after the other; the order is read anew."""
    for amount in amounts:
        transfer(order, amount, attempt=transfers.next_attempt(order))
    order.refresh_from_db()
    return order


def accept(order, why="The bank kept a fee."):
    return transfers.accept_difference(order, shown=order.missing(), why=why)


def places():
    return sorted(Ticket.objects.values_list("status", flat=True))


def facts_of(order):
    order.refresh_from_db()
    return order.status, places(), [finding.rule for finding in books.findings()]


def told(order, fact):
    return Message.objects.get(key=f"order:{order.pk}:{fact}").text


def papers(order):
    return [(each.kind, each.total) for each in order.documents.order_by("pk")]


def time_is_over(order, time_machine):
    time_machine.move_to(order.held_until, tick=False)
    reconcile.close_ended_holds()
    order.refresh_from_db()


def test_a_part_keeps_the_places_and_the_mail_says_what_is_missing(order):
    pay(order, "200.00")

    assert facts_of(order) == (Status.PART_PAID, ["held", "held"], [])
    mail = told(order, "part-paid:1")
    words = ("We received £200.00 for order", "£10.00 is still missing", "Amount: £10.00")
    assert [each in mail for each in words] == [True] * 3


def test_the_desk_shows_each_transfer_as_a_row_and_what_is_missing(order, client):
    """What has come, and what to do about the rest; a state alone would tell neither."""
    sign_in(client, "Organisers")
    pay(order, "100.00", "60.00")

    page = client.get(f"/admin/orders/order/{order.pk}/change/")

    [rows] = [each for each in page.context["inline_admin_formsets"] if each.opts.model is Payment]
    came = [(form.instance.method, form.instance.status, form.instance.received) for form in rows.formset.forms]
    assert came == [("transfer", "paid", Decimal("100.00")), ("transfer", "paid", Decimal("60.00"))]
    assert "£160.00 has come, £50.00 is missing." in page.text
    assert [f"{order.pk}/{each}/" in page.text for each in ("transfer", "accept-what-came", "send-back")] == [True] * 3


def test_the_rest_completes_it_and_the_receipt_lists_each_transfer(order):
    pay(order, "200.00", "9.00", "1.00")

    assert facts_of(order) == (Status.PAID, ["confirmed", "confirmed"], [])
    receipt = order.documents.get(kind="receipt")
    assert [each["amount"] for each in receipt.facts["transfers"]] == ["200.00", "9.00", "1.00"]
    assert (receipt.total, order.surplus()) == (Decimal("210.00"), 0)


def test_nothing_that_is_paid_in_parts_goes_back_by_itself(order):
    pay(order, "100.00", "110.00")

    reconcile.decide_recorded_money()
    reconcile.decide_recent_money()

    assert (Refund.objects.count(), facts_of(order)) == (0, (Status.PAID, ["confirmed", "confirmed"], []))


def test_more_than_the_price_books_the_places_and_the_surplus_is_no_part_of_the_receipt(order):
    pay(order, "250.00")

    receipt = order.documents.get(kind="receipt")
    assert facts_of(order) == (Status.PAID, ["confirmed", "confirmed"], [])
    assert (order.surplus(), receipt.total) == (Decimal("40.00"), Decimal("210.00"))
    assert [each["amount"] for each in receipt.facts["transfers"]] == ["210.00"]


def test_a_transfer_that_came_twice_is_a_surplus(order):
    pay(order, "210.00", "210.00")

    assert (order.surplus(), facts_of(order)) == (
        Decimal("210.00"),
        (Status.PAID, ["confirmed", "confirmed"], []),
    )
    assert list(transfers_back.orders_with_surplus()) == [order]


def test_a_surplus_is_sent_back_once_told_and_not_credited(order):
    pay(order, "200.00", "50.00")

    [refund] = transfers_back.send_back_surplus(order, shown=Decimal("40.00"))
    with pytest.raises(NotByHand):
        transfers_back.send_back_surplus(order, shown=Decimal("40.00"))
    transfers_back.mark_sent(refund)
    issuing.issue_missing()

    assert (refund.amount, order.surplus(), order.balance()) == (Decimal("40.00"), 0, Decimal("210.00"))
    assert facts_of(order) == (Status.PAID, ["confirmed", "confirmed"], [])
    assert papers(order) == [("invoice", Decimal("210.00")), ("receipt", Decimal("210.00"))]
    assert "£40.00 more has come than it costs" in told(order, f"surplus:{refund.pk}")
    assert list(transfers_back.orders_with_surplus()) == []


def test_a_surplus_that_changed_since_it_was_shown_stays(order):
    pay(order, "250.00")

    with pytest.raises(NotByHand):
        transfers_back.send_back_surplus(order, shown=Decimal("30.00"))

    assert Refund.objects.count() == 0


def test_a_refund_of_the_sale_makes_no_surplus_and_takes_none(order):
    pay(order, "250.00")
    decision = Decision(Decimal("20.00"), "Bad sound")

    tickets, left = list(Ticket.objects.all()), order.balance()
    cancellations.refund_at_desk(order, tickets=tickets, decision=decision, shown_left=left)

    assert (order.surplus(), order.balance()) == (Decimal("40.00"), Decimal("230.00"))


def test_an_accepted_difference_reduces_the_price_on_all_papers(order):
    pay(order, "209.50")

    accept(order)

    assert facts_of(order) == (Status.PAID, ["confirmed", "confirmed"], [])
    assert papers(order) == [
        ("invoice", Decimal("210.00")),
        ("receipt", Decimal("209.50")),
        ("credit_note", Decimal("0.50")),
    ]
    note = order.documents.get(kind="credit_note")
    assert note.facts["corrects"] == [order.documents.get(kind="invoice").number]
    assert (order.total, order.balance(), order.missing()) == (Decimal("209.50"), Decimal("209.50"), 0)
    reason = AuditEntry.objects.get(model="orders.order", before="part_paid", after="invoiced").reason
    assert reason == "Accepted, £0.50 less: The bank kept a fee."


def test_the_books_prove_an_invoice_whose_price_was_reduced_later(order):
    pay(order, "209.50")
    rule = "a document adds up"
    list(books.findings_of(rule, anew=False))

    accept(order)

    assert [list(books.findings_of(rule, anew=anew)) for anew in (True, False)] == [[], []]
    Document.objects.filter(kind="credit_note").update(key="credit_note:other")
    assert [finding.rule for finding in books.findings_of(rule)] == [rule]


def test_all_of_an_accepted_order_can_go_back_and_is_credited(order):
    pay(order, "209.50")
    accept(order)
    order.refresh_from_db()

    tickets = list(Ticket.objects.all())
    cancellations.cancel_places(order, tickets=tickets, shown=Decimal("209.50"))
    for refund in Refund.objects.to_send_by_hand():
        transfers_back.mark_sent(refund)

    assert facts_of(order) == (Status.REFUNDED, ["cancelled", "cancelled"], [])
    assert sum(each.total for each in order.documents.filter(kind="credit_note")) == Decimal("210.00")


def test_a_difference_is_accepted_as_it_was_shown_and_once(order):
    pay(order, "200.00")

    with pytest.raises(NotAcceptable):
        transfers.accept_difference(order, shown=Decimal("9.00"), why="")
    accept(order)
    with pytest.raises(NotAcceptable):
        transfers.accept_difference(order, shown=Decimal(), why="")

    assert facts_of(order) == (Status.PAID, ["confirmed", "confirmed"], [])


def test_when_the_time_is_over_a_person_decides_and_both_sides_are_told(order, time_machine):
    pay(order, "200.00")

    time_is_over(order, time_machine)

    assert facts_of(order) == (Status.REVIEW, ["lapsed", "lapsed"], [])
    assert order.workshop.places_left() == 3
    assert "£200.00 has come, and £10.00 is missing" in told(order, "part-paid-late:1")
    assert "its time is over" in told(order, "part-paid-late:1:practice")


@pytest.mark.parametrize("way", ["the rest", "accepted"])
def test_after_its_time_the_rest_or_a_person_books_the_places_anew(order, time_machine, way):
    pay(order, "200.00")
    time_is_over(order, time_machine)

    pay(order, "10.00") if way == "the rest" else accept(order)

    assert facts_of(order) == (Status.PAID, ["confirmed", "confirmed"], [])


def test_after_its_time_without_a_place_all_parts_go_back(order, time_machine):
    pay(order, "150.00", "50.00")
    time_is_over(order, time_machine)
    place(order.workshop, 2, by=buyer("ada@example.org"))

    pay(order, "10.00")

    amounts = [each.amount for each in Refund.objects.to_send_by_hand().order_by("amount")]
    assert (order.status, amounts) == (Status.UNSEATED, [Decimal("10.00"), Decimal("50.00"), Decimal("150.00")])
    assert {each.reason for each in Refund.objects.all()} == {settle.NO_PLACE}


def test_a_part_that_comes_late_waits_for_a_person(order, time_machine):
    time_is_over(order, time_machine)

    pay(order, "200.00")

    assert facts_of(order) == (Status.REVIEW, ["lapsed", "lapsed"], [])
    assert "£10.00 is missing" in told(order, "part-paid-late:1")


def test_a_part_is_sent_back_and_its_places_are_free(order):
    pay(order, "150.00", "50.00")

    sent = transfers_back.send_back_by_hand(order)
    for refund in sent:
        transfers_back.mark_sent(refund)

    assert len(sent) == 2
    assert facts_of(order) == (Status.REFUNDED, ["cancelled", "cancelled"], [])


def test_what_goes_back_takes_no_more_transfers_and_is_not_accepted(order):
    pay(order, "200.00")
    transfers_back.send_back_by_hand(order)

    with pytest.raises(NotAwaited):
        pay(order, "10.00")
    with pytest.raises(NotAcceptable):
        accept(order)


def test_a_mistyped_transfer_is_undone_and_the_buyer_told(order):
    pay(order, "100.00")

    transfers.undo_transfer(Payment.objects.get(), why="Another order's.")

    assert facts_of(order) == (Status.INVOICED, ["held", "held"], [])
    assert (Payment.objects.get().status, order.missing()) == (Payment.Status.UNDONE, Decimal("210.00"))
    assert "So far nothing has come of it." in told(order, "transfer-undone:1")
    assert AuditEntry.objects.get(after="undone").reason == "Another order's."
    assert pay(order, "210.00").status == Status.PAID


def test_one_of_several_is_undone_and_the_others_count(order):
    pay(order, "100.00", "90.00")

    transfers.undo_transfer(Payment.objects.get(attempt=2), why="Slip.")

    assert facts_of(order) == (Status.PART_PAID, ["held", "held"], [])
    assert order.missing() == Decimal("110.00")


def test_a_mistyped_surplus_is_undone_once_the_right_sum_is_there(order):
    pay(order, "2100.00", "210.00")

    transfers.undo_transfer(Payment.objects.get(attempt=1), why="A nought too many.")

    assert (order.surplus(), facts_of(order)) == (0, (Status.PAID, ["confirmed", "confirmed"], []))


def test_after_a_day_nothing_is_undone(order, time_machine):
    pay(order, "100.00")
    time_machine.move_to(at("2027-01-12 09:00", "Europe/London"), tick=False)

    with pytest.raises(NotUndoable):
        transfers.undo_transfer(Payment.objects.get(), why="Slip.")


def test_undone_after_its_time_the_order_lapses(order, time_machine):
    time_is_over(order, time_machine)
    pay(order, "100.00")

    transfers.undo_transfer(Payment.objects.get(), why="Slip.")

    assert facts_of(order) == (Status.LAPSED, ["lapsed", "lapsed"], [])


def test_reminders_name_what_is_missing(order, time_machine):
    pay(order, "200.00")

    time_machine.move_to(at(f"{order.invoice_due_on} 09:00", "Europe/London"), tick=False)
    chasing.remind()

    mail = told(order, "invoice-due")
    assert ("A part of the transfer is still to come." in mail, "Amount: £10.00" in mail) == (True, True)


def test_a_workshop_that_we_cancel_sends_the_parts_back(order):
    pay(order, "100.00", "50.00")

    cancel_workshop(order.workshop, because="She is ill.")
    follow_up()

    assert facts_of(order)[0] == Status.UNSEATED
    assert sum(each.amount for each in Refund.objects.to_send_by_hand()) == Decimal("150.00")
    assert {each.reason for each in Refund.objects.all()} == {settle.NO_WORKSHOP}
    mail = told(order, "unseated")
    assert ("What came by transfer books no place" in mail, "after that" in mail) == (True, False)


def test_a_crash_between_money_and_place_is_made_up_for(order):
    pay(order, "100.00")
    transfers.write_down(order, amount=Decimal("110.00"), received_on=TODAY, attempt=2)

    reconcile.decide_recorded_money()

    assert facts_of(order) == (Status.PAID, ["confirmed", "confirmed"], [])


def test_the_buyers_page_says_what_came_and_what_is_missing(client, order, time_machine):
    pay(order, "200.00")
    page = " ".join(client.get(order.get_absolute_url()).text.split())
    time_machine.move_to(order.held_until, tick=False)
    over = client.get(order.get_absolute_url()).text

    assert "£200.00 has come from Humber Care Trust, and £10.00 is missing." in page
    assert ("Give the place" in page, "We are looking at your payment." in over) == (False, True)


def sum_on_page(client, order):
    page = client.get(order.get_absolute_url()).content.decode()
    rows = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", page, re.S)
    return page, {" ".join(name.split()): " ".join(amount.split()) for name, amount in rows}


def test_the_sum_on_the_buyers_page_is_what_is_still_to_pay(client, order):
    pay(order, "200.00")

    _, rows = sum_on_page(client, order)

    assert (rows["Come so far"], rows["To pay"]) == ("−£200.00", "£10.00")


def test_the_buyers_page_says_that_more_came_until_it_went_back(client, order):
    pay(order, "250.00")

    before, _ = sum_on_page(client, order)
    transfers_back.send_back_surplus(order, shown=Decimal("40.00"))
    after, _ = sum_on_page(client, order)

    words = "£40.00 more came by transfer than the order comes to."
    assert (words in " ".join(before.split()), words in " ".join(after.split())) == (True, False)


def test_the_buyer_does_not_give_back_what_is_paid_in_part(client, order):
    pay(order, "200.00")

    client.post(f"{order.get_absolute_url()}give-back/")

    assert facts_of(order) == (Status.PART_PAID, ["held", "held"], [])


@pytest.mark.parametrize("off", [{"percent": 10}, {"amount": "10.00"}])
def test_a_price_that_is_reduced_may_have_a_discount_too(off):
    make_invoicing_practice()
    order = invoice(make_workshop(day=TODAY + timedelta(days=60)), code=make_general_code(**off).code)

    pay(order, "90.00")
    accept(order)

    assert facts_of(order) == (Status.PAID, ["confirmed"], [])


def test_an_invoice_that_lapsed_stays_as_it_was_when_less_is_accepted_later(order, time_machine):
    time_is_over(order, time_machine)
    pay(order, "200.00")
    accept(order)

    assert facts_of(order) == (Status.PAID, ["confirmed", "confirmed"], [])
    assert papers(order) == [("invoice", 210), ("credit_note", 210), ("receipt", 200)]
    assert list(document_books.unproved_documents_that_do_not_add_up()) == []


def test_an_order_that_is_booked_misses_nothing_whatever_went_back(order):
    pay(order, "210.00")
    cancellations.refund_at_desk(
        order,
        tickets=order.tickets()[:1],
        decision=Decision(Decimal("50.00"), "An hour fell out."),
        shown_left=order.balance(),
    )

    assert order.missing() == 0
    pay(order, "210.00")
    assert (order.payments.get(attempt=2).amount, order.surplus()) == (0, 210)
    assert facts_of(order)[2] == []


@pytest.mark.parametrize("parts", [("95.04", "64.18", "50.78"), ("68.13", "91.77", "50.10")])
def test_parts_add_up_to_the_penny_whatever_the_database_adds_with(order, parts):
    """In binary fractions the first are a little more than 210, the others a little less."""
    pay(order, *parts)

    assert facts_of(order) == (Status.PAID, ["confirmed", "confirmed"], [])
    assert list(transfers_back.orders_with_surplus()) == []
