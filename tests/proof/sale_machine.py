"""A sale that takes whatever steps hypothesis thinks of, while words get lost, Stripe is away and processes die.

Every rule of the machine is one thing that a buyer, the desk, a bank, Stripe, the worker or the clock may do at any
moment. What cannot be done just now is refused or does nothing, as on the site.
"""

import re
from collections import Counter
from contextlib import contextmanager, suppress
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from courses import offers, waiting
from courses.models import Ticket, WaitingListEntry
from courses.places import Attendee, NewTicket, NotHandedOver, SoldOut, WorkshopCancelled
from kit import checkpoints
from orders import checkout, due, events, reconcile
from orders.bookkeeping import books
from orders.changes import attendees, cancellations, moves, rebooking, refunds, workshop_cancellation
from orders.changes.refund_policy import refund_for
from orders.invoices import invoicing, transfers
from orders.models import GeneralCode, Order, OrderLine, Payment, RebookingOffer, Refund
from orders.pricing import codes
from orders.stripe_api import StripeUnavailable
from outbox.models import Message
from tests.builders import at, make_discount, make_practice, make_refund_tiers, make_workshop
from tests.orders.histories import untold
from tests.orders.purchases import buyer, place, ticket
from tests.stripe_standin import StandIn

START = at("2027-01-11 09:00")
PEOPLE = ["ada@example.org", "lea@example.org", "noor@example.org"]
FOR_MANY = "SPRING27"
PAYER = invoicing.Payer("Withy Trust", "1 Osier Yard")
REFUSALS = (
    *(SoldOut, checkout.SaleClosed, checkout.HoldEnded, codes.CodeNotUsable, StripeUnavailable, NotHandedOver),
    WorkshopCancelled,
    *(cancellations.TooLate, cancellations.AmountChanged, refunds.TooMuch, refunds.NotFailed),
    *(moves.MayNotMove, invoicing.NotByInvoice, offers.OfferEnded, offers.OfferInUse),
    *(waiting.PlacesAreFree, waiting.WaitingListClosed),
    *(transfers.NotAwaited, transfers.NotByHand, rebooking.Decided, workshop_cancellation.NotCancellable),
)
NAMED = re.compile(r'checkpoint\("([^"]+)"\)')
SOURCES = [path for app in ("orders", "courses") for path in Path(settings.BASE_DIR, app).rglob("*.py")]
POINTS = sorted({name for path in SOURCES for name in NAMED.findall(path.read_text())})
OS = checkpoints.os
UNTIL_REPAIRED = {"money is decided on", "a cancelled workshop asks everybody"}  # a dead process leaves it to the next
FOR_THE_DESK = {"a failed refund is sent again"}  # a person decides, at any time
DUE = [
    *(due.open_attempts, due.undecided_money, due.ended_holds, due.unsent_refunds),
    *(due.missing_documents, offers.offer_everywhere, due.cancelled_workshops, due.silent_offers, due.untold_refunds),
]
TABLES = [
    model._meta.db_table
    for app in ("orders", "courses", "outbox", "practice", "accounts")
    for model in apps.get_app_config(app).get_models(include_auto_created=True)
]

nth = st.integers(0, 5)
person = st.integers(0, len(PEOPLE) - 1)
code = st.sampled_from(["own", "general", "none"])
minutes = st.sampled_from([5, 20, 36, 46, 60, 200, 8 * 24 * 60])


class NothingThere(Exception):
    """The step needs a row that does not exist yet."""


class Died(BaseException):
    """The process came to the checkpoint at which it was to die."""


class Sale(RuleBasedStateMachine):
    """Two small workshops, three people with a code each, and a Stripe that tells nothing by itself."""

    def __init__(self, clock):
        super().__init__()
        self.clock, self.now = clock, START
        self.clock.move_to(START, tick=False)
        self.standin = StandIn(secret_key=settings.STRIPE_SECRET_KEY, webhook_secret="whsec_standin_tests").start()
        settings.STRIPE_API_BASE = self.standin.url
        self.standin.webhooks.mode = "drop"
        make_practice(takes_invoices=True, bank_details="Withy Rooms, 20-00-00, 12345678")
        make_refund_tiers((30, 100), (7, 50))
        day = START.date() + timedelta(days=40)
        self.workshops = [make_workshop(capacity=3, day=day), make_workshop(capacity=2, day=day, price="120.00")]
        self.codes = [str(codes.issue_code(discount=make_discount(), email=who, percent=20)) for who in PEOPLE]
        ends_at = START + timedelta(days=60)
        GeneralCode.objects.create(
            code=FOR_MANY, name="Spring", percent=10, starts_at=START, ends_at=ends_at, most_uses=2
        )
        self.process = checkpoints.os = SimpleNamespace(environ={}, getpid=lambda: 0, kill=self._die)
        self.is_repaired, self.found = True, []

    # What buyers do

    @rule(who=person, places=st.integers(1, 2), which=st.integers(0, 1), code=code)
    def hold(self, who, places, which, code):
        with self.step():
            self._order(who, places, which, code)

    @rule(who=person, places=st.integers(1, 2), which=st.integers(0, 1), code=code, is_told=st.booleans())
    def buy(self, who, places, which, code, is_told):
        with self.step():
            order = self._order(who, places, which, code)
            session_id = checkout.start_payment(order).session_id
            self.standin.pay(session_id)
            if is_told:
                events.receive(self.standin.events[-1])

    @rule(which=nth)
    def open_page(self, which):
        with self.step():
            order = self._one(Order.objects.filter(status__in=["pending", "lapsed"]), which)
            checkout.start_payment(order)

    @rule(which=nth, method=st.sampled_from(["card", "card", "delayed", "decline"]))
    def pay(self, which, method):
        with self.step():
            session = self._session(which, "open", "unpaid")
            self.standin.pay(session["id"], method)

    @rule(which=nth)
    def give_back(self, which):
        with self.step():
            order = self._one(Order.objects.all(), which)
            reconcile.give_back(order)

    @rule(which=nth, places=st.integers(1, 2))
    def cancel(self, which, places):
        with self.step():
            order = self._one(Order.objects.filter(status="paid"), which)
            tickets = checkout.tickets_of(order)[:places]
            shown = refund_for(order, cancellations.lines_to_cancel(order, tickets), timezone.now()).total
            cancellations.cancel_places(order, tickets=tickets, shown=shown)

    @rule(which=nth, whom=person)
    def hand_over(self, which, whom):
        with self.step():
            order = self._one(Order.objects.filter(status="paid"), which)
            to = Attendee("Colleague", PEOPLE[whom], "Europe/Paris")
            attendees.hand_over(order, ticket=checkout.tickets_of(order)[0], to=to)

    @rule(who=person, places=st.integers(1, 2), which=st.integers(0, 1))
    def book_by_invoice(self, who, places, which):
        with self.step():
            workshop = self.workshops[which]
            tickets = [ticket(workshop.ticket_types.get())] * places
            by = buyer(PEOPLE[who])
            invoicing.place_invoice_order(workshop, tickets=tickets, buyer=by, payer=PAYER, key=uuid4())

    @rule(which=nth, at_desk=st.booleans())
    def move_to_the_other_workshop(self, which, at_desk):
        with self.step():
            line = self._one(OrderLine.objects.filter(order__status="paid", ticket__status="confirmed"), which)
            [other] = [each for each in self.workshops if each.pk != line.order.workshop_id]
            to = other.ticket_types.get()
            shown = moves.quote_move(line, to).difference
            moves.move_place(line.order, line=line, to=to, shown=shown, key=uuid4(), at_desk=at_desk)

    @rule(who=person, which=st.integers(0, 1))
    def wait(self, who, which):
        with self.step():
            waiting.join_waiting_list(workshop=self.workshops[which], email=PEOPLE[who])

    @rule(which=nth, places=st.integers(1, 2))
    def take_offer(self, which, places):
        with self.step():
            entry = self._one(WaitingListEntry.objects.filter(status="offered"), which)
            at_its = [each.pk for each in self.workshops].index(entry.workshop_id)
            self._order(PEOPLE.index(entry.email), places, at_its, "none", offer=entry.secret)

    @rule(which=nth)
    def give_offer_up(self, which):
        with self.step():
            offers.give_up(self._one(WaitingListEntry.objects.all(), which))

    # What the desk does

    @rule(which=nth, places=st.integers(1, 2), share=st.sampled_from([None, 0, 50, 100]))
    def cancel_at_desk(self, which, places, share):
        with self.step():
            order = self._one(Order.objects.filter(status="paid"), which)
            tickets = checkout.tickets_of(order)[:places]
            decision = None if share is None else self._decision(order, tickets, share)
            shares = cancellations.desk_shares(order, cancellations.lines_to_cancel(order, tickets), decision)
            shown = sum(each.amount for each in shares)
            cancellations.cancel_at_desk(order, tickets=tickets, shown=shown, decision=decision)

    @rule(which=nth, share=st.sampled_from([50, 100]))
    def refund_at_desk(self, which, share):
        with self.step():
            order = self._one(Order.objects.filter(status__in=["paid", "closed"]), which)
            tickets = checkout.tickets_of(order)
            decision = self._decision(order, tickets, share)
            cancellations.refund_at_desk(order, tickets=tickets, decision=decision, shown_left=order.balance())

    @rule(which=nth)
    def ask_for_failed_refund_again(self, which):
        with self.step():
            refund = self._one(Refund.objects.filter(status="failed"), which)
            refunds.ask_again(refund)

    @rule(which=nth, share=st.sampled_from([50, 100, 100]))
    def write_transfer_down(self, which, share):
        with self.step():
            order = self._one(Order.objects.exclude(invoice_due_on=None), which)
            amount, attempt = order.total * share / 100, transfers.next_attempt(order)
            transfers.record_transfer(order, amount=amount, received_on=self.now.date(), attempt=attempt)

    @rule(which=nth)
    def send_transfer_back(self, which):
        with self.step():
            transfers.send_back_by_hand(self._one(Order.objects.filter(status="review"), which))

    @rule(which=nth)
    def say_that_it_was_sent(self, which):
        with self.step():
            transfers.mark_sent(self._one(Refund.objects.filter(status="requested"), which))

    @rule()
    def cancel_a_workshop(self):
        """The second alone, so that there is another one to move to."""
        with self.step():
            workshop_cancellation.cancel_workshop(self.workshops[1], because="Our presenter is ill.")

    @rule(which=nth, is_moving=st.booleans())
    def answer_the_cancellation(self, which, is_moving):
        with self.step():
            offer = self._one(RebookingOffer.objects.all(), which)
            if is_moving:
                to = self.workshops[0].ticket_types.get()
                shown = moves.quote_move(offer.line, to, waive=rebooking.WAIVED).difference
                rebooking.take(offer, to=to, shown=shown, key=uuid4())
            else:
                rebooking.refund(offer, shown=rebooking.comes_back(offer))

    @rule(which=st.integers(0, 1))
    def give_free_place(self, which):
        with self.step():
            workshop = self.workshops[which]
            guest = NewTicket(workshop.ticket_types.get(), "Guest", "guest@example.org", "Europe/London")
            attendees.give_free_place(workshop, ticket=guest)

    @rule(which=nth)
    def take_place_back(self, which):
        with self.step():
            ticket = self._one(Ticket.objects.filter(status="confirmed"), which)
            attendees.take_back([ticket])

    # What happens at Stripe, and what it tells

    @rule(which=nth)
    def page_expires(self, which):
        with self.step():
            session = self._session(which, "open", "unpaid")
            self.standin.expire(session["id"])

    @rule(which=nth, has_money=st.booleans())
    def bank_speaks(self, which, has_money):
        with self.step(), suppress(ValueError):
            session = self._session(which, "complete", "unpaid")
            self.standin.settle_delayed(session["id"], succeeded=has_money)

    @rule(which=nth, share=st.sampled_from([50, 100]))
    def refund_at_the_dashboard(self, which, share):
        with self.step():
            session = self._session(which, "complete", "paid")
            intent = session["payment_intent"]
            if left := self._left_at_stripe(intent):
                self.standin.refund_from_dashboard(intent, amount=max(1, left * share // 100))

    @rule(which=nth)
    def refund_fails(self, which):
        with self.step(), suppress(ValueError):
            refund = self._chosen(self.standin.refunds, which)
            self.standin.fail_refund(refund["id"])

    @rule(which=nth, times=st.integers(1, 2))
    def tell(self, which, times):
        """One of the last words: late, for the first time or once more."""
        for _ in range(times):
            with self.step():
                event = self._chosen(self.standin.events[::-1], which)
                events.receive(event)

    @rule()
    def tell_everything(self):
        with self.step():
            for event in self.standin.events:
                events.receive(event)

    @rule(kind=st.sampled_from(["drop_before", "drop_after", "status"]), method=st.sampled_from(["GET", "POST"]))
    def be_away(self, kind, method):
        self.standin.faults.add(method=method, path="*", kind=kind)

    # What goes on by itself

    @rule(passed=minutes)
    def time_passes(self, passed):
        self._move_clock(passed)

    @rule(works=st.permutations(DUE))
    def work_comes_due(self, works):
        with self.step():
            for work in works:
                work()
            self.is_repaired = True

    @rule(point=st.sampled_from(POINTS))
    def die_at(self, point):
        self.process.environ["CHECKPOINT"] = point

    # What must hold

    @invariant()
    def the_rules_hold(self):
        """Those that wait for nobody, of the rows as they are now."""
        waits = FOR_THE_DESK if self.is_repaired else FOR_THE_DESK | UNTIL_REPAIRED
        found = [str(each) for each in books.findings() if each.rule not in waits]
        self.found = found + list(broken(self.workshops)) + untold()
        assert not self.found, self.found

    def teardown(self):
        try:
            if not self.found:
                self._end()
        finally:
            self.standin.close()
            checkpoints.os = OS
            connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), TABLES))

    def _end(self):
        """Stripe answers again and tells everything that it ever said; worker and desk do theirs: all is settled."""
        self.standin.faults.clear()
        self.process.environ.clear()
        for event in self.standin.events[::-1] + self.standin.events:
            events.receive(event)
        self._move_clock(46)
        for work in DUE * 3:
            work()
        for refund in Refund.objects.filter(status=Refund.Status.FAILED):
            with self.step():
                refunds.ask_again(refund)

        paid = Payment.objects.filter(status=Payment.Status.PAID)
        told = [*books.findings(), *books.findings_at_stripe(paid)]
        found = [*broken(self.workshops), *unfinished(), *map(str, told)]
        assert not found, found

    @contextmanager
    def step(self):
        """What is refused is refused, and who dies is dead; anything else that is raised ends the story."""
        try:
            yield
        except (NothingThere, *REFUSALS):
            pass
        except Died:
            self.is_repaired = False
        except BaseException as error:
            self.found = [repr(error)]
            raise

    def _order(self, who, places, which, code, **options):
        code = {"own": self.codes[who], "general": FOR_MANY, "none": ""}[code]
        return place(self.workshops[which], places, by=buyer(PEOPLE[who]), code=code, **options)

    def _decision(self, order, tickets, share):
        left = sum(line.left() for line in cancellations.lines_of(order, tickets))
        return cancellations.Decision((left * share / 100).quantize(Decimal("0.01")), "Sorry")

    def _left_at_stripe(self, intent):
        charges = [each for each in self.standin.charges if each["payment_intent"] == intent]
        return sum(each["amount"] - each["amount_refunded"] for each in charges if each["status"] == "succeeded")

    def _move_clock(self, passed):
        self.now += timedelta(minutes=passed)
        self.clock.move_to(self.now, tick=False)

    def _one(self, rows, which):
        return self._chosen(list(rows.order_by("-pk")), which)

    def _session(self, which, status, payment_status):
        wanted = (status, payment_status)
        found = [each for each in self.standin.sessions if (each["status"], each["payment_status"]) == wanted]
        return self._chosen(found, which)

    def _chosen(self, found, which):
        if not found:
            raise NothingThere
        return found[which % len(found)]

    def _die(self, pid, number):
        self.process.environ.clear()
        raise Died


def broken(workshops):
    """What the books do not ask: of places, of money, and of what people were told."""
    for workshop in workshops:
        yield from _broken_places(workshop)
    yield from _broken_money()
    yield from _broken_words()


def unfinished():
    orders = Order.objects.filter(status=Order.Status.PENDING, held_until__lte=timezone.now())
    return [f"order {order} is {order.status}" for order in orders]


def _broken_places(workshop):
    numbers = list(workshop.tickets.occupying().values_list("place_number", flat=True))
    if len(numbers) > workshop.capacity or len(set(numbers)) < len(numbers):
        yield f"places {numbers} of {workshop.capacity}"


def _broken_money():
    for payment in Payment.objects.all():
        back = payment.refunds.filter(status__in=[Refund.Status.PENDING, Refund.Status.SUCCEEDED])
        if sum((refund.amount for refund in back), Decimal()) > (payment.received or 0):
            yield f"more went back than {payment.received}"
    for order in Order.objects.all():
        if order.balance() < 0 and not Refund.objects.filter(payment__order=order, status="requested").exists():
            yield f"order {order} has a balance of {order.balance()}"


def _broken_words():
    mails = Counter(Message.objects.values_list("key", flat=True))
    for order in Order.objects.filter(status=Order.Status.PAID):
        if mails[f"order:{order.pk}:confirmation"] != 1:
            yield f"order {order} was not confirmed by mail"
