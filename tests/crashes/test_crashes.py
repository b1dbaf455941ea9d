"""The process dies between any two commits. Afterwards each payment has its place or went back, and nothing is stuck.

Each test kills the process at one point, starts a fresh one, and lets either Stripe tell its events again or only the
reconciler ask. Without a crash the same story must come out, so that it is the story that is tested.
"""

from contextlib import contextmanager, suppress
from datetime import timedelta
from http.client import HTTPException

import pytest
from django.db import connections
from django.utils import timezone

from courses.interest import leave_address
from courses.models import Ticket, TicketType, WaitingListEntry
from courses.seats.places import NewTicket, cancel_ticket, give_place
from courses.seats.waiting import join_waiting_list
from orders.books import books
from orders.documents import issuing
from orders.models import DiscountCode, Order, OrderLine, Payment, Refund
from orders.pricing import codes
from outbox.models import Message
from tests.builders import make_cities, make_discount, make_practice, make_terms, make_workshop
from tests.flows.visitor import Visitor
from tests.orders.histories import untold
from tests.races.buyers import book_a_place

pytestmark = pytest.mark.django_db(transaction=True)

IN_CHECKOUT = ["order written", "order placed", "attempt made", "page made", "page stored"]
IN_DECIDING = ["event stored", "money written", "money recorded", "place written", "place decided", "event worked on"]
IN_DOCUMENTS = ["documents due", "number taken"]
IN_SETTLING = IN_DECIDING + IN_DOCUMENTS
IN_REFUND = ["refund asked for", "refund made", "refund written", "refund recorded"]
IN_CLOSING = ["page closed at Stripe", "page closed", "places given back", "order closed"]
WORDS = {True: "stripe tells it again", False: "only the reconciler asks"}
both_ways = pytest.mark.parametrize("is_told_again", [True, False], ids=WORDS.get)


@pytest.fixture
def workshop(standin):
    make_practice()
    make_cities()
    make_terms()
    standin.webhooks.mode = "hold"
    return make_workshop(capacity=1)


@pytest.mark.parametrize("point", IN_CHECKOUT)
def test_a_crash_in_the_checkout_holds_nothing_for_ever(point, workshop, sites, standin):
    with crashing_site(sites, point) as site:
        book(site, workshop)
    assert site.was_killed

    pass_the_hold()
    sites.run("reconcile")

    assert (problems(standin), workshop.places_left()) == ([], 1)
    assert set(Order.objects.values_list("status", flat=True)) <= {Order.Status.LAPSED}


@pytest.mark.parametrize("point", IN_CHECKOUT)
def test_a_buyer_who_sends_the_form_again_after_a_crash_gets_one_order_and_one_page(point, workshop, sites, standin):
    with crashing_site(sites, point) as site:
        page = filled_in(site, workshop)
        send(page)
    with sites.serving() as fresh:
        again = send(page, to=fresh.url)

    assert (site.was_killed, "TEST PAYMENT" in again.text) == (True, True)
    assert (Order.objects.count(), Payment.objects.count(), len(standin.sessions)) == (1, 1, 1)


@both_ways
@pytest.mark.parametrize("point", IN_SETTLING)
def test_a_crash_while_the_money_is_settled_loses_neither_money_nor_place(
    point, is_told_again, workshop, sites, standin
):
    code = make_code(percent=20)
    with crashing_site(sites, point) as site:
        buy(site, workshop, standin, code=code)
    assert site.was_killed

    recover(sites, standin, is_told_again=is_told_again)

    assert problems(standin) == []
    assert (Order.objects.get().status, Ticket.objects.get().status) == (Order.Status.PAID, Ticket.Status.CONFIRMED)
    assert DiscountCode.objects.get().status == DiscountCode.Status.REDEEMED


@pytest.mark.parametrize("point", ["money recorded", "place written", "place decided"])
def test_a_crash_on_the_return_page_is_mended_by_the_reconciler_alone(point, workshop, sites, standin):
    standin.webhooks.mode = "drop"
    with crashing_site(sites, point) as site:
        order = book(site, workshop)
        standin.pay(standin.sessions[0]["id"])
        ask(site, f"{order.get_absolute_url()}return/")
    assert site.was_killed

    recover(sites, standin, is_told_again=False)

    assert (problems(standin), Order.objects.get().status) == ([], Order.Status.PAID)


@both_ways
@pytest.mark.parametrize("point", IN_DECIDING + IN_REFUND)
def test_a_crash_while_late_money_is_sent_back_refunds_it_once(point, is_told_again, workshop, sites, standin):
    code = make_code(percent=20)
    with crashing_site(sites, point) as site:
        order = book(site, workshop, code=code)
        lose_the_place(order)
        standin.pay(standin.sessions[0]["id"])
        tell_all(site, standin)
    assert site.was_killed

    recover(sites, standin, is_told_again=is_told_again)

    order.refresh_from_db()
    assert (problems(standin), order.status, len(standin.refunds)) == ([], Order.Status.REFUNDED, 1)
    assert DiscountCode.objects.get().status == DiscountCode.Status.ISSUED


@pytest.mark.parametrize("point", IN_CLOSING)
def test_a_crash_while_a_place_is_given_back_leaves_no_page_to_pay_on(point, workshop, sites, standin):
    code = make_code(percent=20)
    with crashing_site(sites, point) as site:
        order = book(site, workshop, code=code)
        give_back(site, order)
    assert site.was_killed

    pass_the_hold()
    recover(sites, standin, is_told_again=True)

    assert (problems(standin), workshop.places_left()) == ([], 1)
    assert [session["status"] for session in standin.sessions] == ["expired"]
    assert DiscountCode.objects.get().status == DiscountCode.Status.ISSUED


@pytest.mark.parametrize("point", IN_CLOSING)
def test_a_crash_while_an_ended_hold_is_closed_is_finished_by_the_next_round(point, workshop, sites, standin):
    with sites.serving() as site:
        order = book(site, workshop, code=make_code(percent=20))
    pass_the_hold()
    ended = sites.run("reconcile", checkpoint=point)

    recover(sites, standin, is_told_again=False)

    order.refresh_from_db()
    assert (ended, order.status, problems(standin)) == (9, Order.Status.LAPSED, [])
    assert DiscountCode.objects.get().status == DiscountCode.Status.ISSUED


@pytest.mark.parametrize("point", ["money recorded", "place decided"])
def test_money_that_beat_the_end_of_the_hold_is_not_lost_by_a_crash_of_the_closing(point, workshop, sites, standin):
    standin.webhooks.mode = "drop"
    with sites.serving() as site:
        order = book(site, workshop)
    standin.pay(standin.sessions[0]["id"])
    pass_the_hold()
    ended = sites.run("reconcile", checkpoint=point)

    recover(sites, standin, is_told_again=False)

    order.refresh_from_db()
    assert (ended, order.status, problems(standin)) == (9, Order.Status.PAID, [])


@pytest.mark.parametrize(("point", "offered_before"), [("offers written", 0), ("offers made", 1)])
def test_a_crash_while_a_place_is_offered_offers_it_once(point, offered_before, workshop, sites, standin):
    wait_for_the_place_of(workshop)
    ended = sites.run("worker", "--once", checkpoint=point)
    before = Message.objects.filter(key__endswith=":offer").count()

    sites.run("worker", "--once")

    assert (ended, before, Message.objects.filter(key__endswith=":offer").count()) == (9, offered_before, 1)
    assert (problems(standin), workshop.waiting_list.get().status) == ([], WaitingListEntry.Status.OFFERED)


def test_a_crash_while_somebody_is_told_of_a_new_date_tells_them_once(workshop, sites):
    leave_address(workshop.course, email="noor@example.org")
    ended = sites.run("worker", "--once", checkpoint="interest told")
    before = Message.objects.count()

    sites.run("worker", "--once")
    sites.run("worker", "--once")

    assert (ended, before, Message.objects.filter(key__startswith="course-interest:").count()) == (9, 0, 1)


@pytest.mark.parametrize("point", IN_CHECKOUT)
def test_a_crash_while_an_offer_is_booked_leaves_it_for_the_rest_of_its_time(point, workshop, sites, standin):
    entry = wait_for_the_place_of(workshop)
    sites.run("worker", "--once")
    with crashing_site(sites, point) as site:
        send(filled_in(site, workshop, f"?offer={entry.secret}"))
    assert site.was_killed

    pass_the_hold(only_of_orders=True)
    sites.run("worker", "--once")

    entry.refresh_from_db()
    assert (problems(standin), entry.status, entry.is_being_booked) == ([], WaitingListEntry.Status.OFFERED, False)
    assert Ticket.objects.occupying().get() == entry.ticket


def test_the_free_order_of_a_code_is_written_whole_or_not_at_all(workshop, sites, standin):
    code = make_code(percent=100)
    with crashing_site(sites, "order written") as site:
        book(site, workshop, code=code)

    assert (site.was_killed, Order.objects.count(), Message.objects.count()) == (True, 0, 0)
    assert (DiscountCode.objects.get().status, problems(standin)) == (DiscountCode.Status.ISSUED, [])


def test_no_checkpoint_kills_the_site_in_production(workshop, sites):
    with sites.serving(checkpoint="order placed", PRODUCTION=True) as site:
        book(site, workshop)

    assert (site.was_killed, Order.objects.count()) == (False, 1)


# The story ------------------------------------------------------------------


@contextmanager
def crashing_site(sites, point):
    """A site that dies at this point. While it is dead, buyers and Stripe get no answer."""
    with sites.serving(checkpoint=point) as site, suppress(OSError, HTTPException):
        yield site


def make_code(percent):
    return str(codes.issue_code(discount=make_discount(), email="noor@example.org", percent=percent))


def book(site, workshop, code=""):
    book_a_place(site.url, workshop.slug, number=1, email="noor@example.org", code=code)
    return Order.objects.first()


def filled_in(site, workshop, query=""):
    noor = Visitor()
    return noor, noor.get(f"{site.url}/book/{workshop.slug}/{query}")


def wait_for_the_place_of(workshop):
    """Somebody waits, and the one place has just come free."""
    ticket = give_place(workshop, ticket=NewTicket(TicketType.objects.get(), "Ada", "ada@example.org", "Europe/London"))
    entry = join_waiting_list(workshop=workshop, email="noor@example.org")
    cancel_ticket(ticket)
    return entry


def send(filled, to=""):
    noor, page = filled
    answers = {"name": "Noor", "email": "noor@example.org", "terms": "on", "action": "pay"}
    if to:
        page = page._replace(url=to + page.url[page.url.index("/book/") :])
    with suppress(OSError, HTTPException):
        return noor.submit(page, 'name="shown_total"', **answers)
    return None


def ask(site, path):
    with suppress(OSError, HTTPException):
        Visitor().get(site.url + path)


def buy(site, workshop, standin, code=""):
    book(site, workshop, code)
    standin.pay(standin.sessions[0]["id"])
    tell_all(site, standin)


def give_back(site, order):
    noor = Visitor()
    page = noor.get(site.url + order.get_absolute_url())
    noor.submit(page, "Give the place")  # or places


def tell_all(site, standin):
    standin.webhooks.url = f"{site.url}/stripe/webhook/"
    return [standin.webhooks.deliver(event["id"]) for event in standin.events if event["pending_webhooks"]]


def pass_the_hold(*, only_of_orders=False):
    past = timezone.now() - timedelta(minutes=1)
    held = Ticket.objects.filter(status=Ticket.Status.HELD)
    if only_of_orders:
        held = held.filter(pk__in=OrderLine.objects.values("ticket"))
    held.update(held_until=past)
    Order.objects.update(held_until=past)


def lose_the_place(order):
    pass_the_hold()
    ticket_type = TicketType.objects.get()
    give_place(order.workshop, ticket=NewTicket(ticket_type, "Ada", "ada@example.org", "Europe/London"))


def recover(sites, standin, *, is_told_again):
    if is_told_again:
        with sites.serving() as fresh:
            while any(answer != 200 for answer in tell_all(fresh, standin)):
                pass
    sites.run("reconcile")
    connections.close_all()


# What must hold --------------------------------------------------------------


def problems(standin):
    """Everything that is wrong with the books, the mails, Stripe's ledger or the audit entries; an empty list."""
    found = [f"{finding.about}: {finding.words}" for finding in books.findings()]
    found += [f"order {order}: a document is missing" for order in issuing.orders_without()]
    found += [f"{finding.about}: {finding.words}" for finding in books.findings_at_stripe(Payment.objects.all())]
    return found + list(wrong_mails()) + list(wrong_ledger(standin)) + list(stuck_places()) + untold()


def wrong_mails():
    keys = [f"order:{order.pk}:confirmation" for order in Order.objects.filter(paid_at__isnull=False)]
    told = list(Message.objects.filter(key__endswith=":confirmation").values_list("key", flat=True))
    if sorted(keys) != sorted(told):
        yield f"confirmed {keys}, told {told}"


def wrong_ledger(standin):
    """Each paid session has one place or one refund."""
    for session in standin.sessions:
        payment = Payment.objects.filter(session_id=session["id"]).first()
        is_paid = session["payment_status"] == "paid"
        if is_paid and (payment is None or payment.received * 100 != session["amount_total"]):
            yield f"{session['id']}: paid, and we have {payment}"
        if is_paid and payment:
            seats = Ticket.objects.filter(status=Ticket.Status.CONFIRMED, pk__in=payment.order.lines.values("ticket"))
            back = [refund for refund in standin.refunds if refund["payment_intent"] == session["payment_intent"]]
            if seats.count() + len(back) != 1:
                yield f"{session['id']}: {seats.count()} places and {len(back)} refunds"
    ours = sorted((refund.refund_id, refund.amount * 100) for refund in Refund.objects.all())
    if ours != sorted((refund["id"], refund["amount"]) for refund in standin.refunds):
        yield f"refunds: ours are {ours}"


def stuck_places():
    for order in Order.objects.awaiting_payment().filter(held_until__lte=timezone.now()):
        yield f"order {order} is still {order.status}"
    for ticket in Ticket.objects.ended_holds():
        yield f"place {ticket.place_number} is held beyond its time"
