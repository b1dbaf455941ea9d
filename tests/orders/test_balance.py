"""What Stripe books in the balance and pays out, read into rows: all of it, once, in whatever pieces it comes."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from orders import jobs, stripe_api
from orders.changes import refunds
from orders.models import BalanceReading, Movement, Payout, StripeEvent
from orders.settling import balance
from orders.settling.balance import read_balance, read_told_payouts
from tests.builders import make_practice, make_workshop
from tests.orders.purchases import buy, buyer

pytestmark = pytest.mark.django_db(transaction=True)
Kind = Movement.Kind


@pytest.fixture(autouse=True)
def _practice(standin):
    make_practice()
    standin.webhooks.mode = "drop"


@pytest.fixture
def order(standin):
    return buy(standin, make_workshop())


def at_stripe(standin):
    """What the stand-in has booked, oldest first."""
    entries = standin.balance_transactions
    return [(each["id"], Decimal(each["amount"]) / 100, Decimal(each["fee"]) / 100) for each in entries]


def here():
    return [(each.transaction_id, each.amount, each.fee) for each in Movement.objects.order_by("pk")]


def kinds():
    return sorted(Movement.objects.values_list("kind", flat=True))


def tell(client, standin, kind):
    """Stripe's latest word of that kind, by webhook."""
    event = next(each["id"] for each in reversed(standin.events) if each["type"] == kind)
    body, signature = standin.webhooks.signed(event)
    headers = {"Stripe-Signature": signature}
    return client.post("/stripe/webhook/", body, content_type="application/json", headers=headers).status_code


def everything(standin, order):
    """Of each kind at least one, but for a payout."""
    intent_id = order.payments.get().intent_id
    refunds.send(refunds.send_back(order.payments.get(), amount=Decimal(5), reason="Sorry.").pk)
    standin.fail_refund(standin.refunds[0]["id"])
    standin.dispute(intent_id)
    standin.close_dispute(intent_id, "won")
    standin.book_by_hand(-250)
    standin.book_by_hand(1000, kind="adjustment")


def test_everything_that_moved_stands_here_once(standin, order):
    everything(standin, order)

    new = (read_balance(), read_balance())

    assert new == (7, 0)
    assert sorted(here()) == sorted(at_stripe(standin))
    assert kinds() == sorted(
        [Kind.PAYMENT, Kind.REFUND, Kind.REFUND_BACK, Kind.DISPUTE, Kind.DISPUTE_BACK, Kind.FEE, Kind.OTHER]
    )


def test_whose_money_it_is_stands_on_each(standin, order):
    everything(standin, order)
    read_balance()

    intent_id = order.payments.get().intent_id
    without = Movement.objects.filter(intent_id="")
    assert sorted(each.kind for each in without) == [Kind.FEE, Kind.OTHER]
    assert {each.intent_id for each in Movement.objects.exclude(pk__in=without)} == {intent_id}
    assert Movement.objects.get(kind=Kind.REFUND).source_id == standin.refunds[0]["id"]
    assert [each.kind for each in Movement.objects.filter(is_ours=True)] == [Kind.PAYMENT]


def test_what_is_older_than_the_site_is_read_back_to_the_first_in_pages(standin, order, monkeypatch):
    monkeypatch.setattr(stripe_api, "PAGE", 2)
    monkeypatch.setattr(balance, "PAGES_BACK", 1)
    monkeypatch.setattr(balance, "READ_AGAIN", timedelta())
    for amount in range(1, 6):
        standin.book_by_hand(-amount)
    began_at = timezone.now() + timedelta(seconds=2)
    BalanceReading.objects.create(is_live=False, began_at=began_at, read_until=began_at)

    steps = [(read_balance(), BalanceReading.objects.get().is_whole) for _ in range(4)]

    assert steps == [(2, False), (2, False), (2, True), (0, True)]
    assert sorted(here()) == sorted(at_stripe(standin))


def test_the_moment_moves_on_only_when_all_until_then_is_here(standin, order):
    read_balance()
    before = BalanceReading.objects.get().read_until
    standin.book_by_hand(-100)
    standin.faults.add(method="GET", path="/v1/balance_transactions", kind="drop_before")

    broken = read_balance()

    assert (broken, BalanceReading.objects.get().read_until) == (0, before)
    assert read_balance() == 1
    assert BalanceReading.objects.get().read_until > before


def test_what_stripe_books_a_little_late_is_found(standin, order, monkeypatch):
    read_balance()
    standin.book_by_hand(-100)
    BalanceReading.objects.update(read_until=timezone.now() + timedelta(days=1))

    assert read_balance() == 1


def test_a_payout_knows_what_it_is_made_of_and_that_comes_to_nothing(standin, order):
    everything(standin, order)
    told = standin.pay_out()
    standin.book_by_hand(-300)

    read_balance()

    payout = Payout.objects.get()
    assert (payout.payout_id, payout.amount, payout.status) == (told["id"], Decimal(told["amount"]) / 100, "in_transit")
    assert (payout.is_read, payout.movements.count(), payout.movements.net_total()) == (True, 8, 0)
    assert Movement.objects.filter(payout=None).get().amount == -3


def test_a_payout_that_comes_back_goes_out_again_with_the_next(standin, order):
    first = standin.payout_arrives(standin.pay_out()["id"])
    read_balance()
    standin.payout_fails(first["id"])
    second = standin.pay_out()

    read_balance()

    states = {each.payout_id: (each.status, each.movements.net_total()) for each in Payout.objects.all()}
    assert states == {first["id"]: ("failed", 0), second["id"]: ("in_transit", 0)}
    assert kinds() == [Kind.PAYMENT, Kind.PAYOUT, Kind.PAYOUT, Kind.PAYOUT_BACK]


def test_a_payout_that_came_back_waits_for_a_person_until_a_later_one_has_arrived(standin, order):
    failed = standin.payout_fails(standin.pay_out()["id"])
    read_balance()
    waiting = [job.lines for job in jobs.payouts_that_came_back()]
    Payout.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    later = standin.pay_out()
    read_balance()
    on_its_way = len(list(jobs.payouts_that_came_back()))
    standin.payout_arrives(later["id"])
    read_balance()

    assert waiting == [[f"payout {failed['id']}: the bank sent it back"]]
    assert (on_its_way, list(jobs.payouts_that_came_back())) == (1, [])


def test_of_a_payout_that_a_person_asked_for_nothing_more_is_asked(standin, order):
    standin.pay_out(automatic=False)
    read_balance()

    assert (Payout.objects.get().is_told_whole, read_told_payouts()) == (False, 0)
    assert [each["path"] for each in standin.requests if "payout" in each["params"]] == []


def test_a_webhook_hastens_what_the_worker_does_anyhow(standin, order, client):
    told = standin.pay_out()
    asked = len(standin.requests)

    answer = tell(client, standin, "payout.reconciliation_completed")

    assert (answer, len(standin.requests) - asked, StripeEvent.objects.get().last_error) == (200, 0, "")
    assert (read_told_payouts(), Payout.objects.get().movements.count()) == (1, 2)
    assert Payout.objects.get().payout_id == told["id"]


def test_word_that_a_payout_arrived_which_comes_late_does_not_undo_that_it_failed(standin, order, client):
    payout_id = standin.payout_arrives(standin.pay_out()["id"])["id"]
    standin.payout_fails(payout_id)

    tell(client, standin, "payout.failed")
    tell(client, standin, "payout.paid")

    assert Payout.objects.get().status == Payout.Status.FAILED


def test_two_pages_of_a_payout_are_read_whole(standin, order, monkeypatch):
    monkeypatch.setattr(stripe_api, "PAGE", 2)
    monkeypatch.setattr(balance, "AT_ONCE", 2)
    buy(standin, order.workshop, by=buyer("ada@example.org"))
    standin.book_by_hand(-100)
    standin.pay_out()

    read_balance()

    assert (Payout.objects.get().movements.count(), Payout.objects.get().movements.net_total()) == (4, 0)


def test_test_money_and_real_money_are_read_apart(standin, order):
    BalanceReading.objects.create(is_live=True, began_at=timezone.now(), read_until=timezone.now())

    read_balance()

    assert [each.is_live for each in BalanceReading.objects.order_by("is_live")] == [False, True]
    assert {each.is_live for each in Movement.objects.all()} == {False}


def test_a_stripe_that_is_silent_for_long_is_told_at_the_desk_and_to_machines_until_it_answers(client, standin):
    read_balance()
    BalanceReading.objects.update(read_until=timezone.now() - timedelta(minutes=44))
    before = client.get("/health/").status_code
    BalanceReading.objects.update(read_until=timezone.now() - timedelta(minutes=46))
    standin.faults.add(method="GET", path="*", kind="drop_before", times=1)
    read_balance()

    [job] = jobs.silent_stripe()
    told = client.get("/health/").json()
    read_balance()

    assert "if Stripe is silent, nobody can pay by card" in job.words
    assert (before, told) == (200, {"status": "alarm", "alarms": ["orders.jobs.silent_stripe"]})
    assert (list(jobs.silent_stripe()), client.get("/health/").status_code) == ([], 200)
