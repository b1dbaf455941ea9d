"""The way back to a booking, a place on the day, and when it all happens, as somebody on a phone finds them."""

import re

import pytest

from courses.models import Ticket, Workshop
from orders.models import Order
from outbox.models import Message
from tests.browser.conftest import DESK, PHONE, follow

SMALL = PHONE | {"height": 664}


@pytest.mark.parametrize("script", [True, False], ids=["script", "without-script"])
def test_a_lost_link_is_sent_again_from_the_foot_of_any_page(site, visit, script):
    ticket = Ticket.objects.confirmed().filter(workshop__slug="internal-family-systems-two-evenings").first()
    page = visit(f"{site}/articles/", viewport=PHONE, java_script_enabled=script, expect_errors=True)
    Message.objects.filter(kind="learning/links_again").delete()

    follow(page.get_by_role("link", name="Lost your joining link?"))
    page.get_by_label("Email address").fill("nonsense")
    follow(page.get_by_role("button", name="Send me my links"))
    assert (page.title()[:7], page.evaluate("document.activeElement.className")) == ("Error: ", "errors")
    page.get_by_label("Email address").fill(ticket.attendee_email)
    follow(page.get_by_role("button", name="Send me my links"))

    assert page.get_by_role("heading", level=1).inner_text() == "Check your inbox."
    assert page.context.cookies() == []
    mail = Message.objects.get(kind="learning/links_again")
    assert (mail.to, ticket.get_absolute_url() in mail.text) == (ticket.attendee_email, True)


def test_on_the_day_the_button_stands_in_the_first_screen_of_a_phone(site, visit):
    ticket = Ticket.objects.confirmed().filter(workshop__slug="siblings-today").first()
    page = visit(site + ticket.get_absolute_url(), viewport=SMALL)

    button = page.get_by_role("main").get_by_role("button").first.bounding_box()

    assert 0 <= button["y"] <= SMALL["height"] - button["height"]
    assert page.get_by_role("heading", level=1).inner_text() == "Come in"


def test_a_programme_is_told_in_the_readers_time_by_a_script_and_on_the_joining_page_without(site, visit):
    workshop = Workshop.objects.get(slug="internal-family-systems-two-evenings")
    ticket = workshop.tickets.confirmed().filter(attendee_time_zone="America/New_York").first()

    there = visit(site + workshop.get_absolute_url(), viewport=DESK, timezone_id="America/New_York")
    at_home = visit(site + workshop.get_absolute_url(), viewport=DESK, timezone_id="Europe/London")
    joining = visit(site + ticket.get_absolute_url(), viewport=PHONE, java_script_enabled=False)

    first = there.locator("ol.programme").first.locator("li").first
    assert re.split(r"\s*\n\s*", first.inner_text())[:2] == ["17:00", "12:00"]
    assert there.locator("[data-programme]").inner_text() == "London time, and below it your time (New York)"
    assert at_home.locator("ol.programme small").count() == 0
    assert joining.locator("ol.programme small").first.inner_text().split()[-1] == "12:00"
    assert there.locator("ol.programme").count() == joining.locator("ol.programme").count() == 2


def test_who_is_where_the_workshop_is_reads_its_hours_once(site, visit):
    page = visit(f"{site}/workshops/complexity-in-grief-one-day/", timezone_id="Europe/London")

    assert "In London, your time" in page.locator(".facts").inner_text()
    assert page.locator(".session-times tbody th").first.inner_text() == "London, your time"
    assert [row.is_hidden() for row in page.locator(".facts .yours, .session-times .yours").all()] == [True, True]


def test_the_terms_that_a_buyer_agreed_to_are_a_link_away_from_the_order(site, visit):
    order = Order.objects.filter(status=Order.Status.PAID).latest("pk")
    page = visit(site + order.get_absolute_url(), viewport=PHONE)

    follow(page.get_by_role("main").get_by_role("link", name=re.compile("terms")).first)

    assert page.url == f"{site}/legal/terms/{order.terms.version}/"
    assert page.get_by_role("heading", level=1).inner_text().startswith("Booking terms")
