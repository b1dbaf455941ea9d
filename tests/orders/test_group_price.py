"""A group price is for a group: what happens when it becomes too small for it."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.models import Ticket
from orders.books import books
from orders.changes import cancellations, moves
from orders.changes.cancellations import Decision
from orders.changes.moves import MoveWish
from orders.checkout import paying
from orders.models import Order, Refund
from orders.pricing.refund_policy import refund_for
from orders.settling import events, workshop_cancellation
from outbox.models import Message
from practice.refund_policy import group_sentence
from tests.builders import make_refund_tiers, make_sale_terms, make_terms, make_workshop
from tests.orders.purchases import buy

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _policy():
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100), (7, 50))


def group_of_three(standin, days=30):
    """240 for three places of 100."""
    day = timezone.localdate() + timedelta(days=days)
    return buy(standin, make_workshop(day=day, price="100.00", group_places=3, group_percent=20), 3)


def booked(order):
    return list(order.lines.filter(ticket__status=Ticket.Status.CONFIRMED).select_related("ticket__ticket_type"))


def cancel(order, count=1):
    """By the policy, as the page showed it; returns what comes back."""
    lines = booked(order)[:count]
    shown = refund_for(order, lines, timezone.now()).total
    return cancellations.cancel_places(order, tickets=[line.ticket for line in lines], shown=shown).total


def rules_broken():
    return [finding.rule for finding in books.findings()]


@pytest.mark.parametrize(
    ("days", "steps", "back"),
    [
        (30, [1, 1, 1], ["40", "100", "100"]),
        (30, [2, 1], ["140", "100"]),
        (30, [3], ["240"]),
        (10, [1, 1, 1], ["0", "50", "50"]),  # half comes back: 40, all of which the others lack
        (10, [2, 1], ["60", "50"]),
        (3, [1, 2], ["0", "0"]),
    ],
)
def test_who_leaves_a_group_pays_what_those_lack_who_stay(standin, days, steps, back):
    order = group_of_three(standin, days)

    assert ([cancel(order, count) for count in steps], rules_broken()) == ([Decimal(each) for each in back], [])


def test_a_group_that_stays_large_enough_keeps_its_price(standin):
    workshop = make_workshop(day=timezone.localdate() + timedelta(days=30), price="100.00")
    workshop.group_places, workshop.group_percent = 2, 20
    workshop.save()
    order = buy(standin, workshop, 3)

    assert (cancel(order), [line.worth for line in booked(order)]) == (Decimal(80), [Decimal(80)] * 2)


def test_page_and_mail_say_the_same_sum_and_why(standin, client):
    order = group_of_three(standin)
    line = booked(order)[0]
    url = reverse("orders:cancel_place", args=[order.secret, line.pk])

    page = client.get(url).content.decode()
    client.post(url, {"shown": "40.00"})

    why = "everything comes back. £40.00 less: the group price ends for those who stay."
    mail = Message.objects.get(key__startswith=f"order:{order.pk}:cancelled:")
    assert (why in page, "Cancel it and get £40.00 back" in page) == (True, True)
    assert (why in mail.text, "£40.00 comes back" in mail.text, why in mail.html) == (True, True, True)


def test_it_is_said_before_anybody_books_and_with_the_booking(standin, client):
    make_terms()
    order = group_of_three(standin)
    page = client.get(f"{reverse('orders:book', args=[order.workshop.slug])}?places=3").content.decode()

    words = group_sentence(3)
    assert (words in page, words in client.get(order.get_absolute_url()).content.decode()) == (True, True)
    assert words in Message.objects.get(key=f"order:{order.pk}:confirmation").text


def test_a_workshop_that_we_cancel_brings_back_what_was_paid(standin):
    order = group_of_three(standin)
    workshop_cancellation.cancel_workshop(order.workshop, because="Ill.")
    order.workshop.refresh_from_db()

    assert refund_for(order, booked(order)[:1], timezone.now()).total == Decimal(80)


def test_the_desk_may_decide_otherwise(standin):
    order = group_of_three(standin)
    tickets = [booked(order)[0].ticket]

    decision = Decision(Decimal(80), "As agreed.")
    cancellations.cancel_at_desk(order, tickets=tickets, decision=decision, shown=Decimal(80))

    assert [line.worth for line in booked(order)] == [Decimal(80)] * 2


def test_a_place_that_moves_away_leaves_what_the_others_lack(standin):
    order = group_of_three(standin)
    elsewhere = make_workshop(price="30.00")
    line = booked(order)[0]

    quote = moves.quote_move(line, elsewhere.ticket_types.first())
    new = moves.move_place(MoveWish(line, elsewhere.ticket_types.first(), quote.difference, uuid4()))

    assert (quote.available, quote.kept, quote.comes_back) == (Decimal(40), Decimal(40), Decimal(10))
    order.refresh_from_db()
    assert (new.balance(), order.balance(), [each.worth for each in booked(order)]) == (30, 200, [100, 100])
    assert (cancel(order, 2), rules_broken()) == (Decimal(200), [])


def dearer_move(order, line):
    """To a workshop of 150, as the page showed it; the difference is not paid yet."""
    to = make_workshop(price="150.00").ticket_types.get()
    return moves.move_place(MoveWish(line, to, moves.quote_move(line, to).difference, uuid4()))


def pay(standin, order):
    standin.pay(paying.start_payment(order).session_id)
    events.receive(standin.events[-1])


def test_what_somebody_left_behind_meanwhile_comes_back_with_a_move_that_waited(standin):
    order = group_of_three(standin)
    first, second = (dearer_move(order, line) for line in booked(order)[:2])

    pay(standin, first)
    pay(standin, second)

    back = Refund.objects.exclude(status=Refund.Status.SUCCEEDED, refund_id="").get()
    assert ([first.credit, second.credit], back.amount, back.reason) == ([40, 40], 60, moves.MORE_LEFT)
    assert (order.balance(), [each.balance() for each in (first, second)], rules_broken()) == (100, [150, 150], [])


def test_a_move_that_waits_ends_when_the_group_became_too_small_for_what_it_brings(standin):
    workshop = make_workshop(price="100.00", group_places=3, group_percent=20)
    order = buy(standin, workshop, 4)
    new = dearer_move(order, booked(order)[0])
    last = booked(order)[-1]
    shown = refund_for(order, [last], timezone.now()).total
    cancellations.cancel_places(order, tickets=[last.ticket], shown=shown)

    pay(standin, new)

    new.refresh_from_db()
    assert (new.credit, new.status, new.balance()) == (80, Order.Status.REFUNDED, 0)
    assert (order.balance(), len(booked(order)), rules_broken()) == (240, 3, [])


def test_an_order_from_before_the_rule_keeps_what_it_was_promised(standin):
    order = group_of_three(standin)
    Order.objects.update(group_places=None)
    order.refresh_from_db()

    assert cancel(order) == Decimal(80)
