"""A transfer that was written down for the wrong order, and had booked its places: for an hour it is undone."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import AuditEntry
from courses.models import Ticket
from orders.books import books, months
from orders.changes import cancellations
from orders.changes.cancellations import Decision
from orders.documents import issuing
from orders.models import BankLine, DiscountCode, Order, Payment, Refund
from orders.settling import reconcile, transfers
from orders.settling.transfers import NotUndoable
from orders.settling.workshop_cancellation import cancel_workshop
from outbox.models import Message
from practice.models import Practice
from tests.builders import at, make_discount, make_workshop
from tests.orders.invoices import invoice, make_invoicing_practice, transfer
from tests.orders.purchases import buyer, place

pytestmark = pytest.mark.django_db(transaction=True)
NOW = at("2027-01-11 09:00", "Europe/London")
Status = Order.Status


@pytest.fixture(autouse=True)
def _on_a_monday(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def order():
    """Two of three places, in sixty days, one of them the buyer's own: 210.00."""
    make_invoicing_practice(refund_free_days=14)
    order = invoice(make_workshop(day=NOW.date() + timedelta(days=60), capacity=3), 2)
    Ticket.objects.filter(pk=order.lines.last().ticket.pk).update(attendee_email="ivo@example.org")
    return order


def undo(order, attempt=1):
    transfers.undo_transfer(order.payments.get(attempt=attempt), why="Another order's.")


def places():
    return sorted(Ticket.objects.values_list("status", flat=True))


def facts_of(order):
    order.refresh_from_db()
    return order.status, places(), [finding.rule for finding in books.findings()]


def papers(order):
    return [(each.kind, each.total) for each in order.documents.order_by("pk")]


def told(key):
    return Message.objects.get(key=key)


def test_a_right_sum_on_the_wrong_order_is_undone_and_its_places_are_held_as_before(order):
    transfer(order)
    seats = set(Ticket.objects.values_list("place_number", flat=True))

    undo(order)

    assert facts_of(order) == (Status.INVOICED, ["held", "held"], [])
    assert (order.paid_at, order.missing(), order.workshop.places_left()) == (None, Decimal("210.00"), 1)
    assert set(Ticket.objects.values_list("place_number", flat=True)) == seats
    assert set(Ticket.objects.values_list("held_until", "confirmed_at")) == {(order.held_until, None)}
    assert AuditEntry.objects.get(model="orders.order", before="paid", after="invoiced").reason == "Another order's."


def test_the_receipt_is_credited_and_no_refund_is_made(order, time_machine):
    transfer(order)

    undo(order)
    issuing.issue_missing()
    time_machine.move_to(NOW + timedelta(minutes=30), tick=False)

    receipt, note = order.documents.get(kind="receipt"), order.documents.get(kind="credit_note")
    assert papers(order) == [(kind, Decimal("210.00")) for kind in ("invoice", "receipt", "credit_note")]
    assert (note.facts["corrects"], note.refund_id) == ([receipt.number], None)
    assert note.facts["transfers"][0]["words"] == "Cancelled: this payment was noted by mistake"
    assert (note.facts["vat"], Refund.objects.count()) == (receipt.facts["vat"], 0)
    assert list(books.findings()) == []


def test_the_month_agrees_with_its_papers(order):
    transfer(order)
    undo(order)

    month = months.month_of(Practice.current().today().replace(day=1))

    assert (month.on_paper, month.of_orders, month.is_right, month.differences) == (0, 0, True, [])


def test_buyer_and_attendees_are_told_and_calendars_strike_the_sessions_out(order):
    transfer(order)
    of_other = order.lines.last().ticket

    undo(order)

    buyers = told(f"order:{order.pk}:transfer-undone:1")
    theirs = told(f"ticket:{of_other.pk}:unbooked:{order.payments.get().pk}")
    receipt, note = (order.documents.get(kind=kind) for kind in ("receipt", "credit_note"))
    assert "the booking is not confirmed any more" in buyers.text
    assert f"Credit note {note.number} cancels receipt {receipt.number}" in buyers.text
    assert "Amount: £210.00" in buyers.text
    assert (theirs.to, theirs.subject) == (of_other.attendee_email, f"Not booked yet: {order.workshop.title}")
    assert ["METHOD:CANCEL" in mail.attachments[0]["content"] for mail in (buyers, theirs)] == [True, True]
    assert Message.objects.filter(key__contains=":unbooked:").count() == 1


def test_a_joining_link_opens_nothing_until_the_money_is_there(order, client):
    transfer(order)
    ticket = order.lines.last().ticket
    booked = client.get(ticket.get_absolute_url())

    undo(order)
    between = client.get(ticket.get_absolute_url())
    transfer(order, attempt=2)
    again = client.get(ticket.get_absolute_url())

    states = [each.context["home"].state for each in (booked, between, again)]
    assert (states[0] == states[2], states[1]) == (True, "held")


def test_money_that_comes_after_all_books_receipts_and_tells_anew(order):
    transfer(order)
    undo(order)

    transfer(order, attempt=2)

    assert facts_of(order) == (Status.PAID, ["confirmed", "confirmed"], [])
    kinds = ["invoice", "receipt", "credit_note", "receipt"]
    assert papers(order) == [(kind, Decimal("210.00")) for kind in kinds]
    assert Message.objects.filter(key__startswith=f"order:{order.pk}:confirmation").count() == 2
    others = order.lines.last().ticket
    joining = Message.objects.filter(key__startswith=f"ticket:{others.pk}:joining").order_by("pk")
    numbers = [_sequence(mail) for mail in joining]
    assert numbers[0] < numbers[1]  # a calendar that struck it out takes it in again


def _sequence(mail):
    lines = mail.attachments[0]["content"].splitlines()
    return int(next(line for line in lines if line.startswith("SEQUENCE:")).removeprefix("SEQUENCE:"))


def test_it_may_happen_twice(order):
    transfer(order)
    undo(order)
    transfer(order, attempt=2)
    undo(order, attempt=2)

    transfer(order, attempt=3)

    assert facts_of(order) == (Status.PAID, ["confirmed", "confirmed"], [])
    assert [kind for kind, _ in papers(order)].count("receipt") == 3


def test_undone_after_the_time_of_the_places_they_are_free_and_the_invoice_is_credited(order, time_machine):
    time_machine.move_to(order.held_until, tick=False)
    reconcile.close_ended_holds()
    transfer(order)

    undo(order)

    assert facts_of(order) == (Status.LAPSED, ["lapsed", "lapsed"], [])
    assert order.workshop.places_left() == 3
    kinds = ["invoice", "credit_note", "receipt", "credit_note"]
    assert [kind for kind, _ in papers(order)] == kinds
    assert "they are on sale again" in told(f"order:{order.pk}:transfer-undone:1").text


def test_what_is_held_again_lapses_with_its_invoice_credited(order, time_machine):
    transfer(order)
    undo(order)

    time_machine.move_to(order.held_until, tick=False)
    reconcile.close_ended_holds()

    assert facts_of(order) == (Status.LAPSED, ["lapsed", "lapsed"], [])
    assert [kind for kind, _ in papers(order)] == ["invoice", "receipt", "credit_note", "credit_note"]


def test_of_several_transfers_the_others_still_count(order):
    transfer(order, "100.00")
    transfer(order, "110.00", attempt=2)

    undo(order, attempt=2)

    assert facts_of(order) == (Status.PART_PAID, ["held", "held"], [])
    assert order.missing() == Decimal("110.00")


def test_less_is_accepted_for_what_was_held_again(order):
    transfer(order)
    undo(order)
    transfer(order, "209.00", attempt=2)
    order.refresh_from_db()

    transfers.accept_difference(order, shown=order.missing(), why="A fee.")

    assert facts_of(order) == (Status.PAID, ["confirmed", "confirmed"], [])


def test_its_code_is_kept_for_it(order):
    make_discount()
    code = DiscountCode.objects.create(
        discount=make_discount(),
        code="ABCDE-12345",
        percent=10,
        issued_to="x@example.org",
        benefit_key="x@example.org",
        status=DiscountCode.Status.RESERVED,
        expires_at=NOW + timedelta(days=9),
    )
    Order.objects.filter(pk=order.pk).update(discount_code=code)
    transfer(order)

    undo(order)

    code.refresh_from_db()
    assert code.status == DiscountCode.Status.RESERVED


def test_the_line_of_the_bank_is_free_again(order):
    line = BankLine.objects.create(
        booked_on=NOW.date(), amount=order.total, currency="GBP", words="x", fingerprint="f" * 64
    )
    payment = transfers.write_down(order, amount=order.total, received_on=NOW.date(), attempt=1, line=line)
    line.status = BankLine.Status.RECORDED
    line.save()
    reconcile.decide_recorded_money()

    undo(order)

    line.refresh_from_db()
    assert (line.status, line.left(), payment.order_id) == (BankLine.Status.WAITING, order.total, order.pk)
    assert facts_of(order)[2] == []


def _after_an_hour(order, time_machine):
    time_machine.move_to(NOW + timedelta(hours=1), tick=False)


def _cancelled_a_place(order, _):
    cancellations.cancel_at_desk(
        order, tickets=order.tickets()[:1], shown=Decimal(), decision=Decision(Decimal(), "No")
    )


def _sent_something_back(order, _):
    decision = Decision(Decimal("5.00"), "Bad sound")
    cancellations.refund_at_desk(order, tickets=order.tickets(), decision=decision, shown_left=order.balance())


def _cancelled_the_workshop(order, _):
    cancel_workshop(order.workshop, because="Ill.")


@pytest.mark.parametrize("built", [_after_an_hour, _cancelled_a_place, _sent_something_back, _cancelled_the_workshop])
def test_what_something_was_built_on_stays(order, time_machine, built):
    transfer(order)
    order.refresh_from_db()
    built(order, time_machine)
    before = facts_of(order)

    with pytest.raises(NotUndoable):
        undo(order)

    assert (facts_of(order), order.payments.get().status) == (before, Payment.Status.PAID)


def test_a_price_that_somebody_reduced_stays_booked(order):
    transfer(order, "209.50")
    order.refresh_from_db()
    transfers.accept_difference(order, shown=order.missing(), why="A fee.")

    with pytest.raises(NotUndoable):
        undo(order)


def test_the_second_of_two_who_press_finds_it_done(order):
    transfer(order)
    undo(order)

    with pytest.raises(NotUndoable):
        undo(order)

    assert [kind for kind, _ in papers(order)].count("credit_note") == 1


def test_whoever_is_in_line_gets_no_place_that_is_held_again(order):
    transfer(order)
    place(order.workshop, by=buyer("ada@example.org"))

    undo(order)

    assert (order.workshop.places_left(), facts_of(order)[2]) == (0, [])
