import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from courses.models import Ticket
from orders.changes import cancellations, refunds
from orders.changes.cancellations import AmountChanged, Decision, TooLate
from orders.models import DiscountCode, Order, Refund
from orders.pricing import codes
from orders.settling import reconcile, settle
from outbox.models import Message
from tests.builders import make_discount, make_refund_tiers, make_sale_terms, make_workshop
from tests.orders.purchases import as_stripe_sees_it, buy, buyer

pytestmark = pytest.mark.django_db(transaction=True)
ALL, HALF = Decimal("105.00"), Decimal("52.50")


@pytest.fixture(autouse=True)
def _policy():
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100), (7, 50))


def in_days(days):
    return make_workshop(day=timezone.localdate() + timedelta(days=days))


def cancel(order, count=1, shown=ALL):
    lines = order.lines.filter(ticket__status=Ticket.Status.CONFIRMED)[:count]
    return cancellations.cancel_places(order, tickets=[line.ticket for line in lines], shown=shown)


def state(order):
    order.refresh_from_db()
    return order.status, order.balance(), [ticket.status for ticket in Ticket.objects.order_by("pk")]


def keys():
    return sorted(Message.objects.exclude(key__endswith=":confirmation").values_list("key", flat=True))


def test_the_only_place_cancelled_in_time_gives_place_and_money_back(standin):
    order = buy(standin, in_days(30))

    outcome = cancel(order)

    refund = Refund.objects.get()
    assert state(order) == (Order.Status.REFUNDED, Decimal(), ["cancelled"])
    assert (refund.amount, refund.status, refund.line, outcome.total) == (ALL, "succeeded", order.lines.get(), ALL)
    assert refund.reason == "The workshop is 30 days away, so everything comes back."
    assert (order.workshop.places_left(), [each["amount"] for each in standin.refunds]) == (10, [10500])
    assert keys() == [f"order:{order.pk}:cancelled:{Ticket.objects.get().pk}"]


def test_one_of_two_places_leaves_the_order_paid(standin):
    order = buy(standin, in_days(30), 2)

    cancel(order)

    assert state(order) == (Order.Status.PAID, ALL, ["cancelled", "confirmed"])
    assert "Still booked: Noor Haddad" in Message.objects.get(key__contains=":cancelled:").text


def test_the_places_cancelled_one_by_one_refund_the_order(standin):
    order = buy(standin, in_days(30), 2)

    cancel(order)
    cancel(order)

    assert state(order) == (Order.Status.REFUNDED, Decimal(), ["cancelled", "cancelled"])
    assert len(keys()) == 2


@pytest.mark.parametrize(("days", "shown", "kept"), [(9, HALF, HALF), (3, Decimal(), ALL)])
def test_all_places_cancelled_with_less_than_everything_back_close_the_order(standin, days, shown, kept):
    order = buy(standin, in_days(days))

    cancel(order, shown=shown)

    assert state(order) == (Order.Status.CLOSED, kept, ["cancelled"])
    assert [refund.amount for refund in Refund.objects.all()] == ([shown] if shown else [])


def test_a_free_place_is_given_back_without_money(standin):
    order = buy(standin, make_workshop(price="0.00"))

    cancel(order, shown=Decimal())

    assert state(order) == (Order.Status.CLOSED, Decimal(), ["cancelled"])
    assert "Nothing had been paid." in Message.objects.get(key__contains=":cancelled:").text


def test_the_sum_in_the_mail_is_the_sum_that_went_back(standin):
    order = buy(standin, in_days(9), 2)

    cancel(order, 2, shown=ALL)

    told = Message.objects.get(key__contains=":cancelled:")
    assert sum(each["amount"] for each in standin.refunds) == 10500
    assert re.findall(r"£[0-9.]+ goes back", told.text) == ["£105.00 goes back"]
    assert set(re.findall(r"£([0-9.]+) goes back", told.html)) == {"105.00"}


def test_buyer_and_attendee_are_told_each_in_their_own_mail(standin):
    order = buy(standin, in_days(9), by=buyer("ada@example.org", "Ada Field"))

    cancel(order, shown=HALF)

    ticket = Ticket.objects.get()
    to_buyer = Message.objects.get(key=f"order:{order.pk}:cancelled:{ticket.pk}")
    to_attendee = Message.objects.get(key=f"ticket:{ticket.pk}:cancelled")
    assert (to_buyer.to, to_attendee.to) == ("ada@example.org", "noor@example.org")
    assert (
        "Noor Haddad, Full price: £52.50 comes back. The workshop is 9 days away, so half comes back." in to_buyer.text
    )
    assert "The place that Ada Field had booked for Noor Haddad is cancelled" in to_attendee.text
    assert order.secret not in to_attendee.text


def test_cancelling_twice_is_cancelling_once(standin):
    order = buy(standin, in_days(30))
    ticket = Ticket.objects.get()

    outcomes = [cancellations.cancel_places(order, tickets=[ticket], shown=ALL) for _ in range(2)]

    assert [outcome.total for outcome in outcomes] == [ALL, Decimal()]
    assert (Refund.objects.count(), len(standin.refunds), len(keys())) == (1, 1, 1)


def test_an_amount_that_is_not_the_one_shown_changes_nothing(standin):
    order = buy(standin, in_days(9))

    with pytest.raises(AmountChanged):
        cancel(order, shown=ALL)

    assert state(order) == (Order.Status.PAID, ALL, ["confirmed"])
    assert (Refund.objects.count(), keys()) == (0, [])


def test_a_workshop_that_has_started_is_for_the_desk(standin, time_machine):
    order = buy(standin, in_days(1))
    time_machine.move_to(order.workshop.starts_at, tick=False)

    with pytest.raises(TooLate):
        cancel(order, shown=Decimal())

    assert state(order) == (Order.Status.PAID, ALL, ["confirmed"])


def test_terms_in_words_alone_are_for_the_desk(standin):
    order = buy(standin, in_days(30))
    Order.objects.update(refund_terms={"version": 0, "words": ["Half."]})

    with pytest.raises(TooLate):
        cancel(order, shown=Decimal())


@pytest.mark.parametrize("kind", ["drop_after", "drop_before", "status"])
def test_without_an_answer_the_place_is_cancelled_and_the_money_asked_for_again(standin, kind):
    order = buy(standin, in_days(30))
    standin.faults.add(method="POST", path="/v1/refunds", kind=kind)

    cancel(order)
    before = (state(order)[0], Refund.objects.get().status)
    reconcile.send_waiting_refunds()

    assert before == (Order.Status.CLOSED, Refund.Status.REQUESTED)
    assert state(order) == (Order.Status.REFUNDED, Decimal(), ["cancelled"])
    assert len(standin.refunds) == 1


def test_a_refund_that_stripe_refuses_is_seen_and_asked_for_again_once(standin):
    order = buy(standin, in_days(30))
    standin.faults.add(method="POST", path="/v1/refunds", kind="status", status=402)
    cancel(order)
    failed = Refund.objects.get()
    before = (state(order)[:2], failed.status)

    again = refunds.ask_again(failed)
    with pytest.raises(refunds.NotFailed):
        refunds.ask_again(failed)

    failed.refresh_from_db()
    again.refresh_from_db()
    assert before == ((Order.Status.CLOSED, ALL), Refund.Status.FAILED)
    assert (failed.status, again.status, again.line, again.amount) == ("replaced", "succeeded", failed.line, ALL)
    assert state(order)[:2] == (Order.Status.REFUNDED, Decimal())
    assert len(standin.refunds) == 1


def test_a_failed_refund_is_not_asked_for_again_when_the_money_went_another_way(standin):
    order = buy(standin, in_days(30))
    standin.faults.add(method="POST", path="/v1/refunds", kind="status", status=402)
    cancel(order)
    refunds.send_back(order.payments.get(), amount=Decimal("1.00"), reason="By hand")

    with pytest.raises(refunds.TooMuch):
        refunds.ask_again(Refund.objects.get(status=Refund.Status.FAILED))

    assert Refund.objects.filter(status=Refund.Status.FAILED).count() == 1


def test_a_repeated_word_of_the_payment_seats_nobody_again(standin):
    order = buy(standin, in_days(9))
    cancel(order, shown=HALF)

    settle.settle(as_stripe_sees_it(order.payments.get().session_id))

    assert state(order) == (Order.Status.CLOSED, HALF, ["cancelled"])


@pytest.mark.parametrize(("days", "status"), [(30, DiscountCode.Status.ISSUED), (9, DiscountCode.Status.REDEEMED)])
def test_a_code_comes_back_with_everything_and_not_with_a_part(standin, days, status):
    code = codes.issue_code(discount=make_discount(), email="noor@example.org", percent=20)
    order = buy(standin, in_days(days), code=str(code))

    cancel(order, shown=Decimal("84.00") if days == 30 else Decimal("42.00"))

    code.refresh_from_db()
    assert code.status == status
    assert codes.has_booked_before("noor@example.org") == (days == 9)


def test_the_desk_may_send_back_another_amount(standin, time_machine):
    order = buy(standin, in_days(1))
    time_machine.move_to(order.workshop.starts_at + timedelta(hours=1))
    decision = Decision(Decimal("30.00"), "Ill on the day")

    cancellations.cancel_at_desk(order, tickets=[Ticket.objects.get()], decision=decision, shown=Decimal("30.00"))

    assert state(order) == (Order.Status.CLOSED, Decimal("75.00"), ["cancelled"])
    assert Refund.objects.get().reason == "Ill on the day"


def test_the_desk_may_send_money_back_while_the_places_stay(standin):
    order = buy(standin, in_days(3), 2)
    tickets = list(Ticket.objects.all())
    decision = Decision(Decimal("150.00"), "Bad sound last time")

    cancellations.refund_at_desk(order, tickets=tickets, decision=decision, shown_left=Decimal("210.00"))
    with pytest.raises(AmountChanged):
        cancellations.refund_at_desk(order, tickets=tickets, decision=decision, shown_left=Decimal("210.00"))

    assert state(order) == (Order.Status.PAID, Decimal("60.00"), ["confirmed", "confirmed"])
    assert sorted(refund.amount for refund in Refund.objects.all()) == [Decimal("45.00"), ALL]
    assert len(keys()) == 1
    assert "Noor Haddad, Noor Haddad keep their places." in Message.objects.get(key__endswith=":told").text


def test_everything_back_while_the_place_stays_keeps_the_order_paid(standin):
    order = buy(standin, in_days(3))

    cancellations.refund_at_desk(
        order, tickets=[Ticket.objects.get()], decision=Decision(ALL, "A gift"), shown_left=ALL
    )

    assert state(order) == (Order.Status.PAID, Decimal(), ["confirmed"])


@pytest.mark.parametrize("amount", ["105.01", "1000000"])
def test_nobody_sends_back_more_than_was_paid(standin, amount):
    order = buy(standin, in_days(30))
    decision = Decision(Decimal(amount), "Slip of the finger")

    for work in (
        lambda: cancellations.cancel_at_desk(
            order, tickets=[Ticket.objects.get()], decision=decision, shown=Decimal(amount)
        ),
        lambda: cancellations.refund_at_desk(order, tickets=[Ticket.objects.get()], decision=decision, shown_left=ALL),
    ):
        with pytest.raises(refunds.TooMuch):
            work()

    assert state(order) == (Order.Status.PAID, ALL, ["confirmed"])
    assert Refund.objects.count() == 0


def test_no_more_goes_back_for_a_place_than_that_place_was_paid_with(standin):
    order = buy(standin, in_days(30), 2)

    with transaction.atomic(), pytest.raises(refunds.TooMuch):
        refunds.send_back_from(order, amount=Decimal("105.01"), reason="Slip", line=order.lines.first())

    assert (Refund.objects.count(), order.balance()) == (0, Decimal("210.00"))


def test_what_all_refunds_come_to_is_never_more_than_was_paid(standin):
    order = buy(standin, in_days(30), 3)
    tickets = list(Ticket.objects.order_by("pk"))
    refunds.send_back(order.payments.get(), amount=Decimal("200.00"), reason="By hand")

    cancel(order, count=1, shown=ALL)
    cancel(order, count=1, shown=Decimal("10.00"))
    cancellations.cancel_at_desk(order, tickets=tickets, shown=Decimal())

    assert state(order) == (Order.Status.REFUNDED, Decimal(), ["cancelled"] * 3)
    assert sum(each["amount"] for each in standin.refunds) == 31500


def test_money_sent_back_at_stripe_for_a_closed_order_refunds_it(standin):
    order = buy(standin, in_days(9))
    cancel(order, shown=HALF)
    standin.refund_from_dashboard(order.payments.get().intent_id, 5250)

    Refund.objects.update(status=Refund.Status.PENDING)
    reconcile.send_waiting_refunds()

    assert state(order) == (Order.Status.REFUNDED, Decimal(), ["cancelled"])
    assert f"order:{order.pk}:refunded" in keys()
