"""One code, fifty forms at once: it takes its share off one order, and the others are told."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connections

from orders.models import DiscountCode, Order
from orders.pricing import codes
from orders.pricing.codes import CodeNotUsable
from tests.builders import make_cities, make_discount, make_practice, make_terms, make_workshop
from tests.orders.histories import untold
from tests.orders.purchases import place
from tests.races.buyers import book_a_place
from tests.races.server import running_site

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
FORMS, WORKSHOPS = 50, 5


def test_fifty_forms_with_one_code_make_one_discounted_order(standin):
    make_practice()
    make_cities()
    make_terms()
    code = str(codes.issue_code(discount=make_discount(), email="noor@example.org", percent=20))
    # Several workshops, so that no lock on one of them puts the forms in a row.
    workshops = [make_workshop(capacity=FORMS) for _ in range(WORKSHOPS)]

    with running_site() as site, ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(lambda number: _send(site, workshops[number % WORKSHOPS], number, code), range(FORMS)))

    told = [page for status, _, page in answers if status == 422]
    assert (len(told), len(answers)) == (FORMS - 1, FORMS)
    assert [order.total for order in Order.objects.all()] == [Decimal("84.00")]
    assert (DiscountCode.objects.get().status, len(standin.sessions)) == (DiscountCode.Status.RESERVED, 1)
    assert untold() == []


def test_two_codes_for_a_first_course_at_once_make_one_discounted_order():
    make_practice()
    discounts = [make_discount(), make_discount(name="Spring")]
    issued = [codes.issue_code(discount=each, email="noor@example.org", percent=20) for each in discounts]
    work = [(make_workshop(), str(code)) for code in issued] * 5

    with ThreadPoolExecutor(len(work)) as pool:
        answers = list(pool.map(lambda each: _try_to_buy(*each), work))

    assert (answers.count("sold"), len(answers)) == (1, 10)
    assert [order.total for order in Order.objects.all()] == [Decimal("84.00")]


def _try_to_buy(workshop, code):
    try:
        place(workshop, code=code)
    except CodeNotUsable:
        return "told"
    finally:
        connections.close_all()
    return "sold"


def _send(site, workshop, number, code):
    """From an address of its own: tries with codes are counted."""
    mail, address = "noor@example.org", f"203.0.113.{number}"
    return book_a_place(site, workshop.slug, number=number, code=code, email=mail, address=address, patience=5)
