"""What somebody sees first after each press of a booking: it has the focus, on a phone and without a script too."""

import re

import pytest

from courses.models import Workshop
from tests.browser.conftest import PHONE, follow

FOCUSED = "document.activeElement.matches('.done') && document.activeElement.innerText"

ANSWER = "document.activeElement.matches('h1.answer') && document.activeElement.innerText"


def seen_first(page):
    """What was done, if it has the focus and stands in the first screen."""
    top = page.locator(".done").bounding_box()["y"]
    return page.evaluate(FOCUSED) if 0 <= top <= page.viewport_size["height"] - 100 else f"at {top} px"


def fill(page, *people):
    page.get_by_label("Your name").fill("Ana Ruiz")
    page.get_by_label("Email", exact=True).first.fill("ana.ruiz@example.org")
    for index, (name, email) in enumerate(people):
        page.locator(f"#id_place{index}-name").fill(name)
        page.locator(f"#id_place{index}-email").fill(email)


def press(page, name):
    follow(page.get_by_role("main").get_by_role("button", name=re.compile(name)).last)


@pytest.mark.parametrize("script", [True, False], ids=["script", "without-script"])
def test_each_press_says_what_it_did(site, visit, script):
    workshop = Workshop.objects.get(slug="complexity-in-grief-one-day")
    page = visit(f"{site}/book/{workshop.slug}/", viewport=PHONE, java_script_enabled=script)
    full = str(workshop.ticket_types.get(name="Full price").pk)

    page.locator("#id_place0-ticket_type").select_option(full)
    if script:
        page.locator("#pay", has_text="105.00").wait_for()
    else:
        follow(page.get_by_role("button", name="Update the price").first)
    press(page, "Add another place")
    assert seen_first(page) == "Place 2 is added. To pay: £210.00."
    press(page, "An organisation pays")
    assert seen_first(page) == "You book by invoice. To pay: £210.00."
    press(page, "Pay by card instead")
    assert seen_first(page) == "You pay by card. To pay: £210.00."

    fill(page, ("Carla Soto", "carla@example.org"), ("Ben Ruiz", "ben@example.org"))
    page.get_by_label("I accept the").check()
    press(page, "Book and pay £210.00")
    press(page, "^Pay £210.00")
    assert seen_first(page).startswith("Thank you, £210.00 is paid.")
    assert page.get_by_role("heading", level=1).inner_text() == "Two places are booked."
    assert page.get_by_role("link", name="joining page").count() == 0

    press(page, "Send the joining page again to Ben Ruiz")
    assert seen_first(page).startswith("We are sending Ben Ruiz the joining page again.")
    follow(page.get_by_role("link", name="Cancel the place of Ben Ruiz"))
    press(page, "Cancel it and get £105.00 back")
    assert seen_first(page).startswith("Ben Ruiz’s place is cancelled. £105.00 goes back to the card")
    assert page.get_by_role("heading", level=1).inner_text() == "Carla Soto is booked."
    page.reload()
    assert page.locator(".done").count() == (0 if script else 1)


@pytest.mark.parametrize("script", [True, False], ids=["script", "without-script"])
def test_who_joins_a_list_or_leaves_one_is_told_so_first(site, visit, script):
    full = next(each for each in Workshop.objects.upcoming() if each.is_published and not each.places_left())
    page = visit(site + full.get_absolute_url(), viewport=PHONE, java_script_enabled=script)

    page.get_by_label("Email").first.fill(f"waits-{script}@example.org".lower())
    press(page, "waiting list")
    assert page.evaluate(ANSWER) == "One more step: look into your inbox."
    entry = full.waiting_list.get(email=f"waits-{script}@example.org".lower())
    page.goto(site + entry.get_absolute_url())
    assert page.evaluate(ANSWER) is False
    press(page, "Join the waiting list")
    assert page.evaluate(ANSWER) == "You are on the list."
    assert page.url.endswith("/" if script else "?done=1")
    press(page, "Leave the list")
    assert page.evaluate(ANSWER) == "You have left the list."
