"""A series is sold whole or not at all, wherever the process dies; and each of its places goes back once."""

from decimal import Decimal

import pytest
from django.db import connections

from courses.models import Ticket
from courses.seats.places import NewTicket, give_place
from orders.changes import cancellations
from orders.models import Order, Refund
from tests.builders import make_cities, make_practice, make_refund_tiers, make_sale_terms, make_series, make_terms
from tests.crashes.test_crashes import (
    IN_CHECKOUT,
    IN_DECIDING,
    IN_REFUND,
    both_ways,
    crashing_site,
    give_back,
    pass_the_hold,
    recover,
    stuck_places,
    tell_all,
    untold,
    wrong_mails,
)
from tests.crashes.test_points import dying_at, problems
from tests.orders import series_purchases
from tests.races.buyers import book_a_place

pytestmark = pytest.mark.django_db(transaction=True)
PLACES = 3


@pytest.fixture
def series(standin):
    make_practice()
    make_cities()
    make_terms()
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100))
    standin.webhooks.mode = "hold"
    return make_series()


def book(site, series):
    book_a_place(site.url, f"series/{series.slug}", number=1, email="noor@example.org")
    return Order.objects.first()


def wrong():
    return [*problems(), *wrong_mails(), *stuck_places(), *untold()]


def statuses():
    return sorted(Ticket.objects.filter(attendee_email="noor@example.org").values_list("status", flat=True))


@pytest.mark.parametrize("point", IN_CHECKOUT)
def test_a_crash_while_a_series_is_placed_holds_all_or_none_and_nothing_for_ever(point, series, sites):
    with crashing_site(sites, point) as site:
        book(site, series)
    assert site.was_killed
    assert len(statuses()) in {0, PLACES}

    pass_the_hold()
    sites.run("reconcile")

    assert (wrong(), Ticket.objects.occupying().count()) == ([], 0)


@both_ways
@pytest.mark.parametrize("point", IN_DECIDING)
def test_a_crash_while_a_series_is_settled_books_all_of_it(point, is_told_again, series, sites, standin):
    with crashing_site(sites, point) as site:
        book(site, series)
        standin.pay(standin.sessions[0]["id"])
        tell_all(site, standin)
    assert site.was_killed
    assert len(set(statuses())) == 1

    recover(sites, standin, is_told_again=is_told_again)

    assert (wrong(), Order.objects.get().status, statuses()) == ([], Order.Status.PAID, ["confirmed"] * PLACES)


@pytest.mark.parametrize("point", ["money recorded", "place written", "place decided", *IN_REFUND])
def test_a_crash_while_the_money_of_a_series_that_lost_a_part_goes_back_books_none_of_it(point, series, sites, standin):
    with crashing_site(sites, point) as site:
        book(site, series)
        lose_a_part(series)
        standin.pay(standin.sessions[0]["id"])
        tell_all(site, standin)
    assert site.was_killed
    assert "confirmed" not in statuses()

    recover(sites, standin, is_told_again=False)

    assert (wrong(), Order.objects.get().status, statuses()) == ([], Order.Status.REFUNDED, ["lapsed"] * PLACES)
    assert [each["amount"] for each in standin.refunds] == [27000]


@pytest.mark.parametrize("point", ["page closed", "places given back"])
def test_a_crash_while_a_series_is_given_back_frees_all_of_it(point, series, sites, standin):
    with crashing_site(sites, point) as site:
        give_back(site, book(site, series))
    assert site.was_killed
    assert len(set(statuses())) == 1

    pass_the_hold()
    recover(sites, standin, is_told_again=True)

    assert (wrong(), Ticket.objects.occupying().count()) == ([], 0)


@pytest.mark.parametrize("point", IN_REFUND)
def test_a_crash_while_the_parts_of_a_series_go_back_sends_each_once(point, series, standin, sites):
    order = series_purchases.buy(standin, series)

    with dying_at(point):
        cancellations.cancel_places(order, tickets=order.tickets()[:1], shown=Decimal("270.00"))
    connections.close_all()
    recover(sites, standin, is_told_again=False)

    order.refresh_from_db()
    assert (wrong(), order.status, statuses()) == ([], Order.Status.REFUNDED, ["cancelled"] * PLACES)
    assert [each["amount"] for each in standin.refunds] == [9000] * PLACES
    assert Refund.objects.count() == PLACES


def lose_a_part(series):
    """The hold ended, and one of its workshops is full by now."""
    pass_the_hold()
    workshop = series.parts.last().workshop
    for number in range(workshop.capacity):
        ticket_type = workshop.ticket_types.get()
        give_place(workshop, ticket=NewTicket(ticket_type, "Ada", f"ada{number}@example.org", "Europe/London"))
