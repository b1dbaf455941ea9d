"""The places of a workshop as the sum that they are, each part with the list that it counts."""

import re

import pytest

from courses.models import Ticket, WaitingListEntry
from orders.checkout.visitors import Visitor
from orders.models import Order
from tests.builders import make_ticket, make_ticket_type, make_user, make_workshop
from tests.orders.purchases import buy, buyer, place

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_parts_add_up_and_each_leads_to_what_it_counts(client, standin):
    workshop = make_workshop(capacity=12)
    make_ticket_type(workshop, "Recording", "50.00", access="catch_up")
    buy(standin, workshop, 2)
    place(workshop, 3, by=buyer("lea@example.org"))
    ended = place(workshop, by=buyer("late@example.org")).lines.get().ticket
    Ticket.objects.filter(pk=ended.pk).update(held_until="2026-01-01T00:00:00Z")
    unsure = place(workshop, by=buyer("ada@example.org"), visitor=Visitor("a network"))
    Order.objects.filter(pk=unsure.pk).update(status=Order.Status.UNCONFIRMED)
    promised = make_ticket(workshop, status=Ticket.Status.HELD, held_until=unsure.held_until)
    WaitingListEntry.objects.create(
        workshop=workshop,
        email="i@example.org",
        email_key="i@example.org",
        status="offered",
        ticket=promised,
        offer_ends_at=unsure.held_until,
    )
    WaitingListEntry.objects.create(workshop=workshop, email="w@example.org", email_key="w@example.org")
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))

    page = client.get(f"/admin/courses/workshop/{workshop.pk}/change/").text
    parts = re.findall(r'<a href="([^"]+)">(\d+) (booked|held[^<]*|promised[^<]*|on the waiting list)</a>', page)
    counted = [client.get(url.replace("&amp;", "&")).context["cl"].result_count for url, _, _ in parts]

    assert [(int(count), words) for _, count, words in parts] == [
        (2, "booked"),
        (3, "held, not paid yet"),
        (1, "held until an address is confirmed"),
        (1, "promised to who waits"),
        (1, "on the waiting list"),
    ]
    assert (counted, "<b>5 free</b>" in page) == ([2, 3, 1, 1, 1], True)
