"""A sale that takes whatever steps hypothesis thinks of, while words get lost, Stripe is away and processes die.

Every step of the machine is one thing that a buyer, the desk, a bank, Stripe, the worker or the clock may do at any
moment. What cannot be done just now is refused or does nothing, as on the site.
"""

import re
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
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
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from courses.models import Ticket, WaitingListEntry
from courses.seats import series_offers, waiting, waiting_offers
from courses.seats.cohorts import PlacesBooked, TooFewFree
from courses.seats.places import Attendee, NewTicket, NotHandedOver, SoldOut, WorkshopCancelled
from courses.series import offered
from kit.forms.seen import ChangedMeanwhile
from kit.work import checkpoints, rounds
from learning import feedback, publishing
from learning.certificates import issuing
from orders import due
from orders.books import books
from orders.changes import attendees, cancellations, moves, rebooking, refunds, taking_back
from orders.checkout import paying, placing
from orders.checkout.holding import TooManyHeld, TooManyInvoiced
from orders.checkout.unconfirmed import AskedTooOften
from orders.invoices import invoicing
from orders.models import GeneralCode, Order, OrderLine, Payment, RebookingOffer, Refund
from orders.pricing import codes
from orders.pricing.refund_policy import refund_for
from orders.settling import (
    balance,
    bank_matches,
    events,
    late_decisions,
    reconcile,
    transfers,
    transfers_back,
    workshop_cancellation,
)
from orders.stripe_api import StripeFailed
from outbox.models import Message
from tests.builders import at, make_discount, make_refund_tiers, make_sale_terms, make_series, make_workshop
from tests.orders import series_purchases
from tests.orders.calendar_histories import misinformed
from tests.orders.histories import untold
from tests.orders.purchases import buyer, place, ticket, wish
from tests.stripe_standin import StandIn

START = at("2027-01-11 09:00")
PEOPLE = ["ada@example.org", "lea@example.org", "noor@example.org"]
FOR_MANY = "SPRING27"
PAYER = invoicing.Payer("Withy Trust", "1 Osier Yard")
REFUSALS = (
    *(
        SoldOut,
        placing.SaleClosed,
        paying.HoldEnded,
        paying.TriedEnough,
        codes.CodeNotUsable,
        StripeFailed,
        NotHandedOver,
    ),
    *(cancellations.TooLate, cancellations.AmountChanged, refunds.TooMuch, refunds.NotFailed),
    *(moves.MayNotMove, invoicing.NotByInvoice, waiting_offers.OfferEnded, waiting_offers.OfferInUse),
    *(waiting.PlacesAreFree, waiting.WaitingListClosed, WorkshopCancelled),
    *(transfers.NotAwaited, transfers.NotAcceptable, transfers.NotUndoable, transfers_back.NotByHand),
    *(rebooking.Decided, workshop_cancellation.NotCancellable),
    *(bank_matches.NotAssignable, ChangedMeanwhile, late_decisions.NotLate, moves.NotCovered),
    *(TooManyHeld, TooManyInvoiced, AskedTooOften, PlacesBooked, TooFewFree, attendees.HasOneAlready),
    *(publishing.NotReady, feedback.NotAsked, feedback.AlreadyGiven, issuing.NotEarned, issuing.NotValidAnyMore),
)
NAMED = re.compile(r'checkpoint\("([^"]+)"\)')
SOURCES = [path for app in ("orders", "courses") for path in Path(settings.BASE_DIR, app).rglob("*.py")]
ELSEWHERE = {  # points that no step comes to; tests/crashes dies at them
    *("announcement written to one", "one told of a change", "papers corrected", "interest told"),
}
POINTS = sorted({name for path in SOURCES for name in NAMED.findall(path.read_text())} - ELSEWHERE)
OS, ANY_ORDER = checkpoints.os, rounds.ANY_ORDER
# What a dead process leaves to the next, however long that is away.
UNTIL_REPAIRED = {"money is decided on", "a cancelled workshop asks everybody"}
UNTIL_REPAIRED |= {"a sale has its document", "what went back is credited"}
FOR_THE_DESK = {"a failed refund is sent again"}  # a person decides, at any time
UNTIL_READ = {"what is settled moved at Stripe", "what Stripe moved for us stands here"}  # the balance, by the worker
DUE = [
    *(due.ask_about_open_attempts, due.decide_recent_money, due.close_ended_holds, due.send_waiting_refunds),
    *(
        due.issue_recent_documents,
        due.issue_missing_documents,
        waiting_offers.offer_everywhere,
        series_offers.offer_everywhere,
    ),
    *(due.follow_up_cancelled_workshops, due.refund_the_silent),
    *(due.find_untold_payments, due.find_untold_refunds, due.find_untold_disputes),
]
TABLES = [
    model._meta.db_table
    for app in ("learning", "meetings", "orders", "courses", "outbox", "practice", "accounts")
    for model in apps.get_app_config(app).get_models(include_auto_created=True)
]

BEGINNINGS = [
    *("somebody waits", "a page is open", "a bank is slow", "an invoice is sent", "a transfer is wrong"),
    *("a refund failed", "a workshop is cancelled", "a bank is late", "a workshop is near"),
    *("a series is sold", "a page of a series is open", "somebody waits for a series"),
]
CHOICE = 8  # among so many steps
STEPS: dict[str, "Step"] = {}
THERE: dict[str, Callable] = {}  # what steps of other modules may need
nth = st.integers(0, 5)
person = st.integers(0, len(PEOPLE) - 1)
code = st.sampled_from(["own", "general", "none"])
minutes = st.sampled_from([5, 20, 36, 46, 60, 200, 8 * 24 * 60])


class Died(BaseException):
    """The process came to the checkpoint at which it was to die."""


@dataclass(frozen=True)
class Step:
    """Something that may happen where there is what it needs, with whatever is drawn for it."""

    work: Callable
    needed: frozenset[str]
    drawn: st.SearchStrategy


def step(*needed, of=STEPS, **drawn):
    """One of these steps, by its name."""

    def remember(work):
        of[work.__name__] = Step(work, frozenset(needed), st.fixed_dictionaries(drawn))
        return work

    return remember


class Sale(RuleBasedStateMachine):
    """Three small workshops, two of them a series as well, three people with a code each, and a Stripe that tells
    nothing by itself."""

    steps = STEPS

    def __init__(self, clock, taken):
        super().__init__()
        self.clock, self.now, self.taken = clock, START, taken
        self.there, self.tried = set(), Counter()
        self.asked = {}  # of orders for a workshop that is near: whether it may start, and when they were placed
        self.clock.move_to(START, tick=False)
        self.standin = StandIn(secret_key=settings.STRIPE_SECRET_KEY, webhook_secret="whsec_standin_tests").start()
        settings.STRIPE_API_BASE = self.standin.url
        self.standin.webhooks.mode = "drop"
        make_sale_terms(takes_invoices=True, bank_details="Withy Rooms, 20-00-00, 12345678")
        make_refund_tiers((30, 100), (7, 50))
        day = START.date() + timedelta(days=40)
        self.workshops = [
            make_workshop(capacity=3, day=day, group_places=2, group_percent=10),
            make_workshop(capacity=2, day=day, price="120.00"),
            make_workshop(capacity=3, day=day + timedelta(days=14)),
        ]
        self.series = make_series(self.workshops[0], self.workshops[2], price="180.01")
        self.codes = [str(codes.issue_code(discount=make_discount(), email=who, percent=20)) for who in PEOPLE]
        ends_at = START + timedelta(days=60)
        GeneralCode.objects.create(
            code=FOR_MANY, name="Spring", percent=10, starts_at=START, ends_at=ends_at, most_uses=2
        )
        rounds.ANY_ORDER = "pk"  # or the same steps would not lead to the same story
        self.process = checkpoints.os = SimpleNamespace(environ={}, getpid=lambda: 0, kill=self._die)
        self.is_repaired, self.found = True, []
        self.writes, self.looked_at = 0, None
        connection.execute_wrappers.append(self._count_writes)

    @initialize(beginning=st.sampled_from(BEGINNINGS))
    def begin(self, beginning):
        """The smaller workshop is sold out, and something is under way: each step finds its chance in some stories."""
        order = self._buy(0, 2, 1)
        events.receive(self.standin.events[-1])
        if beginning == "somebody waits":
            waiting.join_waiting_list(workshop=self.workshops[1], email=PEOPLE[1])
        elif beginning == "a page is open":
            paying.start_payment(self._order(1, 1, 0, "own"))
        elif beginning == "a bank is slow":
            self._buy(1, 1, 0, "own", method="delayed")
        elif beginning == "a bank is late":
            self._buy(1, 1, 0, method="delayed")
            events.receive(self.standin.events[-1])
            self._move_clock(40 * 24 * 60 + 90)  # the workshops have begun
        elif beginning == "an invoice is sent":
            self._invoice(1, 2, 0)
        elif beginning == "a transfer is wrong":
            self._transfer(self._invoice(1, 2, 0), share=50)
        elif beginning == "a refund failed":
            refund = self.standin.refund_from_dashboard(order.payments.get().intent_id)
            self.standin.fail_refund(refund["id"])
            events.receive(self.standin.events[-1])
        elif beginning == "a workshop is cancelled":
            workshop_cancellation.cancel_workshop(self.workshops[1], because="Our presenter is ill.")
        elif beginning == "somebody waits for a series":
            self._order(2, 2, 0, "none")
            self._order(0, 1, 0, "none")
            waiting.join_waiting_list(workshop=offered(self.series), email=PEOPLE[1])
        elif beginning == "a series is sold":
            self._buy_series(1)
            events.receive(self.standin.events[-1])
        elif beginning == "a page of a series is open":
            paying.start_payment(self._series_order(1))
        elif beginning == "a workshop is near":
            self._move_clock(34 * 24 * 60)

    @rule(data=st.data())
    def go_on(self, data):
        """One rule that draws the step, mostly one that was not tried in this story: with a rule for each, hypothesis
        keeps many of them out of a story, and the rare ones never come."""
        possible = [name for name, each in self.steps.items() if each.needed <= self.there]
        name = data.draw(st.sampled_from(sorted(possible, key=self.tried.__getitem__)[:CHOICE]))
        self.tried[name] += 1
        self.clock.shift(timedelta(microseconds=1))  # no two steps are at the very same moment
        chosen = data.draw(self.steps[name].drawn)
        with self.whatever_comes(name):
            self.steps[name].work(self, **chosen)

    # What buyers do

    @step(who=person, places=st.integers(1, 2), which=st.integers(0, 1), code=code)
    def hold(self, who, places, which, code):
        self._order(who, places, which, code)

    @step(who=person, places=st.integers(1, 2), which=st.integers(0, 1), code=code, is_told=st.booleans())
    def buy(self, who, places, which, code, is_told):
        self._buy(who, places, which, code)
        if is_told:
            events.receive(self.standin.events[-1])

    @step("unpaid order", which=nth)
    def open_page(self, which):
        order = self._one(Order.objects.filter(status__in=["pending", "lapsed"]), which)
        paying.start_payment(order)

    @step("open and unpaid page", which=nth, method=st.sampled_from(["card", "card", "delayed", "decline"]))
    def pay(self, which, method):
        session = self._session(which, "open", "unpaid")
        self.standin.pay(session["id"], method)

    @step("order", which=nth)
    def give_back(self, which):
        order = self._one(Order.objects.all(), which)
        reconcile.give_back(order)

    @step("booked order", which=nth, places=st.integers(1, 2))
    def cancel(self, which, places):
        order = self._one(self._booked(), which)
        tickets = order.tickets()[:places]
        shown = refund_for(order, cancellations.going_together(order, tickets), timezone.now()).total
        cancellations.cancel_places(order, tickets=tickets, shown=shown)

    @step("booked order", which=nth, whom=person)
    def hand_over(self, which, whom):
        order = self._one(self._booked(), which)
        to = Attendee("Colleague", PEOPLE[whom], "Europe/Paris")
        attendees.hand_over(order, ticket=order.tickets()[0], to=to)

    @step(who=person, places=st.integers(1, 2), which=st.integers(0, 1))
    def book_by_invoice(self, who, places, which):
        self._invoice(who, places, which)

    @step("booked order", which=nth, at_desk=st.booleans())
    def move_to_another_workshop(self, which, at_desk):
        line = self._one(OrderLine.objects.filter(order__status="paid", ticket__status="confirmed"), which)
        others = [each for each in self.workshops if each.pk != line.ticket.workshop_id]
        to = self._chosen(others, which).ticket_types.get()
        shown = moves.quote_move(line, to).difference
        moves.move_place(moves.MoveWish(line, to, shown, uuid4()), at_desk=at_desk)

    @step(who=person, which=st.integers(0, 1))
    def wait(self, who, which):
        waiting.join_waiting_list(workshop=self.workshops[which], email=PEOPLE[who])

    @step("offer", which=nth, places=st.integers(1, 2))
    def take_offer(self, which, places):
        entry = self._one(WaitingListEntry.objects.filter(status="offered"), which)
        at_its = [each.pk for each in self.workshops].index(entry.workshop_id)
        self._order(PEOPLE.index(entry.email), places, at_its, "none", waiting_offer=entry.secret)

    @step("entry", which=nth)
    def give_offer_up(self, which):
        waiting_offers.give_up(self._one(WaitingListEntry.objects.all(), which))

    # What the desk does

    @step("booked order", which=nth, places=st.integers(1, 2), share=st.sampled_from([None, 0, 50, 100]))
    def cancel_at_desk(self, which, places, share):
        order = self._one(self._booked(), which)
        tickets = order.tickets()[:places]
        decision = None if share is None else self._decision(order, tickets, share)
        shares = cancellations.desk_shares(order, cancellations.lines_to_cancel(order, tickets), decision)
        shown = sum(each.amount for each in shares)
        cancellations.cancel_at_desk(order, tickets=tickets, shown=shown, decision=decision)

    @step("paid order", which=nth, share=st.sampled_from([50, 100]))
    def refund_at_desk(self, which, share):
        order = self._one(Order.objects.filter(status__in=["paid", "closed"]), which)
        tickets = order.tickets()
        decision = self._decision(order, tickets, share)
        cancellations.refund_at_desk(order, tickets=tickets, decision=decision, shown_left=order.balance())

    @step("failed refund", which=nth)
    def ask_for_failed_refund_again(self, which):
        refund = self._one(Refund.objects.filter(status="failed"), which)
        refunds.ask_again(refund)

    @step("failed refund", which=nth)
    def send_failed_refund_from_the_bank(self, which):
        refunds.send_from_the_bank(self._one(Refund.objects.filter(status="failed"), which))

    @step("unpaid invoice", which=nth, share=st.sampled_from([50, 100, 100, 150]))
    def write_transfer_down(self, which, share):
        self._transfer(self._one(self._unpaid_invoices(), which), share=share)

    @step("order in review", which=nth)
    def send_transfer_back(self, which):
        transfers_back.send_back_by_hand(self._one(Order.objects.filter(status__in=["review", "part_paid"]), which))

    @step("part of a transfer", which=nth)
    def accept_what_came(self, which):
        order = self._one(self._paid_in_part(), which)
        transfers.accept_difference(order, shown=order.missing(), why="The bank kept a fee.")

    @step("part of a transfer", which=nth, last=nth)
    def undo_a_transfer(self, which, last):
        payments = self._one(self._paid_in_part(), which).payments.filter(method="transfer", status="paid")
        transfers.undo_transfer(self._one(payments, last), why="A slip.")

    @step("surplus", which=nth)
    def send_surplus_back(self, which):
        order = self._one(transfers_back.orders_with_surplus(), which)
        transfers_back.send_back_surplus(order, shown=order.surplus())

    @step("refund by hand", which=nth)
    def say_that_it_was_sent(self, which):
        transfers_back.mark_sent(self._one(Refund.objects.to_send_by_hand(), which))

    @step("booked order", "a later day", which=st.integers(1, 2))
    def cancel_a_workshop(self, which):
        """Never the first, so that there is another one to move to."""
        workshop_cancellation.cancel_workshop(self.workshops[which], because="Our presenter is ill.")

    @step("choice", which=nth, is_moving=st.booleans())
    def choose_after_the_cancellation(self, which, is_moving):
        offer = self._one(RebookingOffer.objects.filter(status="open"), which)
        if is_moving:
            to = self.workshops[0].ticket_types.get()
            shown = moves.quote_move(offer.line, to, waive=rebooking.WAIVED).difference
            rebooking.take(offer, moves.MoveWish(offer.line, to, shown, uuid4()))
        else:
            rebooking.refund(offer, shown=rebooking.comes_back(offer))

    @step(which=st.integers(0, 1))
    def give_free_place(self, which):
        workshop = self.workshops[which]
        guest = NewTicket(workshop.ticket_types.get(), "Guest", "guest@example.org", "Europe/London")
        attendees.give_free_place(workshop, ticket=guest)

    @step("place", which=nth)
    def take_place_back(self, which):
        ticket = self._one(Ticket.objects.filter(status="confirmed"), which)
        taking_back.take_back([ticket])

    # What happens at Stripe, and what it tells

    @step("open and unpaid page", which=nth)
    def page_expires(self, which):
        session = self._session(which, "open", "unpaid")
        self.standin.expire(session["id"])

    @step("complete and unpaid page", which=nth, has_money=st.booleans())
    def bank_speaks(self, which, has_money):
        with suppress(ValueError):
            session = self._session(which, "complete", "unpaid")
            self.standin.settle_delayed(session["id"], succeeded=has_money)

    @step("complete and paid page", which=nth, share=st.sampled_from([50, 100]))
    def refund_at_the_dashboard(self, which, share):
        session = self._session(which, "complete", "paid")
        intent = session["payment_intent"]
        if (left := self._left_at_stripe(intent)) > 0:
            self.standin.refund_from_dashboard(intent, amount=max(1, left * share // 100))

    @step("refund at Stripe", which=nth)
    def refund_fails(self, which):
        with suppress(ValueError):
            refund = self._chosen(self.standin.refunds, which)
            self.standin.fail_refund(refund["id"])

    @step("event", which=nth)
    def tell(self, which):
        """One of the last words: late, for the first time or once more."""
        event = self._chosen(self.standin.events[::-1], which)
        events.receive(event)

    @step()
    def tell_everything(self):
        for event in self.standin.events:
            events.receive(event)

    @step(kind=st.sampled_from(["drop_before", "drop_after", "status"]), method=st.sampled_from(["GET", "POST"]))
    def be_away(self, kind, method):
        self.standin.faults.add(method=method, path="*", kind=kind)

    # What goes on by itself

    @step(passed=minutes)
    def time_passes(self, passed):
        self._move_clock(passed)

    @step(works=st.permutations(DUE))
    def work_comes_due(self, works):
        for work in works:
            work()
        self.is_repaired = True

    @step(point=st.sampled_from(POINTS))
    def die_at(self, point):
        self.process.environ["CHECKPOINT"] = point

    # What must hold

    @invariant()
    def the_rules_hold(self):
        """Those that wait for nobody, of the rows as they are now; after a step that changed nothing they still do."""
        now = (self.writes, self.now, self.is_repaired)
        self.there = {name for name, rows in self._what_there_is() if rows}  # Stripe changes without a write of ours
        if self.looked_at == now:
            return
        self.looked_at = now
        waits = FOR_THE_DESK | UNTIL_READ | (set() if self.is_repaired else UNTIL_REPAIRED)
        found = [str(each) for each in books.findings() if each.rule not in waits]
        self.found = found + list(broken(self.workshops)) + untold()
        assert not self.found, self.found

    def teardown(self):
        try:
            if not self.found:
                self._end()
        finally:
            connection.execute_wrappers.remove(self._count_writes)
            self.standin.close()
            checkpoints.os, rounds.ANY_ORDER = OS, ANY_ORDER
            connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), TABLES))

    def _end(self):
        """Stripe answers again and tells everything that it ever said; worker and desk do theirs: all is settled."""
        self.standin.faults.clear()
        self.process.environ.clear()
        for event in self.standin.events[::-1] + self.standin.events:
            events.receive(event)
        self._move_clock(46)
        for work in [*DUE, balance.read_balance] * 3:
            work()
        for refund in Refund.objects.filter(status=Refund.Status.FAILED):
            with self.whatever_comes("the end"):
                refunds.ask_again(refund)
        for order in Order.objects.filter(status=Order.Status.OWED):  # some of it went back meanwhile
            with self.whatever_comes("the end"):
                self._send_the_rest(order)

        paid = Payment.objects.filter(status=Payment.Status.PAID)
        told = [*books.findings(), *books.findings_at_stripe(paid)]
        found = [*broken(self.workshops), *unfinished(), *map(str, told), *misinformed()]
        assert not found, found

    @contextmanager
    def whatever_comes(self, name):
        try:
            yield
            self.taken[name] += 1
        except REFUSALS:
            pass
        except Died:
            self.is_repaired = False
        except BaseException as error:
            self.found = [repr(error)]
            raise

    def _order(self, who, places, which, code, **options):
        code = {"own": self.codes[who], "general": FOR_MANY, "none": ""}[code]
        return place(self.workshops[which], places, by=buyer(PEOPLE[who]), code=code, **options)

    def _buy(self, who, places, which, code="none", *, method="card"):
        order = self._order(who, places, which, code)
        session_id = paying.start_payment(order).session_id
        self.standin.pay(session_id, method)
        return order

    def _series_order(self, who, **options):
        return series_purchases.place(self.series, by=buyer(PEOPLE[who]), **options)

    def _buy_series(self, who, *, method="card"):
        order = self._series_order(who)
        self.standin.pay(paying.start_payment(order).session_id, method)
        return order

    def _invoice(self, who, places, which):
        workshop = self.workshops[which]
        tickets = [ticket(workshop.ticket_types.get())] * places
        by = buyer(PEOPLE[who])
        return invoicing.place_invoice_order(workshop, wish(tickets, by=by), payer=PAYER)

    def _transfer(self, order, *, share):
        amount, attempt = order.total * share / 100, transfers.next_attempt(order)
        transfers.record_transfer(order, amount=amount, received_on=self.now.date(), attempt=attempt)

    def _send_the_rest(self, order):
        rest = cancellations.Decision(order.balance(), "Sorry")
        tickets = order.tickets()
        cancellations.refund_at_desk(order, tickets=tickets, decision=rest, shown_left=rest.amount)

    def _decision(self, order, tickets, share):
        left = sum(line.left() for line in cancellations.lines_of(order, tickets))
        return cancellations.Decision((left * share / 100).quantize(Decimal("0.01")), "Sorry")

    def _left_at_stripe(self, intent):
        """Whoever sends money back there leaves what a person sends from the bank."""
        charges = [each for each in self.standin.charges if each["payment_intent"] == intent]
        payment = refunds.paid_by(intent)
        by_bank = Refund.objects.through(payment).counting().filter(is_by_bank=True).total() if payment else 0
        left = sum(each["amount"] - each["amount_refunded"] for each in charges if each["status"] == "succeeded")
        return left - int(by_bank * 100)

    def _count_writes(self, execute, sql, *rest):
        self.writes += sql.startswith(("INSERT", "UPDATE", "DELETE"))
        return execute(sql, *rest)

    def _move_clock(self, passed):
        self.now += timedelta(minutes=passed)
        self.clock.move_to(self.now, tick=False)

    def _one(self, rows, which):
        return self._chosen(list(rows.order_by("-pk")), which)

    def _booked(self):
        return Order.objects.filter(status="paid", lines__ticket__status="confirmed").distinct()

    def _unpaid_invoices(self):
        unpaid = ["invoiced", "part_paid", "review", "paid", "lapsed", "cancelled"]
        return Order.objects.filter(status__in=unpaid).exclude(invoice_due_on=None)

    def _paid_in_part(self):
        return Order.objects.filter(status__in=["review", "part_paid"], payments__method="transfer").distinct()

    def _session(self, which, status, payment_status):
        wanted = (status, payment_status)
        found = [each for each in self.standin.sessions if (each["status"], each["payment_status"]) == wanted]
        return self._chosen(found, which)

    def _chosen(self, found, which):
        return found[which % len(found)]

    def _what_there_is(self):
        """What a step may need."""
        orders, sessions = Order.objects, self.standin.sessions
        yield "order", orders.exists()
        yield "unpaid order", orders.filter(status__in=["pending", "lapsed"]).exists()
        yield "booked order", OrderLine.objects.filter(order__status="paid", ticket__status="confirmed").exists()
        yield "paid order", orders.filter(status__in=["paid", "closed"]).exists()
        yield "place", Ticket.objects.confirmed().exists()
        yield "entry", WaitingListEntry.objects.exists()
        yield "offer", WaitingListEntry.objects.offered().exists()
        yield "failed refund", Refund.objects.filter(status="failed").exists()
        yield "a later day", self.now > START + timedelta(days=1)
        yield "unpaid invoice", self._unpaid_invoices().exists()
        yield "order in review", orders.filter(status__in=["review", "part_paid"]).exists()
        yield "part of a transfer", self._paid_in_part().exists()
        yield "surplus", transfers_back.orders_with_surplus().exists()
        yield "refund by hand", Refund.objects.to_send_by_hand().exists()
        yield "choice", RebookingOffer.objects.filter(status="open").exists()
        yield "refund at Stripe", self.standin.refunds
        yield "event", self.standin.events
        yield from ((name, is_there(self)) for name, is_there in THERE.items())
        yield from {f"{each['status']} and {each['payment_status']} page": True for each in sessions}.items()

    def _die(self, pid, number):
        self.taken["died at " + self.process.environ["CHECKPOINT"]] += 1
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
            yield f"order {order} was not confirmed by email"
