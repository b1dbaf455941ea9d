from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from courses.models import Ticket
from orders import stripe_api
from orders.books import books
from orders.changes import cancellations, refunds
from orders.models import Order, Refund
from orders.settling import events, reconcile, settle
from outbox.models import Message
from practice_site.desk import jobs
from tests.builders import make_practice, make_refund_tiers, make_sale_terms, make_user, make_workshop
from tests.orders.purchases import as_stripe_sees_it, buy, buyer, open_session, place

pytestmark = pytest.mark.django_db(transaction=True)
ALL = Decimal("105.00")
WHY = "The workshop is 30 days away, so everything comes back."
FAILURES = Message.objects.filter(key__startswith="refund:", key__endswith=":failed")


@pytest.fixture
def order(standin):
    """Paid; Stripe's own words are lost."""
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100))
    standin.webhooks.mode = "drop"
    return buy(standin, make_workshop(day=timezone.localdate() + timedelta(days=30)))


def cancel(order):
    cancellations.cancel_places(order, tickets=list(Ticket.objects.all()), shown=ALL)


def intent(order):
    return order.payments.get().intent_id


def state(order):
    order.refresh_from_db()
    return order.status, order.balance()


def rows():
    return [(refund.amount, refund.status, refund.reason) for refund in Refund.objects.order_by("pk")]


def told_of_failure():
    return sorted(FAILURES.values_list("to", flat=True))


def refuse(standin, times=1):
    standin.faults.add(method="POST", path="/v1/refunds", kind="status", status=402, times=times)


def tell(standin, kind):
    """The last event of this kind, as the webhook gives it."""
    return events.receive([event for event in standin.events if event["type"] == kind][-1])


# Stripe refuses -------------------------------------------------------------------------


def test_a_refund_that_was_made_in_full_at_stripe_is_taken_over_instead_of_failing(order, standin):
    standin.refund_from_dashboard(intent(order))

    cancel(order)

    assert state(order) == (Order.Status.REFUNDED, Decimal())
    assert rows() == [(ALL, "replaced", WHY), (ALL, "succeeded", refunds.AT_STRIPE)]
    assert (len(standin.refunds), told_of_failure()) == (1, [])


def test_of_a_refund_made_in_part_at_stripe_the_rest_is_sent(order, standin):
    standin.refund_from_dashboard(intent(order), amount=4000)

    cancel(order)

    assert state(order) == (Order.Status.REFUNDED, Decimal())
    assert rows() == [
        (ALL, "replaced", WHY),
        (Decimal("40.00"), "succeeded", refunds.AT_STRIPE),
        (Decimal("65.00"), "succeeded", WHY),
    ]
    assert Refund.objects.get(amount=Decimal("65.00")).line == order.lines.get()
    assert ([each["amount"] for each in standin.refunds], told_of_failure()) == ([4000, 6500], [])


def test_a_refusal_that_teaches_nothing_is_a_failure_and_the_practice_is_told_once(order, standin):
    refuse(standin)

    cancel(order)
    reconcile.send_waiting_refunds()

    assert (state(order), rows()) == ((Order.Status.CLOSED, ALL), [(ALL, "failed", WHY)])
    assert told_of_failure() == ["desk@withyrooms.example"]
    text = FAILURES.get().text
    assert f"£105.00 of order {order.number} did not go back: Stripe refused to send it." in text
    assert "noor" not in text.lower()


def test_a_refusal_is_looked_into_later_when_stripe_falls_silent(order, standin):
    standin.refund_from_dashboard(intent(order), amount=4000)
    standin.faults.add(method="GET", path="/v1/refunds", kind="drop_before")
    cancel(order)
    before = rows()

    reconcile.send_waiting_refunds()

    assert before == [(ALL, "requested", WHY)]
    assert state(order) == (Order.Status.REFUNDED, Decimal())
    assert [each["amount"] for each in standin.refunds] == [4000, 6500]


@pytest.mark.parametrize("answers", [True, False])
def test_a_refund_made_by_a_process_that_died_is_not_made_again_when_stripe_has_forgotten_its_key(
    order, standin, time_machine, answers
):
    standin.faults.add(method="POST", path="/v1/refunds", kind="drop_after")
    cancellations.cancel_at_desk(
        order,
        tickets=list(Ticket.objects.all()),
        shown=Decimal("40.00"),
        decision=cancellations.Decision(Decimal("40.00"), "Sorry"),
    )
    before = rows()
    time_machine.move_to(timezone.now() + timedelta(hours=25))
    if not answers:
        standin.faults.add(method="GET", path="/v1/refunds", kind="drop_before")

    reconcile.send_waiting_refunds()

    now = "succeeded" if answers else "requested"
    assert before == [(Decimal("40.00"), "requested", "Sorry")]
    assert (rows(), len(standin.refunds)) == ([(Decimal("40.00"), now, "Sorry")], 1)


def test_an_old_refund_that_never_reached_stripe_is_sent(order, standin, time_machine):
    standin.faults.add(method="POST", path="/v1/refunds", kind="drop_before")
    cancel(order)
    time_machine.move_to(timezone.now() + timedelta(days=3))

    reconcile.send_waiting_refunds()

    assert (rows(), len(standin.refunds)) == ([(ALL, "succeeded", WHY)], 1)


def test_late_money_whose_refund_was_made_by_hand_meanwhile_ends_refunded(standin, time_machine):
    make_practice()
    standin.webhooks.mode = "drop"
    workshop = make_workshop(capacity=1)
    order = place(workshop)
    session_id = open_session(order)
    paid = standin.pay(session_id)
    session = as_stripe_sees_it(session_id)
    settle.record_money(order.payments.get(), session)
    standin.refund_from_dashboard(paid["payment_intent"])
    tell(standin, "refund.created")
    time_machine.move_to(timezone.now() + timedelta(minutes=50))
    place(workshop, by=buyer("ada@example.org"))

    settle.settle(session)

    assert (state(order), len(standin.refunds)) == ((Order.Status.REFUNDED, Decimal()), 1)


# A bank sends it back, days later -----------------------------------------------------------


def fail_later(order, standin):
    cancel(order)
    standin.fail_refund(standin.refunds[0]["id"])
    return tell(standin, "refund.failed")


def test_an_order_whose_refund_fails_later_does_not_look_settled(order, standin):
    fail_later(order, standin)

    assert state(order) == (Order.Status.OWED, ALL)
    assert told_of_failure() == ["desk@withyrooms.example"]
    assert "the bank did not take it" in FAILURES.get().text
    assert [finding.rule for finding in books.findings()] == ["a failed refund is sent again"]
    assert [job.words for job in jobs(make_user(is_superuser=True))][:2] == [
        "1 order is owed money that a bank sent back",
        "1 refund failed",
    ]


def test_the_words_of_a_failure_may_come_twice_and_in_any_order(order, standin):
    fail_later(order, standin)

    for kind in ("refund.updated", "refund.created", "charge.refunded", "refund.failed"):
        tell(standin, kind)

    assert (state(order), rows()) == ((Order.Status.OWED, ALL), [(ALL, "failed", WHY)])
    assert told_of_failure() == ["desk@withyrooms.example"]


def test_a_refund_that_is_sent_again_settles_the_order_and_the_buyer_hears_of_it(order, standin):
    fail_later(order, standin)

    refunds.ask_again(Refund.objects.get())

    assert state(order) == (Order.Status.REFUNDED, Decimal())
    assert list(books.findings()) == []
    assert Ticket.objects.get().status == Ticket.Status.CANCELLED


def test_a_refund_for_the_whole_order_that_is_sent_again_is_told_of_again(order, standin):
    standin.refund_from_dashboard(intent(order))
    tell(standin, "refund.created")
    standin.fail_refund(standin.refunds[0]["id"])
    tell(standin, "refund.failed")
    between = state(order)[0]

    refunds.ask_again(Refund.objects.get())

    assert (between, state(order)[0]) == (Order.Status.OWED, Order.Status.REFUNDED)
    told = Message.objects.filter(key__contains=":refunded").order_by("pk").values_list("key", flat=True)
    assert list(told) == [f"order:{order.pk}:refunded", f"order:{order.pk}:refunded:1"]


def test_a_failed_refund_waits_for_nobody_when_all_went_back_in_the_dashboard(order, standin):
    fail_later(order, standin)

    standin.refund_from_dashboard(intent(order))
    tell(standin, "refund.created")

    assert (state(order)[0], sorted(row[1] for row in rows())) == (Order.Status.REFUNDED, ["replaced", "succeeded"])
    assert [job.words for job in jobs(make_user(is_superuser=True))] == []


def test_a_refund_that_fails_while_a_part_was_kept_leaves_the_order_as_it_is(order, standin):
    refunds.send_back(order.payments.get(), amount=Decimal("5.00"), reason="By hand")
    standin.fail_refund(standin.refunds[0]["id"])

    tell(standin, "refund.failed")

    assert (state(order), told_of_failure()) == ((Order.Status.PAID, ALL), ["desk@withyrooms.example"])


def test_the_page_of_an_order_that_is_owed_money_says_so(order, standin, client):
    fail_later(order, standin)

    page = client.get(order.get_absolute_url()).content.decode()

    assert "<h1>Your money has not reached you yet.</h1>" in page
    assert "Your bank did not take it." in page


def test_check_books_ends_with_one_while_a_failed_refund_waits(order, standin):
    fail_later(order, standin)
    out = StringIO()

    with pytest.raises(CommandError, match="1 found"):
        call_command("check_books", stdout=out)

    assert f"order {order}: £105.00 came back to us, and no refund of it is under way." in out.getvalue()


# The books --------------------------------------------------------------------------------


def test_an_unseated_order_with_a_refund_of_a_part_is_found(order):
    Order.objects.update(status=Order.Status.UNSEATED)
    Ticket.objects.update(status=Ticket.Status.LAPSED)
    Refund.objects.create(payment=order.payments.get(), amount=Decimal("5.00"), reason="Test.", status="pending")

    assert [(finding.rule, finding.words) for finding in books.findings()] == [
        ("an unseated order is being refunded", "£100.00 is still here, and no refund of it is under way")
    ]


def test_stripe_is_never_asked_for_the_refunds_of_nothing(standin):
    assert (list(stripe_api.refunds_of_intent("")), standin.requests) == ([], [])


def test_a_part_whose_answer_was_lost_is_sent_once_because_it_is_asked_for_with_the_same_key(order, standin):
    standin.faults.add(method="POST", path="/v1/refunds", kind="drop_after")
    decision = cancellations.Decision(Decimal("30.00"), "Sorry")
    tickets = list(Ticket.objects.all())

    cancellations.refund_at_desk(order, tickets=tickets, decision=decision, shown_left=ALL)
    reconcile.send_waiting_refunds()

    asked = [each["headers"]["idempotency-key"] for each in standin.requests if each["path"] == "/v1/refunds"]
    assert asked[:2] == [Refund.objects.get().idempotency_key] * 2
    assert [each["amount"] for each in standin.refunds] == [3000]
    assert state(order) == (Order.Status.PAID, Decimal("75.00"))
