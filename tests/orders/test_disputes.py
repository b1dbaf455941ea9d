import itertools
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from courses.models import Ticket
from kit.local.times import moment_label
from orders import stripe_api
from orders.books import books
from orders.changes import cancellations, refunds
from orders.changes.cancellations import Decision, Disputed
from orders.models import Dispute, Order, Refund, StripeEvent
from orders.settling import disputes, events, reconcile
from outbox.models import Message
from practice_site.desk import jobs
from tests.builders import make_practice, make_refund_tiers, make_sale_terms, make_user, make_workshop
from tests.markup import words_of
from tests.orders.purchases import buy, open_session, place

DISPUTED = "Your bank has asked us about this payment, and we are settling it with them."
pytestmark = pytest.mark.django_db(transaction=True)
ALL, NOTHING = Decimal("105.00"), Decimal()
Status = Dispute.Status


@pytest.fixture
def order(standin):
    """Paid; Stripe's own words are lost."""
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100))
    standin.webhooks.mode = "drop"
    return buy(standin, make_workshop(day=timezone.localdate() + timedelta(days=30)))


@pytest.fixture
def desk(client):
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def intent(order):
    return order.payments.get().intent_id


def said(standin):
    """What Stripe told of disputes, oldest first."""
    return [event for event in standin.events if event["type"].startswith("charge.dispute.")]


def tell(standin):
    return [events.receive(event) for event in said(standin)]


def state(order):
    order.refresh_from_db()
    return order.status, order.balance(), Ticket.objects.get().status


def told():
    found = Message.objects.filter(key__startswith="dispute:").order_by("pk")
    return [message.key.split(":")[-1] for message in found]


# What Stripe tells ------------------------------------------------------------------------


def test_a_dispute_is_written_down_and_its_money_is_gone_while_the_place_stays(order, standin):
    made = standin.dispute(intent(order))

    done = tell(standin)

    dispute = Dispute.objects.get()
    assert (done, dispute.status, dispute.amount) == ([True, True], Status.NEEDS_RESPONSE, ALL)
    assert (dispute.dispute_id, dispute.reason) == (made["id"], "product_not_received")
    assert dispute.evidence_due_at.timestamp() == made["evidence_details"]["due_by"]
    assert state(order) == (Order.Status.PAID, NOTHING, Ticket.Status.CONFIRMED)
    assert order.payments.get().left() == NOTHING


@pytest.mark.parametrize(("outcome", "balance"), [("won", ALL), ("lost", NOTHING)])
def test_when_it_is_closed_a_won_dispute_gives_the_money_back_and_a_lost_one_does_not(order, standin, outcome, balance):
    standin.dispute(intent(order))
    standin.respond_to_dispute(intent(order))
    standin.close_dispute(intent(order), outcome)

    tell(standin)

    dispute = Dispute.objects.get()
    assert (dispute.status, dispute.closed_at is None) == (outcome, False)
    assert state(order) == (Order.Status.PAID, balance, Ticket.Status.CONFIRMED)
    assert list(books.findings()) == []


@pytest.mark.parametrize("sequence", list(itertools.permutations(range(4))))
def test_the_words_may_come_in_any_order_and_twice(order, standin, sequence):
    standin.dispute(intent(order))
    standin.respond_to_dispute(intent(order))
    standin.close_dispute(intent(order), "lost")
    words = said(standin)

    done = [events.receive(words[index]) for index in [*sequence, *reversed(sequence)]]

    assert (set(done), Dispute.objects.get().status) == ({True}, Status.LOST)
    assert (told().count("lost"), len(set(told()))) == (1, len(told()))


def test_a_dispute_of_a_payment_that_we_do_not_know_yet_is_told_again(standin, client):
    make_practice()
    standin.webhooks.mode = "drop"
    order = place(make_workshop())
    paid = standin.pay(open_session(order))
    standin.dispute(paid["payment_intent"])
    body, signature = standin.webhooks.signed(said(standin)[0]["id"])

    def post():
        headers = {"Stripe-Signature": signature}
        return client.post("/stripe/webhook/", body, content_type="application/json", headers=headers).status_code

    before = post()
    waiting = StripeEvent.objects.get().done_at
    events.receive(next(event for event in standin.events if event["type"] == "checkout.session.completed"))
    after = post()

    assert (before, waiting, after, Dispute.objects.count()) == (503, None, 200, 1)


def test_a_dispute_of_nothing_of_ours_is_not_written(order, standin):
    unknown = stripe_api.dispute_state({"id": "du_1", "amount": 100, "status": "needs_response"})

    assert (disputes.record(unknown), Dispute.objects.count()) == (None, 0)


def test_a_status_that_we_do_not_know_waits_for_a_person(order, standin):
    data = standin.dispute(intent(order)) | {"status": "something_new"}

    disputes.record(stripe_api.dispute_state(data))

    assert Dispute.objects.get().status == Status.NEEDS_RESPONSE


# A bank decides anew --------------------------------------------------------------------------


@pytest.mark.parametrize(("outcome", "after", "balance"), [("lost", "won", ALL), ("won", "lost", NOTHING)])
def test_a_dispute_that_is_decided_anew_follows_the_last_word(order, standin, outcome, after, balance):
    standin.dispute(intent(order))
    standin.close_dispute(intent(order), outcome)
    tell(standin)

    standin.decide_dispute_anew(intent(order))
    done = tell(standin)

    assert (set(done), Dispute.objects.get().status) == ({True}, after)
    assert state(order)[1] == balance
    assert told() == ["opened", outcome, after]
    last = Message.objects.filter(key__startswith="dispute:").latest("pk")
    assert (f"Outcome: {after}, after it had been {outcome}" in last.text, "decided anew" in last.html) == (True, True)
    found = [*books.findings(), *books.findings_at_stripe(order.payments.all())]
    assert found == []


def test_each_time_that_it_is_decided_anew_the_practice_is_told(order, standin, time_machine):
    standin.dispute(intent(order))
    standin.close_dispute(intent(order), "lost")
    tell(standin)

    for _ in range(3):
        standin.decide_dispute_anew(intent(order))
        tell(standin)

    assert told() == ["opened", "lost", "won", "lost", "won"]


def test_the_worker_finds_that_it_was_decided_anew_without_our_hearing_of_it(order, standin):
    standin.dispute(intent(order))
    standin.close_dispute(intent(order), "lost")
    tell(standin)

    standin.decide_dispute_anew(intent(order))
    found = reconcile.find_untold_disputes()

    assert (found, Dispute.objects.get().status) == (1, Status.WON)


def test_an_old_word_about_an_ended_dispute_changes_nothing_however_late(order, standin):
    standin.dispute(intent(order))
    standin.close_dispute(intent(order), "won")
    tell(standin)
    StripeEvent.objects.all().delete()

    tell(standin)

    assert (Dispute.objects.get().status, told()) == (Status.WON, ["opened", "won"])


def test_without_an_answer_of_stripe_the_word_is_told_again(order, standin):
    standin.dispute(intent(order))
    standin.close_dispute(intent(order), "lost")
    tell(standin)
    standin.decide_dispute_anew(intent(order))
    standin.faults.add(method="GET", path="/v1/disputes/*", kind="drop_before")

    done = [events.receive(said(standin)[-1]) for _ in range(2)]

    assert (done, Dispute.objects.get().status) == ([False, True], Status.WON)


# Early warnings -----------------------------------------------------------------------------


def test_an_early_warning_takes_no_money_and_may_become_a_dispute(order, standin):
    standin.inquire(intent(order))
    tell(standin)
    warned = state(order)[1]

    standin.escalate(intent(order))
    tell(standin)

    assert (warned, state(order)[1], Dispute.objects.get().status) == (ALL, NOTHING, Status.NEEDS_RESPONSE)
    assert told() == ["warning", "opened"]


def test_during_an_early_warning_the_desk_may_refund_and_the_buyer_may_not(order, standin):
    standin.inquire(intent(order))
    tell(standin)
    tickets = [Ticket.objects.get()]

    with pytest.raises(Disputed):
        cancellations.cancel_places(order, tickets=tickets, shown=ALL)
    cancellations.cancel_at_desk(order, tickets=tickets, shown=ALL)

    assert state(order) == (Order.Status.REFUNDED, NOTHING, Ticket.Status.CANCELLED)


# Nobody is paid twice -------------------------------------------------------------------------


def test_while_a_dispute_is_open_nothing_is_cancelled_or_refunded(order, standin):
    standin.dispute(intent(order))
    tell(standin)
    tickets = [Ticket.objects.get()]
    decision = Decision(Decimal("5.00"), "Kindness")

    for work in (
        lambda: cancellations.cancel_places(order, tickets=tickets, shown=ALL),
        lambda: cancellations.cancel_at_desk(order, tickets=tickets, shown=NOTHING),
        lambda: cancellations.refund_at_desk(order, tickets=tickets, decision=decision, shown_left=NOTHING),
    ):
        with pytest.raises(Disputed):
            work()

    assert state(order) == (Order.Status.PAID, NOTHING, Ticket.Status.CONFIRMED)
    assert (Refund.objects.count(), standin.refunds) == (0, [])


def test_a_failed_refund_is_not_asked_for_again_while_a_bank_has_the_money(order, standin):
    failed = Refund.objects.create(payment=order.payments.get(), amount=ALL, reason="Test.", status="failed")
    standin.dispute(intent(order))
    tell(standin)

    with pytest.raises(refunds.TooMuch):
        refunds.ask_again(failed)


def test_after_a_won_dispute_the_buyer_may_cancel_as_before(order, standin):
    standin.dispute(intent(order))
    standin.close_dispute(intent(order), "won")
    tell(standin)

    cancellations.cancel_places(order, tickets=[Ticket.objects.get()], shown=ALL)

    assert state(order) == (Order.Status.REFUNDED, NOTHING, Ticket.Status.CANCELLED)


def test_after_a_lost_dispute_the_desk_may_take_the_place_back_without_money(order, standin):
    standin.dispute(intent(order))
    standin.close_dispute(intent(order), "lost")
    tell(standin)

    cancellations.cancel_at_desk(order, tickets=[Ticket.objects.get()], shown=NOTHING)

    assert state(order) == (Order.Status.CLOSED, NOTHING, Ticket.Status.CANCELLED)
    assert standin.refunds == []


# The books --------------------------------------------------------------------------------------


def test_a_dispute_over_money_that_had_gone_back_is_a_loss_until_it_is_won(order, standin):
    refunds.send_back(order.payments.get(), amount=ALL, reason="By hand")
    standin.dispute(intent(order))
    tell(standin)
    [loss] = books.findings_of("money is not lost twice")
    errors = list(books.findings())

    standin.close_dispute(intent(order), "won")
    tell(standin)

    assert ("was taken in a dispute" in loss.words, errors) == (True, [])
    assert (list(books.findings()), list(books.findings_of("money is not lost twice"))) == ([], [])


# Pages and mails ---------------------------------------------------------------------------------


def test_the_practice_is_told_once_of_each_turn_and_of_nobody_in_person(order, standin):
    standin.dispute(intent(order))
    standin.respond_to_dispute(intent(order))
    standin.close_dispute(intent(order), "won")

    tell(standin)
    tell(standin)

    opened, closed = Message.objects.filter(key__startswith="dispute:").order_by("pk")
    due = moment_label(Dispute.objects.get().evidence_due_at, "Europe/London")
    assert told() == ["opened", "won"]
    assert (opened.to, closed.to) == ("desk@withyrooms.example",) * 2
    for words in (f"Order: {order.number}", "£105.00", "product not received", f"Answer by: {due}", intent(order)):
        assert opened.text.count(words) == 1
    assert "Outcome: won" in closed.text
    assert not re.search("noor|haddad", (opened.text + opened.html + closed.text + closed.html).lower())


def test_the_buyers_page_says_calmly_why_nothing_can_be_cancelled(order, standin, client):
    place_page = f"{order.get_absolute_url()}places/{order.lines.get().pk}/cancel/"
    before = place_page in client.get(order.get_absolute_url()).content.decode()
    standin.dispute(intent(order))
    tell(standin)

    page = client.get(order.get_absolute_url())
    cancel = client.get(place_page)
    posted = client.post(place_page, {"shown": "105.00"})

    assert (before, place_page in page.content.decode(), words_of(page).count(DISPUTED)) == (True, False, 1)
    assert (cancel.status_code, words_of(cancel).count(DISPUTED)) == (200, 1)
    assert (posted.status_code, words_of(posted).count("Nothing was cancelled.")) == (422, 1)
    assert state(order)[2] == Ticket.Status.CONFIRMED


def test_the_desks_refund_page_says_why_not(order, standin, desk):
    standin.dispute(intent(order))
    tell(standin)
    url = f"/admin/orders/order/{order.pk}/refund/"

    page = desk.get(url)
    desk.post(url, {"places": [order.lines.get().pk], "confirm": "1", "shown": "0"})

    assert "A refund now would pay the buyer twice" in words_of(page)
    assert "See what will happen" not in page.content.decode()
    assert state(order)[2] == Ticket.Status.CONFIRMED


def test_the_desk_lists_what_is_to_be_answered_with_its_day(order, standin, desk):
    standin.dispute(intent(order))
    tell(standin)
    owner = make_user(is_superuser=True)
    due = moment_label(Dispute.objects.get().evidence_due_at, "Europe/London")

    [job] = [job for job in jobs(owner) if "disputes" in job.words]
    page = desk.get(job.url)
    standin.respond_to_dispute(intent(order))
    tell(standin)

    assert job.words == f"A bank disputes £105.00 of {order.number}: answer at Stripe by {due}"
    assert (page.status_code, "Do not refund the buyer" in words_of(page)) == (200, True)
    assert [job for job in jobs(owner) if "disputes" in job.words] == []


def test_disputes_are_read_at_the_desk_and_never_typed(order, standin, desk):
    standin.dispute(intent(order))
    tell(standin)
    dispute = Dispute.objects.get()

    listed = desk.get("/admin/orders/dispute/", {"q": order.number, "status__exact": "needs_response"})
    of_order = desk.get(f"/admin/orders/order/{order.pk}/change/")

    assert [each.pk for each in listed.context["cl"].result_list] == [dispute.pk]
    assert f"/admin/orders/dispute/{dispute.pk}/change/" in of_order.content.decode()
    assert desk.get("/admin/orders/dispute/add/").status_code == 403
    assert desk.post(f"/admin/orders/dispute/{dispute.pk}/change/", {"status": "won"}).status_code == 403
