"""The process dies in the middle of a move, or while we cancel a workshop; the worker's next round makes it whole."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connections

from courses.models import Workshop
from orders.books import books
from orders.changes import moves
from orders.models import Order, Payment, RebookingOffer
from outbox.models import Message
from tests.builders import make_practice, make_refund_tiers, make_workshop
from tests.orders.histories import untold
from tests.orders.purchases import buy, buyer, open_session, place

pytestmark = pytest.mark.django_db(transaction=True)
Status = Order.Status


@pytest.fixture(autouse=True)
def _policy(standin):
    make_practice()
    make_refund_tiers((14, 100))
    standin.webhooks.mode = "drop"


def problems():
    found = [*books.findings(), *books.findings_at_stripe(Payment.objects.all())]
    return [(each.rule, each.about, each.words) for each in found] + untold()


@pytest.mark.parametrize("point", ["money written", "money recorded", "place written", "place decided"])
def test_a_difference_that_was_paid_moves_the_place_whole_or_not_at_all(point, standin, sites):
    old = buy(standin, make_workshop())
    to = make_workshop(price="120.00").ticket_types.get()
    new = moves.move_place(moves.MoveWish(old.lines.get(), to, Decimal("15.00"), uuid4()))
    standin.pay(open_session(new))

    ended = sites.run("reconcile", checkpoint=point)
    connections.close_all()
    halfway = (Order.objects.get(pk=old.pk).status, Order.objects.get(pk=new.pk).status)
    sites.run("reconcile")
    connections.close_all()

    whole = (Status.REFUNDED, Status.PAID)
    assert (ended, halfway in {(Status.PAID, Status.PENDING), whole}) == (9, True)
    assert (Order.objects.get(pk=old.pk).status, Order.objects.get(pk=new.pk).status, problems()) == (*whole, [])


@pytest.mark.parametrize("point", ["one of them told", "places given back", "page closed at Stripe"])
def test_everybody_of_a_cancelled_workshop_is_told_once(point, standin, sites):
    workshop = make_workshop()
    for name in ("ada", "lea"):
        buy(standin, workshop, by=buyer(f"{name}@example.org"))
    open_session(place(workshop))
    Workshop.objects.filter(pk=workshop.pk).update(status=Workshop.Status.CANCELLED, cancelled_because="Ill.")

    ended = sites.run("worker", "--once", checkpoint=point)
    sites.run("worker", "--once")
    connections.close_all()

    told = Message.objects.filter(subject__startswith="Cancelled: ")
    assert (ended, RebookingOffer.objects.count(), problems()) == (9, 2, [])
    assert told.count() == 5  # two attendees, their two buyers, and the one who had not paid
