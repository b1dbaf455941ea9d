"""Who stands on the audit entries, from each of the doors that changes come in by."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from orders.models import Order
from tests.builders import (
    make_cities,
    make_refund_tiers,
    make_sale_terms,
    make_terms,
    make_user,
    make_workshop,
)
from tests.orders.purchases import buy, open_session, place
from tests.orders.test_views import book
from tests.orders.test_webhook import events_of, tell

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workshop(standin):
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100))
    make_cities()
    make_terms()
    standin.webhooks.mode = "hold"
    return make_workshop(capacity=4)


def last_of(order):
    """Who made the last change of the order, and with which account."""
    entries = AuditEntry.objects.filter(model="orders.order", object_id=order.pk)
    return entries.values_list("after", "actor", "user").latest("pk")


def all_actors():
    return set(AuditEntry.objects.values_list("actor", flat=True))


def test_the_checkout_page_is_the_buyer(client, workshop):
    book(client, workshop)

    assert last_of(Order.objects.get()) == ("pending", "the buyer", None)
    assert all_actors() == {"the buyer"}


def test_the_buyers_account_stands_on_no_entry(client, workshop):
    client.force_login(make_user("noor@example.org"))

    book(client, workshop)

    assert last_of(Order.objects.get()) == ("pending", "the buyer", None)


def test_the_return_page_is_the_buyer(client, standin, workshop):
    order = place(workshop)
    standin.pay(open_session(order))

    client.get(reverse("orders:payment_return", args=[order.secret]))

    assert last_of(order) == ("paid", "the buyer", None)


def test_giving_back_and_paying_again_are_the_buyer(client, standin, workshop):
    order = place(workshop)
    client.post(reverse("orders:pay", args=[order.secret]))
    client.post(reverse("orders:give_back", args=[order.secret]))

    assert last_of(order) == ("cancelled", "the buyer", None)
    assert AuditEntry.objects.get(model="orders.payment", after="expired").actor == "the buyer"


def test_cancelling_a_place_is_the_buyer(client, standin, workshop):
    order = buy(standin, workshop)
    url = reverse("orders:cancel_place", args=[order.secret, order.lines.get().pk])

    client.post(url, {"shown": "105.00"})

    assert AuditEntry.objects.get(model="orders.order", after="closed").actor == "the buyer"


def test_the_webhook_is_stripe_and_telling_it_again_adds_no_entry(client, standin, workshop):
    order = place(workshop)
    standin.pay(open_session(order))
    [event] = events_of(standin, "checkout.session.completed")

    tell(client, standin.webhooks.signed(event))
    entries = AuditEntry.objects.count()
    tell(client, standin.webhooks.signed(event))

    assert last_of(order) == ("paid", "Stripe", None)
    assert AuditEntry.objects.filter(actor="Stripe", model="orders.payment").count() == 1
    assert AuditEntry.objects.count() == entries


def test_what_the_worker_does_is_the_workers(standin, workshop):
    order = place(workshop)
    Order.objects.update(held_until=timezone.now() - timedelta(seconds=1))

    call_command("worker", "--once")

    assert last_of(order) == ("lapsed", "the worker", None)


def test_what_a_command_does_is_the_commands(standin, workshop):
    order = place(workshop)
    Order.objects.update(held_until=timezone.now() - timedelta(seconds=1))

    call_command("reconcile", stdout=StringIO())

    assert last_of(order) == ("lapsed", "the command reconcile", None)


def test_the_desk_stands_there_with_the_account_that_is_signed_in(client, standin, workshop):
    order = buy(standin, workshop)
    user = make_user("desk@example.org", is_staff=True, is_superuser=True)
    client.force_login(user)
    form = {"places": [order.lines.get().pk], "amount": "", "reason": "", "shown": "105.00", "confirm": "Confirm"}

    client.post(reverse("admin:orders_order_refund", args=[order.pk]), form)

    by_desk = AuditEntry.objects.filter(user=user)
    assert set(by_desk.values_list("actor", flat=True)) == {"the desk"}
    assert AuditEntry.objects.get(model="orders.order", after="closed").user == user


def test_the_desk_acts_no_longer_when_its_page_is_done(client, workshop):
    client.force_login(make_user("desk@example.org", is_staff=True, is_superuser=True))
    client.get(reverse("admin:index"))

    order = place(workshop)

    assert last_of(order) == ("pending", "the site", None)
