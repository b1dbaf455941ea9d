"""No commit without its crash: every named moment is tried, and those that no other file tries are tried here."""

import os
import re
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.utils import timezone

from courses.models import Announcement, SeriesWaitingEntry, Ticket, WaitingListEntry, Workshop, WorkshopChange
from courses.seats import cohorts, series_offers, waiting, waiting_offers
from courses.series import offered
from kit.forms.seen import seal
from kit.work import checkpoints
from orders.booking.addresses import confirm_address
from orders.books import books
from orders.changes import announcements, refunds, reissuing, workshop_changes
from orders.checkout import placing
from orders.checkout.visitors import Visitor
from orders.documents import issuing
from orders.documents.document_facts import Party
from orders.invoices import invoicing
from orders.models import BankLine, Consent, Document, Movement, Order, Payment, Payout, RebookingOffer, Refund
from orders.settling import (
    balance,
    bank_matches,
    late_decisions,
    reconcile,
    settle,
    transfers,
    transfers_back,
    workshop_cancellation,
)
from outbox.models import Message
from practice.models import Practice
from tests.builders import make_cohort, make_refund_tiers, make_sale_terms, make_series, make_ticket, make_workshop
from tests.orders.purchases import as_stripe_sees_it, buy, open_session, place, ticket, wish

pytestmark = pytest.mark.django_db(transaction=True)
NAMED = re.compile(r'checkpoint\("([^"]+)"\)')
LEAST = 12
APPS = ["orders", "courses", "learning", "meetings", "newsletter", "outbox", "practice", "accounts"]


class Died(BaseException):
    """The process came to its checkpoint."""


@contextmanager
def dying_at(point):
    """The work ends there, as a kill would end it: what is not committed is not there."""

    def die(pid, number):
        raise Died

    checkpoints.os = SimpleNamespace(environ={"CHECKPOINT": point}, getpid=os.getpid, kill=die)
    try:
        with pytest.raises(Died):
            yield
    finally:
        checkpoints.os = os


@pytest.fixture(autouse=True)
def _practice(standin):
    standin.webhooks.mode = "drop"
    make_sale_terms(takes_invoices=True, bank_details="Withy Rooms, 20-00-00, 12345678")
    make_refund_tiers((14, 100))


def problems():
    return [str(each) for each in [*books.findings(), *books.findings_at_stripe(Payment.objects.all())]]


def test_every_named_moment_is_tried():
    apps = [Path(settings.BASE_DIR, app) for app in APPS]
    named = {name for app in apps for path in app.rglob("*.py") for name in NAMED.findall(path.read_text())}
    tried = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))

    assert sorted(name for name in named if f'"{name}"' not in tried) == []
    assert len(named) >= LEAST


def test_an_order_by_invoice_is_written_whole_or_not_at_all():
    workshop = make_workshop(capacity=1)
    wanted, payer = [ticket(workshop.ticket_types.get())], invoicing.Payer("Withy Trust", "1 Osier Yard")

    with dying_at("invoice order written"):
        invoicing.place_invoice_order(workshop, wish(wanted), payer=payer)

    assert (Order.objects.count(), Message.objects.count(), workshop.places_left()) == (0, 0, 1)


def test_a_press_on_the_link_books_whole_or_not_at_all():
    workshop = make_workshop(capacity=1, price="0.00")
    wanted, visitor = [ticket(workshop.ticket_types.get())], Visitor("a network")
    order = placing.place_order(workshop, wish(wanted, visitor=visitor)).order

    with dying_at("address confirmed"):
        confirm_address(order.pk)
    order.refresh_from_db()
    before = (order.status, Message.objects.count(), problems())
    confirm_address(order.pk)

    order.refresh_from_db()
    assert (before, order.status, problems()) == (("unconfirmed", 1, []), "paid", [])


def test_a_transfer_that_was_written_down_gives_its_places():
    workshop = make_workshop(capacity=1)
    wanted, payer = [ticket(workshop.ticket_types.get())], invoicing.Payer("Withy Trust", "1 Osier Yard")
    order = invoicing.place_invoice_order(workshop, wish(wanted), payer=payer)
    today = Practice.current().today()

    with dying_at("transfer recorded"):
        transfers.record_transfer(order, amount=order.total, received_on=today, attempt=1)
    reconcile.decide_recorded_money()

    order.refresh_from_db()
    assert (order.status, order.balance(), workshop.tickets.confirmed().count()) == ("paid", order.total, 1)


def booked_by_invoice():
    workshop = make_workshop(capacity=1)
    wanted, payer = [ticket(workshop.ticket_types.get())], invoicing.Payer("Withy Trust", "1 Osier Yard")
    return invoicing.place_invoice_order(workshop, wish(wanted), payer=payer)


def came(order, amount):
    today, attempt = Practice.current().today(), transfers.next_attempt(order)
    transfers.record_transfer(order, amount=Decimal(amount), received_on=today, attempt=attempt)
    order.refresh_from_db()


def test_a_line_of_a_banks_file_that_was_recorded_gives_its_places():
    order, today = booked_by_invoice(), Practice.current().today()
    facts = {"booked_on": today, "amount": order.total, "currency": "GBP", "words": order.number}
    line = BankLine.objects.create(fingerprint="1", **facts)
    [proposal] = bank_matches.proposals([line])

    with dying_at("bank line recorded"):
        bank_matches.record_line(line, orders=[order], seen=seal(proposal.seen))
    reconcile.decide_recorded_money()

    order.refresh_from_db()
    assert (order.status, BankLine.objects.get().status, problems()) == ("paid", "recorded", [])


def test_a_part_that_was_written_down_is_told_of():
    order = booked_by_invoice()

    with dying_at("transfer recorded"):
        came(order, "100.00")
    reconcile.decide_recorded_money()

    order.refresh_from_db()
    assert (order.status, Message.objects.filter(key=f"order:{order.pk}:part-paid:1").count()) == ("part_paid", 1)
    assert problems() == []


def test_a_difference_that_was_accepted_books_the_place():
    order = booked_by_invoice()
    came(order, "104.50")

    with dying_at("difference accepted"):
        transfers.accept_difference(order, shown=Decimal("0.50"), why="A fee.")
    reconcile.decide_recorded_money()

    order.refresh_from_db()
    assert (order.status, order.total, problems()) == ("paid", Decimal("104.50"), [])


def test_a_transfer_is_undone_whole_or_not_at_all():
    order = booked_by_invoice()
    came(order, "100.00")
    told = Message.objects.count()

    with dying_at("transfer undone"):
        transfers.undo_transfer(order.payments.get(), why="A slip.")

    order.refresh_from_db()
    assert (order.status, order.payments.get().status, Message.objects.count()) == ("part_paid", "paid", told)


def test_papers_are_corrected_whole_or_not_at_all():
    order = booked_by_invoice()
    seen, told = seal(reissuing.facts_seen(order)), Message.objects.count()

    with dying_at("papers corrected"):
        reissuing.correct_papers(order, to=Party("Noor Haddad", "Withy Trust", "2 Osier Yard"), seen=seen)

    order.refresh_from_db()
    assert (order.organisation_address, Document.objects.count()) == ("1 Osier Yard", 1)
    assert (Message.objects.count(), problems()) == (told, [])


def test_a_surplus_is_written_whole_or_not_at_all():
    order = booked_by_invoice()
    came(order, "125.00")

    with dying_at("surplus written"):
        transfers_back.send_back_surplus(order, shown=Decimal("20.00"))

    assert (order.surplus(), order.balance(), problems()) == (Decimal("20.00"), Decimal("125.00"), [])


@pytest.mark.parametrize("point", ["cohort end written", "cohort ended"])
def test_a_cohort_ends_with_its_places_offered_or_not_at_all(point):
    workshop = make_workshop(capacity=1)
    cohort = make_cohort(workshop, places=1)
    entry = waiting.join_waiting_list(workshop=workshop, email="ada@example.org")
    told = Message.objects.count()

    with dying_at(point):
        cohorts.end_cohort(cohort)
    assert problems() == []
    is_left = cohorts.end_cohort(cohort)

    entry.refresh_from_db()
    assert (is_left, entry.status) == (point == "cohort end written", WaitingListEntry.Status.OFFERED)
    assert (Message.objects.count(), problems()) == (told + 1, [])


@pytest.mark.parametrize("point", ["series offers written", "series offers made"])
def test_a_series_is_offered_once_and_whole(point):
    taken = make_ticket(make_workshop(capacity=1))
    series = make_series(taken.workshop, make_workshop())
    entry = waiting.join_waiting_list(workshop=offered(series), email="ada@example.org")
    Ticket.objects.filter(pk=taken.pk).update(status=Ticket.Status.CANCELLED)
    told = Message.objects.count()

    with dying_at(point):
        series_offers.offer_everywhere()
    assert problems() == []
    series_offers.offer_everywhere()

    entry.refresh_from_db()
    places = sorted(each.workshop.pk for each in entry.held() if each.is_holding)
    assert (entry.status, Message.objects.count() - told) == (SeriesWaitingEntry.Status.OFFERED, 1)
    assert (places, problems()) == (sorted(series.parts.values_list("workshop", flat=True)), [])


@pytest.mark.parametrize("point", ["offers written", "offers made"])
def test_a_free_place_is_offered_once(point):
    workshop = make_workshop(capacity=1)
    taken = make_ticket(workshop)
    entry = waiting.join_waiting_list(workshop=workshop, email="ada@example.org")
    Ticket.objects.filter(pk=taken.pk).update(status=Ticket.Status.CANCELLED)
    told = Message.objects.count()

    with dying_at(point):
        waiting_offers.offer_everywhere()
    waiting_offers.offer_everywhere()

    entry.refresh_from_db()
    assert (entry.status, Message.objects.count() - told) == (WaitingListEntry.Status.OFFERED, 1)


def test_the_receipt_of_a_paid_order_is_made_up_for(standin):
    with dying_at("documents due"):
        buy(standin, make_workshop())

    issued = (issuing.issue_missing(), issuing.issue_missing())

    assert (issued, Document.objects.count(), Order.objects.get().status) == ((1, 0), 1, Order.Status.PAID)
    assert problems() == []


def test_a_refund_that_was_refused_because_the_money_went_back_elsewhere_is_finished(standin):
    order = buy(standin, make_workshop())
    standin.refund_from_dashboard(order.payments.get().intent_id)
    refund = Refund.objects.create(payment=order.payments.get(), amount=order.total, reason="Sorry")

    with dying_at("refusal looked into"):
        refunds.try_to_send(refund.pk)
    reconcile.send_waiting_refunds()

    order.refresh_from_db()
    assert (order.status, order.balance(), len(standin.refunds)) == (Order.Status.REFUNDED, 0, 1)


def test_a_cancelled_workshop_tells_everybody_although_its_desk_died(standin):
    workshop = make_workshop()
    buy(standin, workshop)

    with dying_at("workshop cancelled"):
        workshop_cancellation.cancel_workshop(workshop, because="Ill.")
    between = RebookingOffer.objects.count()
    workshop_cancellation.follow_up()

    workshop.refresh_from_db()
    assert (between, RebookingOffer.objects.count()) == (0, 1)
    assert (workshop.status, problems()) == (Workshop.Status.CANCELLED, [])


@pytest.mark.parametrize("point", ["balance page read", "part of a payout read"])
def test_a_balance_that_was_half_read_is_read_whole_and_no_line_twice(standin, point, monkeypatch):
    monkeypatch.setattr(balance, "AT_ONCE", 2)
    buy(standin, make_workshop())
    for amount in (-100, -200, -300):
        standin.book_by_hand(amount)
    standin.pay_out()

    with dying_at(point):
        balance.read_balance()
    balance.read_balance()

    booked = sorted(each["id"] for each in standin.balance_transactions)
    assert sorted(Movement.objects.values_list("transaction_id", flat=True)) == booked
    assert [each.movements.net_total() for each in Payout.objects.filter(is_read=True)] == [0]


# Money that comes when a workshop has begun, or is over


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    return lambda moment: time_machine.move_to(moment, tick=False)


def paid_by_a_slow_bank(standin, clock, *, hours):
    """So long after the start; what Stripe tells of it is told by the one who asks."""
    workshop = make_workshop(day=timezone.localdate() + timedelta(days=2))
    order = place(workshop)
    session_id = open_session(order)
    standin.pay(session_id, method="delayed")
    settle.settle(as_stripe_sees_it(session_id))
    clock(workshop.starts_at + timedelta(hours=hours))
    standin.settle_delayed(session_id, succeeded=True)
    return order, session_id


def states_of(order):
    order.refresh_from_db()
    return order.status, {ticket.status for ticket in order.tickets()}


@pytest.mark.parametrize("point", ["money written", "money recorded", "place written", "place decided"])
def test_late_money_waits_for_a_person_once(standin, clock, point):
    order, session_id = paid_by_a_slow_bank(standin, clock, hours=1)

    with dying_at(point):
        settle.settle(as_stripe_sees_it(session_id))
    for _ in range(2):
        reconcile.decide_recorded_money()
        settle.settle(as_stripe_sees_it(session_id))

    assert states_of(order)[0] == Order.Status.REVIEW
    assert Message.objects.filter(key=f"order:{order.pk}:review").count() == 1
    assert problems() == []


@pytest.mark.parametrize(
    ("point", "decide", "ends"),
    [
        ("place given late", late_decisions.seat_late, (Order.Status.PAID, {Ticket.Status.CONFIRMED})),
        ("late money given up", late_decisions.send_late_back, (Order.Status.REFUNDED, {Ticket.Status.LAPSED})),
    ],
)
def test_what_is_decided_of_late_money_is_done_whole_or_not_at_all(standin, clock, point, decide, ends):
    order, session_id = paid_by_a_slow_bank(standin, clock, hours=1)
    settle.settle(as_stripe_sees_it(session_id))
    before = (*states_of(order), Message.objects.count(), len(standin.refunds))

    with dying_at(point):
        decide(order)
    assert (*states_of(order), Message.objects.count(), len(standin.refunds)) == before
    decide(order)
    reconcile.send_waiting_refunds()

    assert (states_of(order), problems()) == (ends, [])


def test_money_for_a_workshop_that_is_over_goes_back_once(standin, clock):
    order, session_id = paid_by_a_slow_bank(standin, clock, hours=30)

    with dying_at("nobody seated"):
        settle.settle(as_stripe_sees_it(session_id))
    for _ in range(2):
        reconcile.decide_recorded_money()
        reconcile.send_waiting_refunds()

    assert (states_of(order), len(standin.refunds)) == ((Order.Status.REFUNDED, {Ticket.Status.LAPSED}), 1)
    assert problems() == []


@pytest.mark.parametrize(("point", "consents"), [("order written", 0), ("order placed", 1)])
def test_what_a_buyer_asked_for_is_written_with_the_order_or_not_at_all(standin, point, consents):
    workshop = make_workshop(day=timezone.localdate() + timedelta(days=2))

    with dying_at(point):
        place(workshop, agreed={Consent.Kind.START})

    assert (Consent.objects.count(), Order.objects.count()) == (consents, consents)
    assert (workshop.places_left(), problems()) == (10 - consents, [])


def two_places():
    """Of two people, on one workshop; nothing was written to them yet."""
    workshop = make_workshop()
    for name in ("ada", "ida"):
        make_ticket(workshop, attendee_email=f"{name}@example.org")
    return workshop


def test_an_announcement_goes_on_with_the_next_person_and_to_nobody_twice():
    wanted = Announcement(key="one", workshop=two_places(), subject="A pen", text="Please bring one.")
    announcements.send_announcement(wanted, by=None)

    with dying_at("announcement written to one"):
        announcements.write_announcements()
    for _ in range(2):
        announcements.write_announcements()

    assert sorted(Message.objects.values_list("to", flat=True)) == ["ada@example.org", "ida@example.org"]


def test_a_change_is_told_to_the_next_person_and_to_nobody_twice():
    WorkshopChange.objects.create(workshop=two_places(), words=[["Start time", "10:00", "11:00"]])

    with dying_at("one told of a change"):
        workshop_changes.tell_of_changes()
    for _ in range(2):
        workshop_changes.tell_of_changes()

    assert sorted(Message.objects.values_list("to", flat=True)) == ["ada@example.org", "ida@example.org"]
