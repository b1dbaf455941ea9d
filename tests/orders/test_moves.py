from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from courses.models import Ticket, Workshop
from courses.seats.places import Attendee, SoldOut
from orders import locks, stripe_api
from orders.books import books
from orders.changes import attendees, cancellations, moves, refunds
from orders.changes.cancellations import AmountChanged
from orders.changes.moves import MoveWish
from orders.checkout import paying, placing, releasing
from orders.models import Dispute, Order, Payment, Refund
from orders.pricing import codes
from orders.settling import disputes, reconcile, settle
from orders.settling.workshop_cancellation import cancel_workshop
from outbox.models import Message
from tests.builders import make_discount, make_refund_tiers, make_sale_terms, make_workshop
from tests.orders.histories import untold
from tests.orders.purchases import as_stripe_sees_it, buy, buyer, open_session, place

pytestmark = pytest.mark.django_db(transaction=True)
ALL = Decimal("105.00")
NOTHING = Decimal()


@pytest.fixture(autouse=True)
def _policy():
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100), (7, 50))


def move(order, workshop, shown=NOTHING, *, line=None, key=None, at_desk=False):
    line = line or order.lines.filter(ticket__status=Ticket.Status.CONFIRMED).first()
    wish = MoveWish(line, workshop.ticket_types.first(), shown, key or uuid4())
    return moves.move_place(wish, at_desk=at_desk)


def pay(standin, order):
    session_id = open_session(order)
    standin.pay(session_id)
    settle.settle(as_stripe_sees_it(session_id))
    order.refresh_from_db()


def state(order):
    order.refresh_from_db()
    return order.status, order.balance(), [line.ticket.status for line in order.lines.select_related("ticket")]


def sent_back(standin):
    return [each["amount"] for each in standin.refunds]


def problems():
    found = list(books.findings()) + list(books.findings_at_stripe(Payment.objects.all()))
    return [(each.rule, each.about, each.words) for each in found] + untold()


# At the same price or a lower one ------------------------------------------------------


def test_a_move_at_the_same_price_takes_place_and_money_along(standin):
    old = buy(standin, make_workshop())
    ticket = Ticket.objects.get()

    new = move(old, make_workshop())

    credit, out = new.payments.get(), Refund.objects.get()
    moved = new.lines.get().ticket
    assert (state(old), state(new)) == (
        (Order.Status.REFUNDED, NOTHING, ["cancelled"]),
        (Order.Status.PAID, ALL, ["confirmed"]),
    )
    assert (credit.method, credit.source, credit.received) == (Payment.Method.CREDIT, old.payments.get(), ALL)
    assert (out.credit, out.line, out.amount, out.status) == (credit, old.lines.get(), ALL, Refund.Status.SUCCEEDED)
    assert (moved.attendee_name, moved.attendee_email, moved.secret == ticket.secret) == (
        ticket.attendee_name,
        ticket.attendee_email,
        False,
    )
    assert (old.workshop.places_left(), new.workshop.places_left()) == (10, 9)
    assert (sent_back(standin), problems()) == ([], [])


def test_a_cheaper_workshop_brings_the_difference_back(standin):
    old = buy(standin, make_workshop())

    new = move(old, make_workshop(price="80.00"), Decimal("-25.00"))

    assert (state(old)[:2], state(new)[:2]) == (
        (Order.Status.REFUNDED, NOTHING),
        (Order.Status.PAID, Decimal("80.00")),
    )
    assert (sent_back(standin), new.credit, problems()) == ([2500], Decimal("80.00"), [])


def test_what_stripe_sent_back_after_a_refund_had_failed_there_comes_from_who_has_it(standin):
    """Neither was told of: the failed one is learned of first, so that its money is there for the other."""
    old = buy(standin, make_workshop(), 2)
    new = move(old, make_workshop())
    cancellations.cancel_places(new, tickets=new.tickets(), shown=ALL)
    standin.fail_refund(standin.refunds[0]["id"])
    standin.refund_from_dashboard(standin.sessions[0]["payment_intent"])

    refunds.take_over_all(old.payments.get())

    assert [Order.objects.get(pk=each.pk).balance() for each in (old, new)] == [NOTHING, NOTHING]
    assert problems() == []


def test_a_free_workshop_brings_everything_back(standin):
    old = buy(standin, make_workshop())

    new = move(old, make_workshop(price="0.00"), -ALL)

    assert (state(old)[:2], state(new)[:2], sent_back(standin)) == (
        (Order.Status.REFUNDED, NOTHING),
        (Order.Status.PAID, NOTHING),
        [10500],
    )
    assert problems() == []


def test_a_free_place_moves_to_a_free_place(standin):
    old = buy(standin, make_workshop(price="0.00"))

    new = move(old, make_workshop(price="0.00"))

    assert (state(old)[0], state(new)[0], problems()) == (Order.Status.CLOSED, Order.Status.PAID, [])


def test_one_of_two_places_moves_and_the_other_stays(standin):
    old = buy(standin, make_workshop(), 2)

    new = move(old, make_workshop())

    assert state(old) == (Order.Status.PAID, ALL, ["cancelled", "confirmed"])
    assert (state(new), problems()) == ((Order.Status.PAID, ALL, ["confirmed"]), [])


def test_a_code_does_not_move_and_what_was_paid_counts(standin):
    code = codes.issue_code(discount=make_discount(), email="noor@example.org", percent=20)
    old = buy(standin, make_workshop(), code=str(code))

    new = move(old, make_workshop(price="84.00"))

    code.refresh_from_db()
    assert (new.total, new.credit, new.discount_code, code.status) == (
        Decimal("84.00"),
        Decimal("84.00"),
        None,
        "issued",
    )
    assert problems() == []


def test_what_was_sent_back_before_does_not_come_along(standin):
    old = buy(standin, make_workshop())
    decision = cancellations.Decision(Decimal("25.00"), "Bad sound")
    cancellations.refund_at_desk(old, tickets=[Ticket.objects.get()], decision=decision, shown_left=ALL)

    new = move(old, make_workshop(price="80.00"))

    assert (state(old)[:2], new.credit, problems()) == ((Order.Status.REFUNDED, NOTHING), Decimal("80.00"), [])


def test_a_moved_place_that_is_cancelled_goes_back_through_the_first_payment(standin):
    old = buy(standin, make_workshop())
    second = move(old, make_workshop())
    third = move(second, make_workshop())

    cancellations.cancel_places(third, tickets=[third.lines.get().ticket], shown=ALL)

    first_payment = old.payments.get()
    assert [state(order)[:2] for order in (old, second, third)] == [(Order.Status.REFUNDED, NOTHING)] * 3
    assert third.payments.get().source == first_payment
    assert [(each["payment_intent"], each["amount"]) for each in standin.refunds] == [(first_payment.intent_id, 10500)]
    assert problems() == []


def test_a_refund_of_moved_money_that_got_no_answer_is_asked_for_again(standin):
    old = buy(standin, make_workshop())
    new = move(old, make_workshop())
    standin.faults.add(method="POST", path="/v1/refunds", kind="drop_after")

    cancellations.cancel_places(new, tickets=[new.lines.get().ticket], shown=ALL)
    before = Refund.objects.get(credit=None).status
    reconcile.send_waiting_refunds()

    assert (before, state(new)[:2], sent_back(standin)) == ("requested", (Order.Status.REFUNDED, NOTHING), [10500])


def test_money_sent_back_in_the_dashboard_is_taken_from_who_has_it(standin):
    old = buy(standin, make_workshop())
    new = move(old, make_workshop())
    standin.refund_from_dashboard(old.payments.get().intent_id, 1000)

    for _ in range(2):
        for found in refunds.stripe_api.refunds_of_intent(old.payments.get().intent_id):
            refunds.record(found)

    assert (state(old)[1], state(new)[1], problems()) == (NOTHING, Decimal("95.00"), [])


@pytest.mark.parametrize("amount", [24000 - 1500, 15000])
def test_money_sent_back_in_the_dashboard_that_no_order_has_alone_is_taken_from_each(standin, amount):
    old = buy(standin, make_workshop(price="120.00"), 2)
    new = move(old, make_workshop(), Decimal("-15.00"))
    standin.refund_from_dashboard(old.payments.get().intent_id, amount)

    told = [reconcile.find_untold_refunds() for _ in range(2)]

    of_dashboard = Refund.objects.filter(reason=refunds.AT_STRIPE)
    here = Decimal(24000 - 1500 - amount) / 100
    assert (told, {each.refund_id for each in of_dashboard}) == ([1, 0], {standin.refunds[-1]["id"]})
    assert (sum(each.amount for each in of_dashboard) * 100, len(of_dashboard)) == (amount, 2)
    assert (state(old)[1] + state(new)[1], problems()) == (here, [])


def test_a_refund_at_stripe_in_parts_that_the_bank_does_not_take_is_owed_by_each(standin):
    old = buy(standin, make_workshop(price="120.00"), 2)
    new = move(old, make_workshop(), Decimal("-15.00"))
    standin.refund_from_dashboard(old.payments.get().intent_id)
    reconcile.find_untold_refunds()

    standin.fail_refund(standin.refunds[-1]["id"])
    reconcile.find_untold_refunds()
    owed = [state(order)[:2] for order in (old, new)]
    for refund in Refund.objects.filter(status=Refund.Status.FAILED):
        refunds.ask_again(refund)

    assert owed == [(Order.Status.OWED, Decimal("120.00")), (Order.Status.OWED, ALL)]
    assert [state(order)[:2] for order in (old, new)] == [(Order.Status.REFUNDED, NOTHING)] * 2
    assert (sum(sent_back(standin)[2:]), problems()) == (22500, [])


def test_a_moved_place_promises_no_money_that_a_bank_has_taken(standin):
    old = buy(standin, make_workshop())
    new = move(old, make_workshop())
    intent = old.payments.get().intent_id
    standin.dispute(intent)
    standin.close_dispute(intent, "lost")
    reconcile.find_untold_disputes()
    new.refresh_from_db()

    cancellations.cancel_places(new, tickets=[new.lines.get().ticket], shown=NOTHING)

    assert (state(new), sent_back(standin)) == ((Order.Status.CLOSED, NOTHING, ["cancelled"]), [])


def test_buyer_and_attendee_are_told_once_and_the_old_joining_link_is_dead(standin, client):
    old = buy(standin, make_workshop(), by=buyer("ada@example.org", "Ada Field"))
    before = set(Message.objects.values_list("key", flat=True))
    link = Ticket.objects.get().get_absolute_url()

    new = move(old, make_workshop(price="80.00"), Decimal("-25.00"))

    told = Message.objects.exclude(key__in=before)
    assert {(each.key, each.to) for each in told} == {
        (f"order:{new.pk}:confirmation", "ada@example.org"),
        (f"ticket:{old.lines.get().ticket_id}:moved", "noor@example.org"),
        (f"ticket:{new.lines.get().ticket_id}:joining", "noor@example.org"),
    }
    page = " ".join(client.get(link).text.split())
    assert "<h1>This place has moved</h1>" in page
    assert f"It was moved from “{old.workshop.title}” to “{new.workshop.title}”, {new.workshop.starts_on}." in page
    receipt = told.get(to="ada@example.org").text
    assert f"Paid: £80.00, of that £80.00 with order {old.number}\nGoes back to your card: £25.00\n" in receipt
    assert f"It takes the place of {old.workshop.title}" in told.get(key__endswith=":joining").text


def test_moving_twice_with_one_key_is_moving_once(standin):
    old = buy(standin, make_workshop())
    key, to = uuid4(), make_workshop()
    line = old.lines.get()

    first, second = (move(old, to, line=line, key=key) for _ in range(2))

    assert (first, Order.objects.count(), Refund.objects.count()) == (second, 2, 1)


def test_a_place_that_has_moved_does_not_move_again(standin):
    old = buy(standin, make_workshop())
    line = old.lines.get()
    move(old, make_workshop())

    with pytest.raises(moves.MayNotMove):
        move(old, make_workshop(), line=line)

    assert (Order.objects.count(), problems()) == (2, [])


def test_another_difference_than_the_one_shown_changes_nothing(standin):
    old = buy(standin, make_workshop())

    with pytest.raises(AmountChanged):
        move(old, make_workshop(price="80.00"), NOTHING)

    assert (state(old), Order.objects.count()) == ((Order.Status.PAID, ALL, ["confirmed"]), 1)


def test_a_full_workshop_takes_no_moved_place(standin):
    full = make_workshop(capacity=1)
    buy(standin, full, by=buyer("ada@example.org"))
    old = buy(standin, make_workshop())

    with pytest.raises(SoldOut):
        move(old, full)

    assert state(old) == (Order.Status.PAID, ALL, ["confirmed"])


@pytest.mark.parametrize("status", [Workshop.Status.DRAFT, Workshop.Status.CANCELLED])
def test_nobody_moves_to_a_workshop_that_is_not_on_sale(standin, status):
    old = buy(standin, make_workshop())

    with pytest.raises(placing.SaleClosed):
        move(old, make_workshop(status=status))

    assert state(old)[0] == Order.Status.PAID


@pytest.mark.parametrize(("days", "may"), [(14, True), (13, False)])
def test_the_buyer_moves_while_everything_would_come_back_and_the_desk_until_the_start(standin, days, may):
    old = buy(standin, make_workshop(day=timezone.localdate() + timedelta(days=days)))
    line = old.lines.get()

    assert moves.why_not(old, line) == ("" if may else moves.TOO_LATE)
    assert moves.why_not(old, line, at_desk=True) == ""


def test_nobody_moves_out_of_a_workshop_that_has_started(standin, time_machine):
    old = buy(standin, make_workshop())
    time_machine.move_to(old.workshop.starts_at)

    with pytest.raises(moves.MayNotMove, match="has started"):
        move(old, make_workshop(), at_desk=True)


def test_a_place_of_a_cancelled_workshop_gets_no_order_of_its_own_there(standin):
    workshop = make_workshop()
    old = buy(standin, workshop)
    cancel_workshop(workshop, because="Ill.")

    with pytest.raises(moves.MayNotMove, match="is cancelled"):
        move(old, workshop, at_desk=True)

    new = move(old, make_workshop(), at_desk=True)
    assert (new.status, [problem for problem in problems() if "asks everybody" in problem[0]]) == ("paid", [])


@pytest.mark.parametrize("is_moved", [False, True])
def test_an_open_dispute_blocks_the_move_also_after_an_earlier_one(standin, is_moved):
    first = buy(standin, make_workshop())
    order = move(first, make_workshop()) if is_moved else first
    Dispute.objects.create(
        payment=first.payments.get(), dispute_id="dp_1", amount=ALL, status=Dispute.Status.NEEDS_RESPONSE
    )

    with pytest.raises(moves.MayNotMove, match="bank"):
        move(order, make_workshop())


def test_the_choices_are_what_can_be_booked_the_same_course_first(standin):
    workshop = make_workshop()
    old = buy(standin, workshop)
    dearer = make_workshop(price="120.00")
    same_course = make_workshop(course=workshop.course, price="80.00", day=timezone.localdate() + timedelta(days=90))
    make_workshop(status=Workshop.Status.DRAFT)
    full = make_workshop(capacity=1)
    place(full)

    found = moves.choices_for(old.lines.get())

    assert [(each.ticket_type.workshop, each.difference) for each in found] == [
        (same_course, Decimal("-25.00")),
        (dearer, Decimal("15.00")),
    ]


# At a higher price ---------------------------------------------------------------------


def test_a_dearer_workshop_changes_nothing_until_the_difference_is_paid(standin):
    old = buy(standin, make_workshop())

    new = move(old, make_workshop(price="120.00"), Decimal("15.00"))

    assert (state(old), state(new)) == (
        (Order.Status.PAID, ALL, ["confirmed"]),
        (Order.Status.PENDING, NOTHING, ["held"]),
    )
    assert (new.amount_to_pay, problems()) == (Decimal("15.00"), [])


def test_the_difference_that_is_paid_completes_the_move(standin):
    old = buy(standin, make_workshop())
    new = move(old, make_workshop(price="120.00"), Decimal("15.00"))

    pay(standin, new)

    assert (state(old), state(new)) == (
        (Order.Status.REFUNDED, NOTHING, ["cancelled"]),
        (Order.Status.PAID, Decimal("120.00"), ["confirmed"]),
    )
    assert [(each.method, each.received) for each in new.payments.all()] == [
        ("stripe", Decimal("15.00")),
        ("credit", ALL),
    ]
    assert ([each["amount_total"] for each in standin.sessions], sent_back(standin)) == ([10500, 1500], [])
    assert problems() == []


def test_a_place_that_changed_hands_before_the_difference_was_paid_moves_with_its_new_attendee(standin):
    old = buy(standin, make_workshop())
    new = move(old, make_workshop(price="120.00"), Decimal("15.00"))
    attendees.hand_over(old, ticket=old.lines.get().ticket, to=Attendee("Lea Roth", "lea@example.org", "Europe/Paris"))

    pay(standin, new)

    ticket = new.lines.get().ticket
    assert (ticket.attendee_name, ticket.attendee_email, problems()) == ("Lea Roth", "lea@example.org", [])
    assert Message.objects.get(key=f"ticket:{ticket.pk}:joining").to == "lea@example.org"


def test_a_dearer_place_that_is_cancelled_goes_back_through_both_payments(standin):
    old = buy(standin, make_workshop())
    new = move(old, make_workshop(price="120.00"), Decimal("15.00"))
    pay(standin, new)

    cancellations.cancel_places(new, tickets=[new.lines.get().ticket], shown=Decimal("120.00"))

    assert (state(new)[:2], sorted(sent_back(standin))) == ((Order.Status.REFUNDED, NOTHING), [1500, 10500])
    assert problems() == []


def test_the_word_of_the_payment_told_again_changes_nothing(standin):
    old = buy(standin, make_workshop())
    new = move(old, make_workshop(price="120.00"), Decimal("15.00"))
    pay(standin, new)

    settle.settle(as_stripe_sees_it(new.payments.exclude(session_id="").get().session_id))
    reconcile.decide_recorded_money()

    assert (state(new)[:2], Refund.objects.count()) == ((Order.Status.PAID, Decimal("120.00")), 1)


def test_a_difference_that_is_not_paid_leaves_all_as_it_was(standin, time_machine):
    old = buy(standin, make_workshop())
    new = move(old, make_workshop(price="120.00"), Decimal("15.00"))
    open_session(new)
    time_machine.move_to(timezone.now() + timedelta(hours=1))

    reconcile.close_ended_holds()

    assert (state(old), state(new)) == (
        (Order.Status.PAID, ALL, ["confirmed"]),
        (Order.Status.LAPSED, NOTHING, ["lapsed"]),
    )
    assert (moves.why_not(old, old.lines.get()), problems()) == ("", [])


def test_a_move_that_waits_for_its_money_is_the_only_one(standin):
    old = buy(standin, make_workshop())
    new = move(old, make_workshop(price="120.00"), Decimal("15.00"))

    with pytest.raises(moves.MayNotMove, match="waiting for its payment"):
        move(old, make_workshop())

    assert moves.move_under_way(old.lines.get()) == new


@pytest.mark.parametrize("given_up", ["cancelled", "partly sent back", "disputed"])
def test_a_difference_paid_when_the_old_place_cannot_come_along_goes_back(standin, given_up):
    old = buy(standin, make_workshop())
    new = move(old, make_workshop(price="120.00"), Decimal("15.00"))
    open_session(new)
    tickets = [old.lines.get().ticket]
    if given_up == "cancelled":
        cancellations.cancel_places(old, tickets=tickets, shown=ALL)
    elif given_up == "disputed":
        disputes.record(stripe_api.dispute_state(standin.dispute(old.payments.get().intent_id)))
    else:
        decision = cancellations.Decision(Decimal("5.00"), "Bad sound")
        cancellations.refund_at_desk(old, tickets=tickets, decision=decision, shown_left=ALL)

    pay(standin, new)

    assert state(new)[:2] == (Order.Status.REFUNDED, NOTHING)
    assert (1500 in sent_back(standin), problems()) == (True, [])
    assert new.payments.get().refunds.get().reason == settle.NOT_COVERED


def test_the_place_of_a_difference_that_goes_back_is_free_at_once(standin):
    old, dearer = buy(standin, make_workshop()), make_workshop(price="120.00", capacity=1)
    new = move(old, dearer, Decimal("15.00"))
    open_session(new)
    cancellations.cancel_places(old, tickets=[old.lines.get().ticket], shown=ALL)

    pay(standin, new)

    assert (new.lines.get().ticket.status, dearer.places_left()) == ("lapsed", 1)


def test_nobody_is_asked_to_pay_for_a_move_whose_old_place_is_given_up(standin, client):
    old = buy(standin, make_workshop())
    new = move(old, make_workshop(price="120.00"), Decimal("15.00"))
    cancellations.cancel_places(old, tickets=[old.lines.get().ticket], shown=ALL)
    Order.objects.filter(pk=new.pk).update(held_until=timezone.now())

    with pytest.raises(paying.HoldEnded):
        paying.start_payment(new)

    assert "Try to get the place back and pay" not in client.get(new.get_absolute_url()).content.decode()


def test_a_difference_paid_when_the_new_place_is_gone_goes_back_and_the_old_place_stays(standin, time_machine):
    full = make_workshop(price="120.00", capacity=1)
    old = buy(standin, make_workshop())
    new = move(old, full, Decimal("15.00"))
    session_id = open_session(new)
    standin.pay(session_id)
    with transaction.atomic():
        releasing.release_order(locks.locked_order(new.pk), Order.Status.LAPSED)
    place(full, by=buyer("ada@example.org"))

    settle.settle(as_stripe_sees_it(session_id))

    assert (state(old), state(new)[:2]) == ((Order.Status.PAID, ALL, ["confirmed"]), (Order.Status.REFUNDED, NOTHING))
    assert (sent_back(standin), problems()) == ([1500], [])


def test_a_difference_below_the_smallest_charge_is_given_away(standin):
    old = buy(standin, make_workshop())

    new = move(old, make_workshop(price="105.30"))

    assert (new.total, new.lines.get().discount, state(new)[0]) == (ALL, Decimal("0.30"), Order.Status.PAID)
    assert problems() == []
