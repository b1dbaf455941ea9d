"""What takes the place of a held order: nobody comes between, and one person never holds both."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connections, transaction

from courses.models import Ticket
from courses.seats.places import SoldOut
from orders.booking.left_behind import place_instead
from orders.checkout import placing
from orders.models import Order
from orders.settling import reconcile
from tests.builders import make_practice, make_terms, make_workshop
from tests.orders.purchases import buyer, open_session, place, ticket, wish

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def held(standin):
    make_practice()
    make_terms()
    order = place(make_workshop(capacity=1))
    open_session(order)
    return order


def wanted(order, **by):
    return wish([ticket(order.workshop.ticket_types.get())], by=buyer(**by))


def tried(book):
    try:
        return book().order.buyer_email
    except SoldOut:
        return "sold out"
    finally:
        connections.close_all()


def at_once(books):
    with ThreadPoolExecutor(len(books)) as pool:
        return sorted(pool.map(tried, books))


def instead_and_strangers(held, instead):
    hers = wanted(held)  # sent twice, with one key
    mine = [partial(instead, held, partial(placing.place_order, held.workshop, hers)) for _ in range(2)]
    others = [wanted(held, email=f"stranger-{number}@example.org") for number in range(2)]
    return at_once([*mine, *(partial(placing.place_order, held.workshop, each) for each in others)])


def test_a_held_place_goes_from_one_order_of_hers_to_the_next_and_to_nobody_between(held):
    found = instead_and_strangers(held, place_instead)

    assert found == [held.buyer_email, held.buyer_email, "sold out", "sold out"]
    assert list(Order.objects.order_by("pk").values_list("status", flat=True)) == ["cancelled", "pending"]
    assert Ticket.objects.filter(status=Ticket.Status.HELD).count() == 1


def test_in_two_transactions_a_stranger_could_come_between(held):
    """What the test above would see."""

    def in_two_steps(order, book):
        reconcile.close_pages(order)
        with transaction.atomic():
            reconcile.free_closed(order)
        placing.place_order(held.workshop, wanted(held, email="between@example.org"))
        return book()

    with pytest.raises(SoldOut):
        in_two_steps(held, partial(placing.place_order, held.workshop, wanted(held)))
    assert Order.objects.get(status="pending").buyer_email == "between@example.org"
