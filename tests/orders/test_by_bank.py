"""A card that takes no money back: a person sends it from the bank, and everything that tells of money knows."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from courses.models import Ticket
from orders.books import books, months
from orders.changes import cancellations, refunds
from orders.documents import journal
from orders.models import Order, Payment, Refund
from orders.settling import balance, events, reconcile, transfers_back
from outbox.models import Message
from practice.models import Practice
from practice_site.desk import jobs
from tests.builders import make_practice, make_refund_tiers, make_sale_terms, make_user, make_workshop
from tests.markup import words_of
from tests.orders.purchases import buy

pytestmark = pytest.mark.django_db(transaction=True)
ALL = Decimal("105.00")
DESK = "/admin/orders/refund/"


@pytest.fixture
def order(standin):
    """Cancelled by its buyer; the card was closed, so its bank sent the money to us again."""
    make_practice()
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100))
    standin.webhooks.mode = "drop"
    order = buy(standin, make_workshop(day=timezone.localdate() + timedelta(days=30)))
    cancellations.cancel_places(order, tickets=list(Ticket.objects.all()), shown=ALL)
    standin.fail_refund(standin.refunds[0]["id"])
    tell(standin, "refund.failed")
    order.refresh_from_db()
    return order


@pytest.fixture
def desk(client):
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    return client


def tell(standin, kind):
    events.receive([event for event in standin.events if event["type"] == kind][-1])


def state(order):
    order.refresh_from_db()
    return order.status, order.balance(), books_say()


def books_say():
    paid = Payment.objects.paid()
    return [finding.rule for finding in [*books.findings(), *books.findings_at_stripe(paid)]]


def by_bank():
    return refunds.send_from_the_bank(Refund.objects.get(status="failed"))


def test_what_a_card_did_not_take_is_sent_from_the_bank_and_settles_the_order(order, standin):
    before = state(order)

    sent = by_bank()
    between = state(order)
    transfers_back.mark_sent(sent)

    assert before == (Order.Status.OWED, ALL, ["a failed refund is sent again"])
    assert between == (Order.Status.OWED, 0, [])
    assert state(order) == (Order.Status.REFUNDED, 0, [])
    assert [each.status for each in Refund.objects.order_by("pk")] == ["replaced", "succeeded"]
    assert len(standin.refunds) == 1  # the one that failed


def test_the_desk_has_a_line_until_it_was_sent(order):
    owner = make_user(is_superuser=True)
    owed = "1 order is owed money that a bank sent back"

    said = [[job.words for job in jobs(owner)]]
    sent = by_bank()
    said.append([job.words for job in jobs(owner)])
    transfers_back.mark_sent(sent)
    said.append([job.words for job in jobs(owner)])

    assert said == [[owed, "1 refund failed"], [owed, "1 refund to be sent by bank transfer"], []]


def test_the_buyer_is_told_once_and_by_which_way(order, client):
    sent = by_bank()
    waiting = words_of(client.get(order.get_absolute_url()))
    transfers_back.mark_sent(sent)
    with pytest.raises(transfers_back.NotByHand):
        transfers_back.mark_sent(sent)

    page = words_of(client.get(order.get_absolute_url()))
    [told] = Message.objects.filter(key__contains="sent-by-bank")
    assert (told.to, told.subject) == (order.buyer_email, "Sent by bank transfer: £105.00")
    assert "Your card did not take £105.00 back, so we have sent it by bank transfer" in told.text
    assert "so we send it by bank transfer, to an account that you name" in waiting
    assert "Your card did not take it, so we sent it by bank transfer." in page
    assert ("We have sent it by bank transfer" in page, "to the card" in page) == (True, False)
    assert not Message.objects.filter(key__contains=":refunded").exists()


def test_the_worker_never_asks_stripe_for_it(order, standin):
    by_bank()

    counts = [reconcile.send_waiting_refunds() for _ in range(2)]

    assert (counts, len(standin.refunds), Refund.objects.filter(status="requested").count()) == ([0, 0], 1, 1)


def test_journal_and_month_count_it_as_money_of_the_bank_and_the_note_covers_it(order):
    sent = by_bank()
    transfers_back.mark_sent(sent)
    balance.read_balance()

    first, after = months.bounds(Practice.current().today().replace(day=1))
    month = months.month_of(first.date())
    entries = [(each.kind, each.amount) for each in journal.entries_between(first, after) if not each.is_at_stripe]
    notes = order.documents.filter(kind="credit_note")
    assert entries == [(journal.SENT_BACK, -ALL)]
    assert (month.by_transfer, month.by_card, month.of_orders) == (-ALL, ALL, 0)
    assert (month.is_right, month.differences) == (True, [])
    assert [note.total for note in notes] == [ALL]


def test_a_refund_that_stripe_refused_at_once_has_its_note_when_it_is_sent(standin):
    make_practice()
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100))
    order = buy(standin, make_workshop(day=timezone.localdate() + timedelta(days=30)))
    standin.faults.add(method="POST", path="/v1/refunds", kind="status", status=402, times=1)
    cancellations.cancel_places(order, tickets=list(Ticket.objects.all()), shown=ALL)

    sent = by_bank()
    before = order.documents.filter(kind="credit_note").count()
    transfers_back.mark_sent(sent)

    assert (before, [note.total for note in order.documents.filter(kind="credit_note")]) == (0, [ALL])
    assert state(order) == (Order.Status.REFUNDED, 0, [])


def test_it_may_go_to_the_card_after_all_until_it_was_sent(order, standin):
    waiting = by_bank()

    refunds.ask_again(waiting)
    with pytest.raises(refunds.NotFailed):
        refunds.ask_again(waiting)
    with pytest.raises(transfers_back.NotByHand):
        transfers_back.mark_sent(waiting)

    assert state(order) == (Order.Status.REFUNDED, 0, [])
    assert len(standin.refunds) == 2


def test_what_was_sent_is_not_asked_for_again(order):
    sent = by_bank()
    transfers_back.mark_sent(sent)

    for way in (refunds.ask_again, refunds.send_from_the_bank):
        with pytest.raises(refunds.NotFailed):
            way(Refund.objects.get(pk=sent.pk))


def test_before_a_person_sends_it_stripe_says_what_went_back_another_way(order, desk, standin):
    """Nobody has told us yet, and a transfer cannot be taken back."""
    failed = Refund.objects.get(status="failed")
    standin.refund_from_dashboard(order.payments.get().intent_id, amount=1000)

    answer = desk.post(f"{DESK}{failed.pk}/by-bank/", follow=True)

    assert "So much is not left of this payment" in words_of(answer)
    assert not Refund.objects.filter(is_by_bank=True).exists()
    assert order.payments.get().left() == ALL - 10


def test_while_stripe_is_silent_a_person_sends_nothing(order, desk, standin):
    failed = Refund.objects.get(status="failed")
    standin.faults.add(method="GET", path="*", kind="drop_before")

    answer = desk.post(f"{DESK}{failed.pk}/by-bank/", follow=True)

    assert "nothing is to be sent yet" in words_of(answer)
    assert [refund.status for refund in Refund.objects.all()] == [Refund.Status.FAILED]


def test_nothing_is_to_be_sent_from_the_bank_once_it_went_back_at_stripe(order, standin):
    waiting = by_bank()

    standin.refund_from_dashboard(order.payments.get().intent_id)
    tell(standin, "refund.created")

    assert state(order) == (Order.Status.REFUNDED, 0, [])
    assert Refund.objects.get(pk=waiting.pk).status == "replaced"
    assert AuditEntry.objects.get(object_id=waiting.pk, after="replaced").reason == "Money went back another way."


def test_the_desk_presses_one_button_and_then_the_other(order, desk):
    failed = Refund.objects.get(status="failed")

    offered = words_of(desk.get(f"{DESK}{failed.pk}/change/"))
    by_get = desk.get(f"{DESK}{failed.pk}/by-bank/").status_code
    first = words_of(desk.post(f"{DESK}{failed.pk}/by-bank/", follow=True))
    twice = words_of(desk.post(f"{DESK}{failed.pk}/by-bank/", follow=True))
    sent = Refund.objects.get(is_by_bank=True)
    done = words_of(desk.post(f"{DESK}{sent.pk}/sent/", follow=True))

    assert f"ask {order.buyer_email} for an account, and send it from the bank" in offered
    assert (by_get, "Now send it from the bank, to an account that the buyer gives you" in first) == (405, True)
    assert f"to an account that {order.buyer_email} gives you." in first
    assert "was asked for again already. Nothing was done." in twice
    assert "Noted as sent." in done
    assert state(order)[0] == Order.Status.REFUNDED
