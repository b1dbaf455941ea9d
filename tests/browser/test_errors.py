"""What is wrong has the focus, in the same words on every page, also where a form has one field."""

import re

import pytest
from playwright.sync_api import expect

from articles.models import Article
from courses.models import Workshop
from tests.browser.conftest import DESK, PHONE, app_of, follow, show_app

SMALL = PHONE | {"height": 664}
FOCUSED = "(document.activeElement.className || '') + ' ' + (document.activeElement.type || '')"


def in_sight(page):
    return page.evaluate("document.activeElement.getBoundingClientRect().top") < SMALL["height"]


def test_a_newsletter_address_that_is_none_brings_one_back_to_its_field(site, visit):
    page = visit(f"{site}/newsletter/", viewport=SMALL, expect_errors=True)
    page.locator(".offer").get_by_label("Email address").fill("nonsense")
    follow(page.locator(".offer").get_by_role("button"))

    assert (page.title()[:7], page.evaluate(FOCUSED).split()[-1], in_sight(page)) == ("Error: ", "email", True)


@pytest.mark.parametrize("script", [True, False], ids=["script", "without-script"])
def test_a_booking_with_gaps_begins_with_its_summary(site, visit, script):
    slug = Workshop.objects.get(slug="complexity-in-grief-one-day").slug
    page = visit(f"{site}/book/{slug}/", viewport=SMALL, java_script_enabled=script, expect_errors=True)
    follow(page.get_by_role("main").get_by_role("button", name=re.compile("^Book and pay")).last)

    assert (page.title()[:7], "errors" in page.evaluate(FOCUSED), in_sight(page)) == ("Error: ", True, True)


def test_the_desk_says_what_is_wrong_in_the_first_screen_and_leads_there(site, visit):
    article = Article.objects.published().first()
    app = app_of("editor@withyrooms.example")
    page = visit(f"{site}/admin/", viewport=DESK, expect_errors=True)
    page.get_by_label("Email").nth(1).fill("editor@withyrooms.example")
    page.get_by_label("Password").first.fill("withy-demo-only")
    follow(page.get_by_role("button", name="Sign in"))
    show_app(page, app)
    page.goto(f"{site}/admin/articles/article/{article.pk}/change/")
    page.locator("#id_title").fill("")
    follow(page.get_by_role("button", name="Save", exact=True).last)

    assert (page.title()[:6], "faults" in page.evaluate(FOCUSED), in_sight(page)) == ("Error:", True, True)
    page.locator(".faults").get_by_role("link", name="Title: This field is required.").click()
    expect(page.locator("#id_title")).to_be_focused()

    page.goto(f"{site}/admin/articles/article/add/")
    follow(page.get_by_role("button", name="Begin", exact=True))
    page.wait_for_function("document.activeElement.matches('.faults')")
