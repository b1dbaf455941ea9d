"""The main job in a browser, on a phone and at a desk, with script and without."""

import re

import pytest
from django.core import mail

from courses.models import Workshop
from orders.models import Order
from outbox.delivery import deliver_due
from outbox.models import Message
from tests.browser.conftest import DESK, PHONE, app_of, follow, show_app

LINK = re.compile(r"http://\S+")
WAYS = [
    pytest.param(PHONE, True, id="phone"),
    pytest.param(PHONE, False, id="phone-without-script"),
    pytest.param(DESK, True, id="desk"),
    pytest.param(DESK, False, id="desk-without-script"),
]


def link_in_mail(to: str, part: str) -> str:
    deliver_due(limit=1000)
    letters = [letter for letter in mail.outbox if letter.to == [to]]
    return next(url for letter in reversed(letters) for url in LINK.findall(letter.body) if part in url)


@pytest.mark.parametrize(("viewport", "script"), WAYS)
def test_read_subscribe_book_pay_join(site, visit, viewport, script):
    email = f"reader-{viewport['width']}-{script}@example.org".lower()
    page = visit(site, viewport=viewport, java_script_enabled=script, timezone_id="America/New_York")

    follow(page.get_by_role("link", name="Articles", exact=True).first)
    follow(page.get_by_role("link", name="Can adult brains grow new cells?"))
    page.locator(".offer").get_by_label("Email address").fill(email)
    follow(page.locator(".offer").get_by_role("button"))
    page.goto(link_in_mail(email, "/newsletter/confirm/"))
    follow(page.get_by_role("button", name="Yes, subscribe me"))
    code = page.locator(".code").inner_text().strip()
    assert page.context.cookies() == []

    follow(page.get_by_role("link", name="Workshops", exact=True).first)
    follow(page.get_by_role("link", name="Working with complexity in grief").first)
    page.get_by_label("Full price").check()
    follow(page.get_by_role("button", name="Book this workshop"))
    page.get_by_label("Your name").fill("Noor Haddad")
    page.get_by_label("Email", exact=True).first.fill(email)
    if script:
        assert page.get_by_label("Your time zone").input_value() == "America/New_York"
    page.get_by_label("Discount code").fill(code)
    follow(page.get_by_role("button", name="Apply the code"))
    page.get_by_label("I accept the").check()
    follow(page.get_by_role("button", name="Book and pay £84.00"))
    assert page.get_by_text("TEST PAYMENT").first.is_visible()

    follow(page.get_by_role("button", name=re.compile("^Pay £84.00")))
    assert page.get_by_role("heading", level=1).inner_text() == "You are booked, Noor Haddad."
    order = Order.objects.get(buyer_email=email)
    assert (order.status, str(order.total)) == (Order.Status.PAID, "84.00")

    page.goto(link_in_mail(email, "/join/"))
    assert page.get_by_role("heading", level=1).inner_text() == "Your place"
    assert page.locator("a[href*='zoom.example']").count() == 0
    assert Message.objects.filter(key=f"order:{order.pk}:confirmation").count() == 1


@pytest.mark.parametrize("script", [True, False])
def test_a_full_workshop_takes_an_address_for_the_waiting_list(site, visit, script):
    full = next(each for each in Workshop.objects.published().upcoming() if not each.places_left())
    page = visit(site + full.get_absolute_url(), java_script_enabled=script)

    page.locator(".slip").get_by_label("Email").first.fill("later@example.org")
    follow(page.get_by_role("button", name="Join the waiting list"))

    assert full.waiting_list.filter(email="later@example.org").count() == 1


def test_an_enquiry_reaches_the_desk_and_says_what_comes_next(site, visit):
    page = visit(f"{site}/therapy/", viewport=PHONE)

    page.get_by_label("Your name").fill("Sam Reed")
    page.locator('#enquire input[name="email"]').fill("sam@example.org")
    page.get_by_label("You may write to this address").check()
    page.get_by_label("Online", exact=True).check()
    page.get_by_label("I agree that you keep what I write").check()
    follow(page.get_by_role("button", name="Send enquiry"))

    assert page.url == f"{site}/therapy/thank-you/"
    assert "You have an answer by" in page.locator("main").inner_text()
    assert [mail for mail in Message.objects.filter(key__startswith="enquiry") if "Sam" in mail.text] == []


def test_from_an_article_somebody_asks_for_a_clinician_and_an_error_has_the_focus(site, visit):
    page = visit(f"{site}/articles/rupture-and-repair/", viewport=PHONE, expect_errors=True)

    follow(page.get_by_role("link", name="Ask for a first conversation"))
    follow(page.get_by_role("link", name="Ask for Ravi Menon"))
    chosen = page.get_by_label("Is there somebody you would like to see?").evaluate(
        "each => each.selectedOptions[0].text"
    )
    follow(page.get_by_role("button", name="Send enquiry"))

    assert chosen == "Ravi Menon"
    assert page.url == f"{site}/therapy/"
    assert page.evaluate("document.activeElement.classList.contains('errors')")


def test_help_is_in_the_first_screen_of_a_phone_and_leads_to_who_answers(site, visit):
    page = visit(f"{site}/articles/rupture-and-repair/", viewport=PHONE)
    link = page.get_by_role("link", name="Need help now?")
    shown = link.bounding_box()

    follow(link)

    assert shown["y"] + shown["height"] < 120
    assert page.get_by_role("link", name="116 123").first.is_visible()


def test_an_editor_changes_a_title_in_the_rich_text_admin(site, visit):
    app = app_of("editor@withyrooms.example")
    page = visit(f"{site}/admin/", expect_errors=True)
    page.get_by_label("Email").nth(1).fill("editor@withyrooms.example")
    page.get_by_label("Password").first.fill("withy-demo-only")
    follow(page.get_by_role("button", name="Sign in"))
    show_app(page, app)

    page.goto(f"{site}/admin/articles/article/")
    follow(page.get_by_role("link", name="Rupture, and the art of coming back"))
    page.locator(".prose-editor > .tiptap").first.wait_for()
    page.locator("#id_title").fill("Rupture, and coming back")
    follow(page.get_by_role("button", name="Save, then publish…").last)
    follow(page.get_by_role("button", name="Publish", exact=True).last)

    page.goto(f"{site}/articles/rupture-and-repair/")
    assert page.get_by_role("heading", level=1).inner_text() == "Rupture, and coming back"


def test_going_back_from_the_payment_page_shows_the_place_that_waits(site, visit):
    workshop = next(each for each in Workshop.objects.published().upcoming() if each.is_on_sale and each.places_left())
    page = visit(f"{site}/book/{workshop.slug}/")
    page.get_by_label("Your name").fill("Back Button")
    page.get_by_label("Email", exact=True).first.fill("back@example.org")
    page.get_by_label("I accept the").check()
    follow(page.get_by_role("button", name="Book and pay"))

    page.goto(f"{site}/book/{workshop.slug}/")
    follow(page.get_by_role("link", name="Go to the order that is waiting"))

    assert page.get_by_role("heading", level=1).inner_text() == "Your place is held."
    assert Order.objects.filter(buyer_email="back@example.org").count() == 1
