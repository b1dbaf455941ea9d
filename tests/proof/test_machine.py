"""Steps in an order that nobody would think of; the rules of the sale hold after each of them."""

import pytest
from hypothesis import settings as effort
from hypothesis.stateful import run_state_machine_as_test

from tests.proof.sale_machine import Sale

pytestmark = pytest.mark.django_db(transaction=True)


def test_whatever_happens_in_whatever_order_the_rules_hold(settings, time_machine):
    settings.STRIPE_SECRET_KEY = "sk_test_standin_tests"
    settings.STRIPE_API_BASE = ""

    run_state_machine_as_test(lambda: Sale(time_machine), settings=effort())
