"""Where money goes back to: the words are true for cards, for transfers, and for both."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.models import Ticket
from orders.changes import cancellations, moves
from orders.models import Order, RebookingOffer, Refund
from orders.settling import settle, transfers_back, workshop_cancellation
from outbox.models import Message
from tests.builders import make_refund_tiers, make_sale_terms, make_workshop
from tests.markup import words_of
from tests.orders.invoices import invoice, make_invoicing_practice, transfer
from tests.orders.purchases import as_stripe_sees_it, buy, open_session

pytestmark = pytest.mark.django_db(transaction=True)
TO_ACCOUNT = "goes back to the account that it came from, by bank transfer. It may take a few working days."


@pytest.fixture
def order():
    """Two places that an organisation has paid for, in sixty days."""
    make_invoicing_practice(refund_free_days=14)
    make_refund_tiers((14, 100))
    placed = invoice(make_workshop(day=timezone.localdate() + timedelta(days=60)), 2)
    transfer(placed)
    return Order.objects.get(pk=placed.pk)


def move(line, to, **options):
    quote = moves.quote_move(line, to.ticket_types.get())
    return moves.move_place(moves.MoveWish(line, quote.ticket_type, quote.difference, uuid4()), **options)


def test_a_refund_by_hand_is_told_of_as_what_it_is(client, order):
    cancellations.cancel_places(order, tickets=[Ticket.objects.first()], shown=Decimal("105.00"))
    waiting = words_of(client.get(order.get_absolute_url()))
    transfers_back.mark_sent(Refund.objects.get())
    sent = words_of(client.get(order.get_absolute_url()))

    assert "£105.00 for Noor Haddad. We send it to the account that it came from, within a few working days." in waiting
    assert "£105.00 for Noor Haddad. It was sent to the account that it came from." in sent
    assert ("your card" in waiting, "your card" in sent) == (False, False)


def test_the_difference_of_a_move_goes_back_to_the_account(client, order):
    line, to = order.lines.first(), make_workshop(price="80.00")

    page = words_of(
        client.get(reverse("orders:move_place", args=[order.secret, line.pk]), {"to": to.ticket_types.get().pk})
    )
    new = move(line, to)

    assert f"The difference {TO_ACCOUNT}" in page
    receipt = Message.objects.get(key=f"order:{new.pk}:confirmation").text
    assert "Goes back to the account that it came from: £25.00\n" in receipt


def test_so_does_the_money_for_a_workshop_that_we_cancelled(client, order):
    workshop_cancellation.cancel_workshop(order.workshop, because="Our presenter is ill.")
    offer = RebookingOffer.objects.first()

    before = words_of(client.get(offer.get_absolute_url()))
    client.post(offer.get_absolute_url(), {"shown": "105.00"})

    assert f"It {TO_ACCOUNT} If we hear nothing from you, that happens by itself" in before
    assert f"£105.00 {TO_ACCOUNT}" in words_of(client.get(offer.get_absolute_url()))


def test_a_transfer_that_came_after_we_cancelled_goes_back_to_the_account(client, order):
    late = invoice(order.workshop)
    workshop_cancellation.cancel_workshop(order.workshop, because="Our presenter is ill.")

    transfer(late)

    told = Message.objects.get(key=f"order:{late.pk}:unseated").text
    assert f"All that you paid, £105.00, {TO_ACCOUNT} You need do nothing." in told
    assert f"All of it {TO_ACCOUNT}" in words_of(client.get(late.get_absolute_url()))


def test_money_that_came_both_ways_goes_back_both_ways(order, standin):
    new = move(order.lines.first(), make_workshop(price="125.00"))
    session_id = open_session(new)
    standin.pay(session_id)
    settle.settle(as_stripe_sees_it(session_id))

    assert Order.objects.get(pk=new.pk).way_back.startswith("the way that it came: to the card, and by bank transfer")


def test_who_pays_too_late_for_a_move_is_told_that_the_difference_goes_back(standin):
    make_sale_terms(refund_free_days=14)
    paid = buy(standin, make_workshop())
    new = move(paid.lines.get(), make_workshop(price="180.00"))
    session_id = open_session(new)
    cancellations.cancel_places(paid, tickets=[Ticket.objects.confirmed().get()], shown=Decimal("105.00"))

    standin.pay(session_id)
    settle.settle(as_stripe_sees_it(session_id))

    told = Message.objects.get(key=f"order:{new.pk}:unseated")
    assert told.subject == "The place was not moved: the money goes back to you"
    assert "The whole amount of £75.00 goes back to the card that you paid with." in told.text
    assert "last place" not in told.text
