"""What the design says in numbers: how large a target is, how wide a text, what stands in one row."""

import re

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_pages import private_pages, public_pages

# Links within a sentence may be as high as its line; a link that is the picture's whole block counts as the block.
SMALL_TARGETS = """() => {
  const isSeen = (e) => e.checkVisibility() && e.getBoundingClientRect().width > 1 && !e.closest(".sr, .trap");
  const isInSentence = (e) => e.matches("a") && e.parentElement.textContent.trim() !== e.textContent.trim()
    && getComputedStyle(e).display === "inline" || e.closest("sup");
  const isWholeBlock = (e) => getComputedStyle(e, "::after").position === "absolute";
  const fields = "select, textarea, input:not([type=checkbox], [type=radio])";
  return [...document.querySelectorAll(`a, button, summary, ${fields}`)]
    .filter((e) => isSeen(e) && !isInSentence(e) && !isWholeBlock(e))
    .filter((e) => e.getBoundingClientRect().height < 43.5 || e.getBoundingClientRect().width < 43.5)
    .map((e) => e.textContent.trim() || e.name);
}"""
WIDE_TEXTS = """() => {
  const measure = 38 * parseFloat(getComputedStyle(document.documentElement).fontSize);
  return [...document.querySelectorAll("main :is(.lede, .prose, .stack > p:not(.row, .alert), .form > p:not(.row))")]
    .filter((e) => e.getBoundingClientRect().width > measure + 1)
    .map((e) => e.textContent.trim().slice(0, 60));
}"""


def test_targets_are_large_enough_for_a_finger_and_texts_no_wider_than_the_measure(site, visit):
    page = visit(expect_errors=True)

    found = {}
    for path in [*public_pages(), *private_pages()]:
        page.set_viewport_size(PHONE)
        page.goto(site + path)
        small_on_phone = page.evaluate(SMALL_TARGETS)
        page.set_viewport_size(DESK)
        found[path] = small_on_phone + page.evaluate(SMALL_TARGETS) + page.evaluate(WIDE_TEXTS)

    assert {path: complaints for path, complaints in found.items() if complaints} == {}


def test_the_only_card_of_a_topic_is_no_wider_than_a_text(site, visit):
    page = visit(f"{site}/articles/?topic=how-therapy-works", viewport=DESK)

    assert [page.locator(".card").count(), page.locator(".card").bounding_box()["width"] <= 608] == [1, True]


def test_a_filter_stands_in_one_row_on_a_desk_and_below_each_other_on_a_phone(site, visit):
    rows = {}
    for name, viewport in (("desk", DESK), ("phone", PHONE)):
        parts = visit(f"{site}/workshops/", viewport=viewport).locator(".filters :is(select, button)").all()
        rows[name] = len({round(part.bounding_box()["y"]) for part in parts})

    assert rows == {"desk": 1, "phone": 4}


def test_the_rows_of_times_keep_the_visitors_own_on_one_line(site, visit):
    page = visit(site, viewport=DESK, timezone_id="Europe/London")

    assert {row.bounding_box()["height"] < 30 for row in page.locator(".session .yours").all()} == {True}


def test_signs_that_only_decorate_are_not_read_out(site, visit):
    page = visit(f"{site}/workshops/", expect_errors=True)
    crumbs = page.get_by_role("navigation", name="Breadcrumb").aria_snapshot()
    page.goto(f"{site}/therapy/")
    page.get_by_role("button", name="Send enquiry").click()
    error = page.locator(".field__error").first.aria_snapshot()

    assert [re.search(r"^\s*- (text|listitem): /( |$)", crumbs, re.M), re.search("!", error)] == [None, None]
