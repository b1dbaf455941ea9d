from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from courses.models import Ticket, WaitingListEntry, Workshop
from courses.seats.places import NewTicket, give_place
from orders import due
from orders.books import books
from orders.changes import cancellations, rebooking, taking_back
from orders.changes.cancellations import AmountChanged
from orders.changes.moves import MoveWish
from orders.models import Dispute, Order, Payment, RebookingOffer
from orders.settling import reconcile, settle, workshop_cancellation
from orders.settling.workshop_cancellation import NotCancellable
from outbox.models import Message
from tests.builders import make_course, make_refund_tiers, make_sale_terms, make_workshop
from tests.orders.histories import untold
from tests.orders.purchases import as_stripe_sees_it, buy, buyer, open_session, place

pytestmark = pytest.mark.django_db(transaction=True)
ALL, NOTHING = Decimal("105.00"), Decimal()
Status = RebookingOffer.Status


@pytest.fixture
def workshop():
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100), (7, 50))
    return make_workshop(day=timezone.localdate() + timedelta(days=3))


def cancel(workshop):
    workshop_cancellation.cancel_workshop(workshop, because="Our presenter is ill.")


def another_run(workshop, price="105.00", **fields):
    return make_workshop(course=workshop.course, price=price, day=timezone.localdate() + timedelta(days=40), **fields)


def take(offer, to, shown=NOTHING, key=None):
    return rebooking.take(offer, MoveWish(offer.line, to.ticket_types.get(), shown, key or uuid4()))


def state(order):
    order.refresh_from_db()
    return order.status, order.balance(), [line.ticket.status for line in order.lines.select_related("ticket")]


def sent_back(standin):
    return [each["amount"] for each in standin.refunds]


def problems():
    return [(each.rule, each.about, each.words) for each in books.findings()] + untold()


# Cancelling ----------------------------------------------------------------------------


def test_the_sale_ends_and_every_booked_place_gets_its_offer(standin, workshop):
    order = buy(standin, workshop, 2)

    cancel(workshop)

    workshop.refresh_from_db()
    offers = RebookingOffer.objects.all()
    assert (workshop.status, workshop.is_on_sale) == (Workshop.Status.CANCELLED, False)
    assert [(offer.line, offer.status) for offer in offers] == [(line, Status.OPEN) for line in order.lines.all()]
    assert (state(order), problems()) == ((Order.Status.PAID, ALL * 2, ["confirmed", "confirmed"]), [])


def test_attendees_get_the_link_to_choose_and_the_buyer_reads_who_was_asked(standin, workshop):
    order = buy(standin, workshop, by=buyer("ada@example.org", "Ada Field"))

    cancel(workshop)

    offer = RebookingOffer.objects.get()
    to_attendee = Message.objects.get(key=f"rebooking:{offer.pk}:offer")
    to_buyer = Message.objects.get(key=f"order:{order.pk}:workshop-cancelled:{offer.pk}")
    assert (to_attendee.to, to_buyer.to) == ("noor@example.org", "ada@example.org")
    assert "Our presenter is ill." in to_attendee.text
    assert offer.get_absolute_url() in to_attendee.text
    assert offer.secret not in to_buyer.text
    assert "Noor Haddad, noor@example.org: £105.00" in to_buyer.text


def test_who_booked_for_herself_gets_one_mail(standin, workshop):
    buy(standin, workshop)
    before = Message.objects.count()

    cancel(workshop)

    assert Message.objects.count() == before + 1


def test_a_free_place_ends_with_a_mail(standin, workshop):
    free = NewTicket(workshop.ticket_types.get(), "Lea Roth", "lea@example.org", "Europe/Paris")
    ticket = give_place(workshop, ticket=free)

    cancel(workshop)

    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.CANCELLED
    assert Message.objects.get(key=f"ticket:{ticket.pk}:workshop-cancelled").to == "lea@example.org"


def test_unpaid_orders_end_and_their_payment_pages_are_closed(standin, workshop):
    order = place(workshop)
    open_session(order)
    cancel(workshop)

    workshop_cancellation.follow_up()

    assert state(order) == (Order.Status.CANCELLED, NOTHING, ["cancelled"])
    assert [each["status"] for each in standin.sessions] == ["expired"]
    assert "there is nothing to pay" in Message.objects.get(key=f"order:{order.pk}:workshop-cancelled").text


def test_an_order_that_was_paid_at_that_very_moment_gets_its_offer_or_its_money(standin, workshop):
    order = place(workshop)
    standin.pay(open_session(order))

    cancel(workshop)
    workshop_cancellation.follow_up()

    status, balance, _ = state(order)
    has_offer = RebookingOffer.objects.filter(line__order=order).exists()
    assert (status, has_offer) == (Order.Status.PAID, True) or (status, balance) == (Order.Status.REFUNDED, NOTHING)
    assert problems() == []


def test_without_an_answer_from_stripe_the_unpaid_order_is_ended_later(standin, workshop):
    order = place(workshop)
    open_session(order)
    standin.faults.add(method="POST", path="*", kind="drop_before")

    cancel(workshop)
    workshop_cancellation.follow_up()
    before = state(order)[0]
    standin.faults.clear()
    workshop_cancellation.follow_up()

    assert (before, state(order)[0]) == (Order.Status.PENDING, Order.Status.CANCELLED)


def test_the_waiting_list_is_closed(workshop):
    WaitingListEntry.objects.create(workshop=workshop, email="lea@example.org", email_key="lea@example.org")

    cancel(workshop)

    assert WaitingListEntry.objects.get().status == WaitingListEntry.Status.CLOSED


def test_doing_it_again_tells_nobody_twice(standin, workshop):
    buy(standin, workshop, 2)
    cancel(workshop)
    before = (Message.objects.count(), RebookingOffer.objects.count())

    with pytest.raises(NotCancellable):
        cancel(workshop)

    assert workshop_cancellation.follow_up() == 0
    assert (Message.objects.count(), RebookingOffer.objects.count()) == before


def test_what_a_dead_process_left_over_is_done_by_the_worker(standin, workshop):
    order = buy(standin, workshop)
    Workshop.objects.filter(pk=workshop.pk).update(status=Workshop.Status.CANCELLED, cancelled_because="Ill.")

    done = workshop_cancellation.follow_up()

    assert (done, RebookingOffer.objects.get().line.order) == (1, order)


@pytest.mark.parametrize("status", [Workshop.Status.DRAFT, Workshop.Status.CANCELLED])
def test_only_a_published_workshop_is_cancelled(workshop, status):
    Workshop.objects.update(status=status)

    with pytest.raises(NotCancellable):
        cancel(workshop)


def test_what_is_affected_is_counted_before(standin, workshop):
    buy(standin, workshop, 2)
    place(workshop)
    give_place(workshop, ticket=NewTicket(workshop.ticket_types.get(), "Lea", "lea@example.org", "Europe/Paris"))

    found = workshop_cancellation.affected(workshop)

    assert (len(found.booked), len(found.free), len(found.unpaid), found.money) == (2, 1, 1, ALL * 2)


# Choosing ------------------------------------------------------------------------------


@pytest.fixture
def offer(standin, workshop):
    buy(standin, workshop)
    cancel(workshop)
    return RebookingOffer.objects.get()


def test_the_choices_are_other_runs_of_the_course_and_cost_nothing_more(offer, workshop):
    cheaper, dearer = another_run(workshop, "80.00"), another_run(workshop, "120.00")
    make_workshop(course=make_course())

    found = {quote.ticket_type.workshop: quote.difference for quote in rebooking.choices_for(offer)}

    assert found == {cheaper: Decimal("-25.00"), dearer: NOTHING}


def test_another_run_is_taken_at_no_extra_cost(offer, workshop, standin):
    new = take(offer, another_run(workshop, "120.00"))

    offer.refresh_from_db()
    assert (offer.status, state(offer.line.order)[:2]) == (Status.MOVED, (Order.Status.REFUNDED, NOTHING))
    assert (state(new), new.total, new.discount_amount) == (
        (Order.Status.PAID, ALL, ["confirmed"]),
        ALL,
        Decimal("15.00"),
    )
    assert (new.discount_words, sent_back(standin), problems()) == (rebooking.WAIVED, [], [])


def test_a_cheaper_run_brings_the_difference_back(offer, workshop, standin):
    new = take(offer, another_run(workshop, "80.00"), Decimal("-25.00"))

    assert (state(new)[:2], sent_back(standin), problems()) == ((Order.Status.PAID, Decimal("80.00")), [2500], [])


def test_everything_comes_back_however_late_it_is(offer, standin):
    rebooking.refund(offer, shown=ALL)

    offer.refresh_from_db()
    assert (offer.status, state(offer.line.order)) == (Status.REFUNDED, (Order.Status.REFUNDED, NOTHING, ["cancelled"]))
    assert (sent_back(standin), problems()) == ([10500], [])


def test_who_decides_first_decides(offer, workshop, standin):
    rebooking.refund(offer, shown=ALL)
    rebooking.refund(offer, shown=ALL)

    with pytest.raises(rebooking.Decided):
        take(offer, another_run(workshop))

    assert sent_back(standin) == [10500]


def test_the_buyer_who_cancels_the_place_decides_the_offer(offer, standin):
    order = offer.line.order

    cancellations.cancel_places(order, tickets=[offer.line.ticket], shown=ALL)

    offer.refresh_from_db()
    assert (offer.status, sent_back(standin), problems()) == (Status.REFUNDED, [10500], [])


def test_another_amount_than_the_one_shown_sends_nothing(offer, standin):
    with pytest.raises(AmountChanged):
        rebooking.refund(offer, shown=NOTHING)

    assert sent_back(standin) == []


def test_what_was_promised_comes_back_whatever_becomes_of_the_workshop(offer, workshop, standin, time_machine):
    Workshop.objects.update(status=Workshop.Status.PUBLISHED, cancelled_because="")

    found = [words for _, _, words in problems()]
    time_machine.move_to(offer.refund_at, tick=False)
    rebooking.refund_the_silent()

    assert found == ["it is open, and its workshop is not cancelled"]
    assert (sent_back(standin), state(offer.line.order)[1]) == ([10500], NOTHING)


def test_after_a_week_of_silence_the_money_goes_back_even_when_the_day_has_passed(offer, standin, time_machine):
    time_machine.move_to(offer.refund_at - timedelta(seconds=1), tick=False)
    before = rebooking.refund_the_silent()
    time_machine.move_to(offer.refund_at, tick=False)

    done = [rebooking.refund_the_silent(), rebooking.refund_the_silent()]

    offer.refresh_from_db()
    assert (before, done, offer.status, sent_back(standin)) == (0, [1, 0], Status.REFUNDED, [10500])
    assert problems() == []


def test_while_a_bank_asks_for_the_money_silence_sends_nothing(offer, standin, time_machine):
    payment = offer.line.order.payments.get()
    Dispute.objects.create(payment=payment, dispute_id="dp_1", amount=ALL, status=Dispute.Status.NEEDS_RESPONSE)
    time_machine.move_to(offer.refund_at)

    assert (rebooking.refund_the_silent(), sent_back(standin)) == (0, [])


def test_a_place_whose_money_went_back_at_stripe_ends_without_a_second_refund(offer, standin, time_machine):
    order = offer.line.order
    Order.objects.filter(pk=order.pk).update(status=Order.Status.REFUNDED)
    time_machine.move_to(offer.refund_at)

    rebooking.refund_the_silent()

    offer.refresh_from_db()
    assert (offer.status, offer.line.ticket.status, sent_back(standin)) == (Status.REFUNDED, "cancelled", [])


def test_a_free_place_of_an_order_ends_by_silence_too(standin, workshop, time_machine):
    free = make_workshop(price="0.00")
    order = buy(standin, free)
    cancel(free)
    offer = RebookingOffer.objects.get()
    time_machine.move_to(offer.refund_at)

    rebooking.refund_the_silent()

    offer.refresh_from_db()
    assert (offer.status, state(order)[0], problems()) == (Status.REFUNDED, Order.Status.CLOSED, [])


def test_late_money_for_a_cancelled_workshop_never_stays_unseen(standin, workshop):
    order = place(workshop)
    session_id = open_session(order)
    standin.pay(session_id)
    Workshop.objects.update(status=Workshop.Status.CANCELLED)

    settle.settle(as_stripe_sees_it(session_id))
    workshop_cancellation.follow_up()

    assert problems() == []
    assert state(order)[0] == Order.Status.REFUNDED or RebookingOffer.objects.filter(line__order=order).exists()
    assert Payment.objects.get().status == Payment.Status.PAID


@pytest.mark.parametrize(
    "ends_it", [lambda ticket: taking_back.take_back([ticket]), lambda _: due.follow_up_cancelled_workshops()]
)
def test_a_choice_ends_with_its_place_when_the_money_went_back_in_the_dashboard(standin, workshop, ends_it):
    order = buy(standin, workshop)
    cancel(workshop)
    standin.refund_from_dashboard(order.payments.get().intent_id)
    reconcile.find_untold_refunds()

    ends_it(Ticket.objects.get())

    assert (Ticket.objects.get().status, RebookingOffer.objects.get().status) == ("cancelled", Status.REFUNDED)
    assert (state(order)[:2], problems()) == ((Order.Status.REFUNDED, NOTHING), [])
