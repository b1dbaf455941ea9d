"""The first page of the desk, as each role sees it: on a phone and at a desk, with every table open."""

import pytest

from tests.browser.conftest import PHONE, sign_in
from tests.browser.inspection import complaints_at_the_desk

TABLES = {"organiser": 3, "editor": 1, "clinician": 0}  # nobody has written to the demo's practice


@pytest.mark.parametrize("role", ["organiser", "editor", "clinician"])
def test_each_role_has_a_page_that_is_accessible_and_fits(site, visit, role):
    page = sign_in(visit(expect_errors=True), site, f"{role}@withyrooms.example")

    found = complaints_at_the_desk(page, f"{site}/admin/")
    page.set_viewport_size(PHONE)
    width = page.evaluate("document.documentElement.scrollWidth")

    assert (found, width) == ([], PHONE["width"])
    assert page.locator(".plot table:visible").count() == TABLES[role]
    assert page.locator(".plot svg[role=img]").count() == TABLES[role]


def test_bars_are_told_apart_without_colours(site, visit):
    page = sign_in(visit(expect_errors=True), site, "organiser@withyrooms.example")
    page.emulate_media(forced_colors="active")
    page.goto(f"{site}/admin/")

    fills = page.evaluate(
        """() => [".plot__bar", ".plot__hollow"].map((name) => {
             const seen = getComputedStyle(document.querySelector(`.plot__picture ${name}`));
             return [seen.fill !== "none", seen.stroke !== "none"];
           })"""
    )

    assert fills == [[True, False], [False, True]]
