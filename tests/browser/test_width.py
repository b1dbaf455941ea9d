"""Whatever stands in the rows, and at whatever hour it is read: no page is wider than a small phone."""

from datetime import time, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.models import Course, Session, Workshop
from courses.seats.places import NewTicket
from orders.checkout import placing
from tests.builders import make_recording, make_ticket, make_workshop

LONG = "W" * 60
ADDRESS = f"{'m' * 60}@{'m' * 40}.example"
SMALL = {"width": 320, "height": 800}


@pytest.fixture
def workshop(site):
    """Of the demo's practice for as long as a test lasts; over midnight, wherever one is."""
    workshop = make_workshop(course=Course.objects.published().first(), start=time(20), end=time(23), price="0.00")
    yield workshop
    Workshop.objects.filter(pk=workshop.pk).update(status=Workshop.Status.DRAFT)


def widths(visit, addresses, **options) -> dict[str, int]:
    page = visit(viewport=SMALL, **options)
    found = {}
    for address in addresses:
        answer = page.goto(address)
        assert answer.status == 200
        found[address] = page.evaluate("document.documentElement.scrollWidth")
    return found


def test_pages_fit_with_names_and_addresses_of_any_length(site, visit, workshop):
    buyer = placing.Buyer(LONG, ADDRESS, "Europe/London")
    place = NewTicket(workshop.ticket_types.get(), buyer.name, buyer.email, buyer.time_zone)
    order = placing.place_order(workshop, placing.Wish(buyer, [place], uuid4())).order
    line = order.lines.get()
    ticket = line.ticket
    make_recording(workshop, title=LONG, published_at=timezone.now())
    pages = [
        order.get_absolute_url(),
        reverse("orders:hand_over", args=[order.secret, line.pk]),
        reverse("orders:cancel_place", args=[order.secret, line.pk]),
        ticket.get_absolute_url(),
        reverse("learning:reminders", args=[ticket.secret]),
    ]

    found = widths(visit, [site + page for page in pages])

    assert set(found.values()) == {320}


@pytest.mark.parametrize("zone", ["Europe/London", "Asia/Kolkata", "America/New_York"])
def test_a_joining_page_fits_at_every_hour_of_the_day(site, visit, workshop, zone):
    """Six hours pass midnight somewhere, and the city of the reader then stands in a longer row."""
    place = site + make_ticket(workshop).get_absolute_url()
    session = Session.objects.filter(workshop=workshop)
    found = {}
    for hours in (-1, 2, 5, 8, 11, 14, 17, 20, 23):
        starts_at = timezone.now() + timedelta(hours=hours)
        session.update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=6))
        found[hours] = widths(visit, [place], timezone_id=zone)[place]

    assert set(found.values()) == {320}, found
