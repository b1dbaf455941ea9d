"""Sixty steps in an order that nobody would think of; the rules of the sale hold after each of them."""

import random
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from courses.models import Ticket
from courses.places import NewTicket, SoldOut
from orders import attendees, books, checkout, codes, events, reconcile
from orders.models import DiscountCode, Order, Payment, Refund
from orders.stripe_api import StripeUnavailable
from outbox.models import Message
from tests.builders import make_discount, make_practice, make_workshop
from tests.orders.purchases import buyer, place

pytestmark = pytest.mark.django_db(transaction=True)
SEEDS, STEPS = range(1, 5), 60
PEOPLE = ["ada@example.org", "lea@example.org", "noor@example.org", "sam@example.org"]
TRANSIENT = {"money is decided on", "an unseated order is being refunded"}  # between a crash and the next round


class Walk:
    """A workshop of four places, four people with a code each, and a Stripe whose words get lost and mixed up."""

    def __init__(self, seed, standin, clock):
        self.chance = random.Random(seed)
        self.standin, self.clock, self.now = standin, clock, timezone.now()
        self.workshop = make_workshop(capacity=4, day=(self.now + timedelta(days=90)).date())
        self.codes = [str(codes.issue_code(discount=make_discount(), email=who, percent=20)) for who in PEOPLE]
        standin.webhooks.mode = "drop"  # words are told by hand

    def step(self):
        steps = {
            self.hold: 6,
            self.open_page: 6,
            self.pay: 6,
            self.decline: 1,
            self.pay_slowly: 1,
            self.bank_speaks: 2,
            self.tell_something: 10,
            self.tell_again: 2,
            self.time_passes: 4,
            self.page_expires: 1,
            self.give_back: 2,
            self.refund_at_the_dashboard: 2,
            self.give_free_place: 1,
            self.take_place_back: 3,
            self.work_comes_due: 3,
            self.stripe_is_away: 2,
        }
        [action] = self.chance.choices(list(steps), list(steps.values()))
        with suppress(SoldOut, checkout.SaleClosed, checkout.HoldEnded, codes.CodeNotUsable, StripeUnavailable):
            action()
        return action.__name__

    def hold(self):
        number = self.chance.randrange(len(PEOPLE))
        code = self.chance.choice(["", self.codes[number]])
        place(self.workshop, self.chance.choice([1, 1, 2]), by=buyer(PEOPLE[number]), code=code)

    def open_page(self):
        if order := self._any(Order.objects.filter(status__in=["pending", "lapsed"])):
            checkout.start_payment(order)

    def pay(self, method="card"):
        if session := self._any_session("open", "unpaid"):
            self.standin.pay(session["id"], method)

    def decline(self):
        self.pay("decline")

    def pay_slowly(self):
        self.pay("delayed")

    def bank_speaks(self):
        if session := self._any_session("complete", "unpaid"):
            with suppress(ValueError):  # it has spoken before
                self.standin.settle_delayed(session["id"], succeeded=self.chance.random() < 0.6)

    def tell_something(self):
        """Any word that was ever said: late, for the first time or once more."""
        if told := self.standin.events:
            events.receive(self.chance.choice(told[-8:]))

    def tell_again(self):
        if told := self.standin.events:
            event = self.chance.choice(told)
            assert events.receive(event) == events.receive(event)

    def time_passes(self):
        self.now += timedelta(minutes=self.chance.choice([5, 20, 36, 46, 60]))
        self.clock.move_to(self.now, tick=False)

    def page_expires(self):
        if session := self._any_session("open", "unpaid"):
            self.standin.expire(session["id"])

    def give_back(self):
        if order := self._any(Order.objects.all()):
            reconcile.give_back(order)

    def refund_at_the_dashboard(self):
        paid = [session for session in self.standin.sessions if session["payment_status"] == "paid"]
        if paid:
            intent = self.chance.choice(paid)["payment_intent"]
            left = self._left_at_stripe(intent)
            if left:
                self.standin.refund_from_dashboard(intent, amount=self.chance.choice([left, left, max(1, left // 2)]))

    def give_free_place(self):
        ticket_type = self.workshop.ticket_types.get()
        guest = NewTicket(ticket_type, "Guest", "guest@example.org", "Europe/London")
        attendees.give_free_place(self.workshop, ticket=guest)

    def take_place_back(self):
        if ticket := self._any(Ticket.objects.filter(status=Ticket.Status.CONFIRMED)):
            attendees.take_back([ticket])

    def work_comes_due(self):
        for work in self.chance.sample(DUE, len(DUE)):
            work()

    def stripe_is_away(self):
        kind = self.chance.choice(["drop_before", "drop_after", "status"])
        method = self.chance.choice(["GET", "POST"])
        self.standin.faults.add(method=method, path="*", kind=kind, times=self.chance.choice([1, 2]))

    def end(self):
        """Stripe answers again, tells everything that it ever said, and the worker has its turns."""
        self.standin.faults.clear()
        for event in self.chance.sample(self.standin.events, len(self.standin.events)) + self.standin.events:
            events.receive(event)
        self.now += timedelta(minutes=46)
        self.clock.move_to(self.now, tick=False)
        for work in DUE * 2:
            work()

    def _any(self, rows):
        return self.chance.choice(found) if (found := list(rows.order_by("pk"))) else None

    def _any_session(self, status, payment_status):
        wanted = (status, payment_status)
        found = [each for each in self.standin.sessions if (each["status"], each["payment_status"]) == wanted]
        return self.chance.choice(found) if found else None

    def _left_at_stripe(self, intent):
        [charge] = [
            each for each in self.standin.charges if each["payment_intent"] == intent and each["status"] == "succeeded"
        ]
        return charge["amount"] - charge["amount_refunded"]


DUE = [reconcile.open_attempts, reconcile.undecided_money, reconcile.ended_holds, reconcile.unsent_refunds]


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happens_in_whatever_order_the_rules_hold(seed, standin, time_machine):
    make_practice()
    time_machine.move_to(timezone.now(), tick=False)
    walk = Walk(seed, standin, time_machine)

    for number in range(STEPS):
        name = walk.step()

        assert (number, name, broken(walk)) == (number, name, [])
        if number % 6 == 0:
            found = [str(each) for each in books.findings() if each.rule not in TRANSIENT]
            assert (number, name, found) == (number, name, [])
    walk.end()

    assert broken(walk) + [str(each) for each in books.findings()] == []
    assert [str(each) for each in books.findings_at_stripe(Payment.objects.filter(status="paid"))] == []
    assert unfinished() == []


def broken(walk):
    """The rules that do not wait for anybody, of the rows as they are now."""
    return [*_broken_places(walk.workshop), *_broken_money(), *_broken_words()]


def _broken_places(workshop):
    numbers = list(workshop.tickets.occupying().values_list("place_number", flat=True))
    if len(numbers) > workshop.capacity or len(set(numbers)) < len(numbers):
        yield f"places {numbers}"
    seated = Ticket.objects.filter(status=Ticket.Status.CONFIRMED)
    for order in Order.objects.filter(status=Order.Status.PAID):
        if order.lines.exclude(ticket__in=seated).exists():
            yield f"order {order} is paid without its places"


def _broken_money():
    for payment in Payment.objects.all():
        back = payment.refunds.filter(status__in=[Refund.Status.PENDING, Refund.Status.SUCCEEDED])
        if sum((refund.amount for refund in back), Decimal()) > (payment.received or 0):
            yield f"more went back than {payment.received}"
    for order in Order.objects.all():
        if order.balance() < 0 and not Refund.objects.filter(payment__order=order, status="requested").exists():
            yield f"order {order} has a balance of {order.balance()}"


def _broken_words():
    live = Order.objects.filter(status__in=books.LIVE).exclude(discount_code=None)
    uses = Counter(live.values_list("discount_code", flat=True))
    if max(uses.values(), default=0) > 1:
        yield f"codes {uses}"
    if DiscountCode.objects.filter(status=DiscountCode.Status.REDEEMED).exclude(orders__in=live).exists():
        yield "a code is used by no order"
    mails = Counter(Message.objects.values_list("key", flat=True))
    for order in Order.objects.filter(status=Order.Status.PAID):
        if mails[f"order:{order.pk}:confirmation"] != 1:
            yield f"order {order} was not confirmed by mail"


def unfinished():
    orders = Order.objects.filter(status=Order.Status.PENDING, held_until__lte=timezone.now())
    return [f"order {order} is {order.status}" for order in orders]
