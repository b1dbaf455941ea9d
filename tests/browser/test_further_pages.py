"""The pages that a link in a mail, an account, the desk or a mishap leads to, looked at as the others are."""

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.filebased import EmailBackend
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import User
from articles.models import Article
from courses.models import Workshop
from newsletter import links, signup
from newsletter.models import Subscriber
from orders.models import Order
from tests.browser.conftest import PHONE, follow, sign_in
from tests.browser.inspection import complaints_about, complaints_at_the_desk, look_at
from tests.browser.test_main_job import link_in_mail

ERRORS = ["400.html", "403.html", "403_csrf.html", "405.html", "409.html", "429.html", "500.html", "503.html"]


def test_the_newsletters_pages_are_accessible_and_fit(site, visit):
    email = "letters@example.org"
    signup.subscribe(email=email, placement="home")
    page = visit()

    found = look_at(page, link_in_mail(email, "/newsletter/confirm/"))
    follow(page.get_by_role("button", name="Yes, subscribe me"))
    found += complaints_about(page)
    found += look_at(page, links.unsubscribe_url(Subscriber.objects.get(email=email)))
    follow(page.get_by_role("button", name="Unsubscribe"))
    found += complaints_about(page)

    assert found == []


def test_the_pages_of_an_account_are_accessible_and_fit(site, visit):
    page = sign_in(visit(expect_errors=True), site, "noor.haddad@example.org")
    paths = ["orders:bookings", "account_email", "account_change_password", "account_reauthenticate", "account_logout"]

    found = {path: look_at(page, site + reverse(path)) for path in paths}

    assert found == {path: [] for path in paths}


def test_the_page_that_asks_for_a_code_is_accessible_and_fits(site, visit):
    page = visit(f"{site}/accounts/login/code/")

    page.get_by_label("Email").last.fill("noor.haddad@example.org")
    follow(page.get_by_role("main").get_by_role("button").first)

    assert (page.url, complaints_about(page)) == (site + reverse("account_confirm_login_code"), [])


@pytest.mark.parametrize("template", ERRORS)
def test_error_pages_are_accessible_and_fit(site, visit, template):
    page, shown = visit(), render_to_string(template, request=RequestFactory().get("/"))
    page.route(f"{site}/error/", lambda route: route.fulfill(body=shown, content_type="text/html"))

    assert look_at(page, f"{site}/error/") == []
    assert page.get_by_role("link", name="Need help now?").get_attribute("href") == reverse("practice:help_now")


@pytest.mark.urls("tests.practice_site.test_styleguide")
def test_the_styleguide_is_accessible_and_fits_with_every_part_of_a_page_in_it(site, visit):
    """The second engine is not heard: it takes the same part in two of its variants for two parts of one name."""
    page = visit()

    found = look_at(page, f"{site}/styleguide/")

    assert [each for each in found if not each.startswith("second: ")] == []
    assert page.context.cookies() == []


@pytest.mark.urls("tests.practice_site.test_mailbox")
def test_the_developers_mailbox_is_accessible_and_fits(site, visit, settings, tmp_path):
    settings.EMAIL_FILE_PATH = tmp_path
    headers = {"List-Unsubscribe": f"<{site}/newsletter/leave/{'x' * 80}/>"}
    letter = EmailMultiAlternatives("Your code", "Words.", "desk@example.org", ["noor@example.org"], headers=headers)
    letter.attach("workshop.ics", f"URL:{site}/{'x' * 80}", "text/calendar")
    EmailBackend().send_messages([letter])
    page = visit()

    found = look_at(page, f"{site}/mailbox/")
    follow(page.get_by_role("link", name="Your code"))
    found += complaints_about(page)

    assert found == []


def test_a_letter_with_a_long_link_in_it_fits_a_phone(site, visit):
    page = visit(viewport=PHONE)

    page.set_content(render_to_string("emails/orders/announcement.html", {"text": f"{site}/join/{'x' * 80}/"}))

    assert page.evaluate("[document.links.length, document.documentElement.scrollWidth]") == [2, PHONE["width"]]


def test_our_own_pages_at_the_desk_are_accessible(site, visit):
    page = sign_in(visit(expect_errors=True), site, "owner@withyrooms.example")
    upcoming = Order.objects.filter(status=Order.Status.PAID, workshop__in=Workshop.objects.upcoming())
    paid = upcoming.filter(payments__disputes=None).first()
    disputed = upcoming.exclude(payments__disputes=None).first()
    invoiced = Order.objects.filter(status=Order.Status.INVOICED).first()
    draft = Workshop.objects.get(status=Workshop.Status.DRAFT)
    paths = [
        reverse("admin:index"),
        reverse("admin:guide"),
        reverse("admin:orders_order_refund", args=[paid.pk]),
        reverse("admin:orders_order_refund", args=[disputed.pk]),
        reverse("admin:orders_order_move", args=[paid.pk]),
        reverse("admin:orders_order_transfer", args=[invoiced.pk]),
        reverse("admin:orders_cancel_workshop", args=[paid.workshop_id]),
        reverse("admin:courses_workshop_take_back", args=[paid.workshop_id]),
        reverse("admin:courses_workshop_publish", args=[draft.pk]),
        reverse("admin:articles_article_take_back", args=[Article.objects.published().first().pk]),
        reverse("admin:accounts_user_reset_factors", args=[User.objects.get(email="editor@withyrooms.example").pk]),
    ]

    found = {path: complaints_at_the_desk(page, site + path) for path in paths}

    assert found == {path: [] for path in paths}


def test_tables_of_the_desk_are_cards_on_a_small_phone(site, visit):
    page = sign_in(visit(viewport={"width": 320, "height": 700}, expect_errors=True), site, "owner@withyrooms.example")
    names = ["orders_movement_journal", "orders_movement_month", "orders_order_exports", "practice_enquiry_numbers"]

    widths = {}
    for name in names:
        page.goto(site + reverse(f"admin:{name}"))
        widths[name] = page.evaluate("document.documentElement.scrollWidth")

    assert widths == dict.fromkeys(names, 320)


def test_a_workshop_goes_on_the_site_by_a_button_a_page_and_a_press(site, visit):
    draft = Workshop.objects.get(status=Workshop.Status.DRAFT)
    page = sign_in(visit(expect_errors=True), site, "editor@withyrooms.example")
    page.goto(site + reverse("admin:courses_workshop_change", args=[draft.pk]))

    follow(page.get_by_role("link", name="Publish", exact=True))
    asked = (page.get_by_text("2 people").count(), Workshop.objects.get(pk=draft.pk).status)
    page.get_by_label("Reason").fill("The date is fixed.")
    follow(page.get_by_role("button", name="Publish"))

    assert (asked, Workshop.objects.get(pk=draft.pk).status) == ((1, "draft"), "published")
    assert page.get_by_text("Published: its page is on the site now.").count() == 1
    follow(page.get_by_role("link", name="Take back", exact=True))
    follow(page.get_by_role("button", name="Take back"))
    assert Workshop.objects.get(pk=draft.pk).status == "draft"
