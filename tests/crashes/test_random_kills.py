"""Web and worker are killed at any moment, while people book by card, by invoice and for nothing, pay, wait and turn
back, and Stripe fails now and then.

Afterwards each payment has its places or went back, nothing is stuck, nobody was told twice, and the books are clean.
A few times in every run; `KILLS=200` asks for more, `KILLS_SEED` for the same again.
"""

import os
import random
import re
import signal
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import OperationalError, connections
from django.urls import reverse
from django.utils import timezone

from courses.models import Ticket, WaitingListEntry, Workshop
from courses.seats import waiting_offers
from courses.seats.waiting import PlacesAreFree, join_waiting_list
from learning import books as learning_books
from orders.books import books
from orders.models import Order, Payment, order_status
from orders.settling import transfers
from outbox.models import Message
from tests.builders import make_cities, make_practice, make_series, make_terms, make_workshop
from tests.crashes.test_crashes import pass_the_hold, recover, stuck_places, tell_all
from tests.flows.visitor import Visitor
from tests.orders.histories import untold
from tests.orders.invoices import make_invoicing_practice
from tests.races.buyers import book_a_place
from tests.stripe_standin.errors import StripeError

pytestmark = pytest.mark.django_db(transaction=True)
KILLS = int(os.environ.get("KILLS", "8"))
SEED = int(os.environ.get("KILLS_SEED", "1"))
MANY = 50  # after so many somebody has booked a series
PEOPLE = 3
MOST_TIMES = 6  # as many die before nobody who pays is taken for a fault
LINK = re.compile(r"http\S+/confirm/\S+")
DEEDS = (2, 9)  # that are done before the site dies, and then it dies in the middle of others
MOMENT, LONGEST = 0.5, 30  # seconds: for the middle of a deed; that deeds may take on a busy machine
FAULTS = ["drop_before", "drop_after", "saved_500", "garbage", "status"]
PATHS = [("POST", "/v1/checkout/sessions"), ("POST", "/v1/checkout/sessions/*/expire"), ("POST", "/v1/refunds")]
PATHS += [("GET", "/v1/checkout/sessions/*")]
LEFT = (*order_status.UNPAID, Order.Status.PAID, Order.Status.CLOSED, Order.Status.REFUNDED)


class Crowd:
    """People who book on whatever site is up, and Stripe, whose words come late, twice or never."""

    def __init__(self, standin, slugs):
        self.standin, self.slugs, self.site = standin, slugs, None
        self.is_over, self.done, self.errors = threading.Event(), Counter(), []
        self.numbers, self.lock = iter(range(1, 100_000)), threading.Lock()
        self.threads = [threading.Thread(target=self._go_on, args=(SEED + n,)) for n in range(PEOPLE)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        for thread in self.threads:
            thread.join(60)

    def answered(self):
        return self.done.total() - self.done["unanswered"]

    def _go_on(self, seed):
        chance = random.Random(seed)
        deeds = [*[self._book] * 4, *[self._pay] * 4, self._tell, self._tell, self._turn_back, self._refund, self._fail]
        deeds += [self._book_by_invoice, self._confirm, self._transfer, self._wait]
        while not self.is_over.is_set():
            site, deed = self.site, chance.choice(deeds)
            try:
                if site:
                    deed(site, chance)
                    self.done[deed.__name__] += 1
            except (OSError, HTTPException, ValueError, StopIteration, StripeError, OperationalError):
                self.done["unanswered"] += 1
            except Exception as error:
                self.errors.append(repr(error))
            finally:
                connections.close_all()
            time.sleep(0.01)

    def _book(self, site, chance, **answers):
        """A place that is paid, or one that costs nothing and waits for its address to be confirmed."""
        with self.lock:
            number = next(self.numbers)
        status, _, page = book_a_place(site.url, chance.choice(self.slugs), number=number, **answers)
        if status >= 500 and "Stripe" not in page:
            self.errors.append(f"answered {status}")

    def _book_by_invoice(self, site, chance):
        payer = {"organisation": "Humber Care Trust", "organisation_address": "1 Dock Road"}
        self._book(site, chance, by="invoice", start="on", **payer)

    def _confirm(self, site, chance):
        """The button behind the link in the mail, perhaps of one who has pressed it before."""
        asked = list(Message.objects.filter(kind="orders/order_unconfirmed").order_by("-pk")[:6])
        visitor, path = Visitor(), urlsplit(LINK.search(self._any(asked, chance).text)[0]).path
        visitor.submit(visitor.get(site.url + path), "csrfmiddlewaretoken")

    def _transfer(self, site, chance):
        """The desk writes down what came into the account."""
        order = self._any(list(Order.objects.filter(status="invoiced")), chance)
        attempt, today = transfers.next_attempt(order), timezone.localdate()
        with suppress(transfers.NotAwaited):
            transfers.record_transfer(order, amount=order.total, received_on=today, attempt=attempt)

    def _wait(self, site, chance):
        """For the small workshop, once it is full."""
        small = Workshop.objects.get(slug=self.slugs[0])
        with self.lock, suppress(PlacesAreFree):
            join_waiting_list(workshop=small, email=f"waiting{next(self.numbers)}@example.org")

    def _pay(self, site, chance):
        session = self._session(chance, status="open")
        self.standin.pay(session["id"], chance.choice(["card", "card", "card", "delayed", "decline"]))
        if chance.random() < 0.5:
            self._come_back(site, session)

    def _come_back(self, site, session):
        payment = Payment.objects.select_related("order").filter(session_id=session["id"]).first()
        if payment:
            Visitor().get(f"{site.url}{payment.order.get_absolute_url()}return/")

    def _tell(self, site, chance):
        tell_all(site, self.standin)
        if chance.random() < 0.3:
            waiting = self._session(chance, status="complete", payment_status="unpaid")
            self.standin.settle_delayed(waiting["id"], succeeded=chance.random() < 0.7)

    def _turn_back(self, site, chance):
        """Gives an unpaid place back, or cancels a paid one."""
        found = list(Order.objects.filter(status__in=["pending", "paid"]).order_by("-pk")[:8])
        order, visitor = chance.choice(found or [None]), Visitor()
        if order and order.status == Order.Status.PENDING:
            page = visitor.get(site.url + order.get_absolute_url())
            visitor.submit(page, "Give the place")  # or places
        elif order:
            line = order.lines.first()
            page = visitor.get(f"{site.url}{reverse('orders:cancel_place', args=[order.secret, line.pk])}")
            visitor.submit(page, 'name="shown"')

    def _refund(self, site, chance):
        """Somebody at the practice sends money back in Stripe's own pages."""
        if chance.random() < 0.2:
            session = self._session(chance, payment_status="paid")
            self.standin.refund_from_dashboard(session["payment_intent"])

    def _fail(self, site, chance):
        method, path = chance.choice(PATHS)
        self.standin.faults.add(method=method, path=path, kind=chance.choice(FAULTS))

    def _session(self, chance, **wanted):
        return self._any([each for each in self.standin.sessions if wanted.items() <= each.items()], chance)

    @staticmethod
    def _any(found, chance):
        if not found:
            raise ValueError("there is none")
        return chance.choice(found)


@pytest.fixture
def workshops(standin, settings):
    make_practice()
    make_invoicing_practice()
    make_cities()
    make_terms()
    settings.TRUSTED_PROXY_COUNT = 1
    standin.webhooks.mode = "hold"
    small, large, other = make_workshop(capacity=5), make_workshop(capacity=400), make_workshop(capacity=60)
    return [small, large, other, make_workshop(capacity=40, price="0.00")]


@pytest.fixture
def series(workshops):
    return make_series(*workshops[1:3])


def kill(pid, chance, killed, kind):
    time.sleep(chance.uniform(0, MOMENT))
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        killed[kind] += 1


def test_killed_at_any_moment_the_sale_loses_nothing(workshops, series, sites, standin):
    chance, killed = random.Random(SEED), Counter()
    slugs = [*(each.slug for each in workshops), f"series/{series.slug}"]
    with Crowd(standin, slugs) as crowd:
        while goes_on(killed):
            with sites.serving(TRUSTED_PROXY_COUNT=1) as crowd.site:
                let_die(crowd, sites, chance, killed)
                kill(crowd.site.pid, chance, killed, "web")
    standin.faults.clear()
    settle_everything(sites, standin)

    sys.stdout.write(f"killed {dict(killed)}, done {dict(crowd.done)}, orders {what_came_of_it()}\n")
    assert crowd.errors == []
    assert (killed["web"] > 0, killed["worker"] > 0, Payment.objects.paid().exists()) == (True, True, True)
    assert KILLS < MANY or Order.objects.exclude(series=None).exists()
    assert lost(standin) == []


def goes_on(killed):
    """Until as many as were asked for have died, and somebody has paid meanwhile, however long that takes here."""
    somebody_paid = Payment.objects.paid().exists()
    return killed.total() < (KILLS if somebody_paid else KILLS * MOST_TIMES)


def let_die(crowd, sites, chance, killed):
    """One worker after the other, until the people have done some more."""
    until, ends_at = crowd.answered() + chance.randint(*DEEDS), time.monotonic() + LONGEST
    while crowd.answered() < until and time.monotonic() < ends_at:
        with sites.working("worker", "--once") as worker:
            kill(worker.pid, chance, killed, "worker")
        time.sleep(MOMENT)


def settle_everything(sites, standin):
    """Stripe says whatever it had to say, banks answer, nobody waits any more, and the workers do their rounds."""
    for entry in WaitingListEntry.objects.all():
        waiting_offers.give_up(entry)
    for session in standin.sessions:
        if (session["status"], session["payment_status"]) == ("complete", "unpaid"):
            with suppress(ValueError):
                standin.settle_delayed(session["id"], succeeded=True)
    recover(sites, standin, is_told_again=True)
    pass_the_hold()
    for _ in range(3):
        sites.run("reconcile")
        with sites.working("worker", "--once") as worker:
            wait_for_the_end_of(worker.pid)
    connections.close_all()


def wait_for_the_end_of(pid):
    """It is a child of the process that forks, so only its state tells."""
    ends_at = time.monotonic() + 120
    while Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z" and time.monotonic() < ends_at:
        time.sleep(0.05)


def what_came_of_it():
    return Counter(Order.objects.values_list("status", flat=True))


def lost(standin):
    """Whatever is wrong with money, places, books or mails."""
    found = [f"{each.rule}, {each.about}: {each.words}" for each in books.findings()]
    found += [f"{each.about}: {each.words}" for each in books.findings_at_stripe(Payment.objects.all())]
    found += [words for rule in learning_books.RULES.values() for words in rule()]
    found += [f"order {order} is {order.status}" for order in Order.objects.exclude(status__in=LEFT)]
    return (
        found
        + list(_wrong_ledger(standin))
        + list(_wrong_mails())
        + list(_wrong_seats())
        + [*stuck_places(), *untold()]
    )


def _wrong_ledger(standin):
    """What Stripe took and sent back is what our rows say."""
    back = Counter()
    for refund in standin.refunds:
        if refund["status"] != "failed":
            back[refund["payment_intent"]] += refund["amount"]
    for session in standin.sessions:
        if session["payment_status"] != "paid":
            continue
        payment = Payment.objects.filter(session_id=session["id"]).first()
        if payment is None or payment.received * 100 != session["amount_total"]:
            yield f"{session['id']} was paid, and we have {payment}"
        elif (payment.received - payment.left()) * 100 != back[session["payment_intent"]]:
            yield f"{payment}: {back[session['payment_intent']]} pence went back, and {payment.left()} is left here"
        elif not payment.order.booked_lines and not payment.refunds.exists():
            yield f"{payment}: neither a place nor a refund"


def _wrong_mails():
    told = Counter(Message.objects.filter(key__endswith=":confirmation").values_list("key", flat=True))
    booked = {
        f"order:{pk}:confirmation" for pk in Order.objects.filter(paid_at__isnull=False).values_list("pk", flat=True)
    }
    if set(told) != booked or set(told.values()) - {1}:
        yield f"confirmed {len(booked)}, told {sum(told.values())}"


def _wrong_seats():
    for workshop in Workshop.objects.all():
        numbers = list(workshop.tickets.occupying().values_list("place_number", flat=True))
        if len(numbers) > workshop.capacity or len(set(numbers)) < len(numbers):
            yield f"{workshop}: {numbers}"
    for order in Order.objects.exclude(series=None).prefetch_related("lines__ticket"):
        if len({line.ticket.status for line in order.lines.all()}) > 1:
            yield f"series {order}: {[line.ticket.status for line in order.lines.all()]}"
    held = Ticket.objects.filter(status=Ticket.Status.HELD)
    if held.exists():
        yield f"{held.count()} places are held"
