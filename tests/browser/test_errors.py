"""What is wrong has the focus, in the same words on every page, also where a form has one field."""

import re

import pytest

from courses.models import Workshop
from tests.browser.conftest import PHONE, follow

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
