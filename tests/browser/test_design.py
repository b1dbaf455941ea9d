"""What the design says in numbers: how wide a card is, what stands in one row; targets and texts: inspection.py."""

import re

from django.conf import settings

from tests.browser.conftest import DESK, PHONE, follow


def test_the_only_card_of_a_topic_is_no_wider_than_a_text(site, visit):
    page = visit(f"{site}/articles/?topic=attachment-and-repair", viewport=DESK)

    assert [page.locator(".card").count(), page.locator(".card").bounding_box()["width"] <= 608] == [1, True]


def test_an_article_lists_its_parts_beside_it_at_a_desk_and_folded_before_it_on_a_phone(site, visit):
    shown = {}
    for name, viewport in (("desk", DESK), ("phone", PHONE)):
        page = visit(f"{site}/articles/rupture-and-repair/", viewport=viewport)
        shown[name] = page.locator(".toc a").first.is_visible()

    page.locator(".toc summary").click()

    assert shown == {"desk": True, "phone": False}
    assert page.locator(".toc a").first.is_visible()


def test_a_heading_does_not_sink_beside_a_long_lede(site, visit):
    page = visit(f"{site}/articles/", viewport=DESK)

    heading, lede = page.locator("h1").bounding_box(), page.locator(".lede").first.bounding_box()

    assert lede["height"] > heading["height"]
    assert abs(heading["y"] - lede["y"]) < 40


def test_a_filter_stands_in_one_row_on_a_desk_and_below_each_other_on_a_phone(site, visit):
    rows = {}
    for name, viewport in (("desk", DESK), ("phone", PHONE)):
        parts = visit(f"{site}/workshops/", viewport=viewport).locator(".filters :is(select, button)").all()
        rows[name] = len({round(part.bounding_box()["y"]) for part in parts})

    assert rows == {"desk": 1, "phone": 4}


def test_the_rows_of_times_keep_the_visitors_own_on_one_line(site, visit):
    page = visit(site, viewport=DESK, timezone_id="Asia/Tokyo")

    assert {row.bounding_box()["height"] < 30 for row in page.locator(".session .yours").all()} == {True}


def test_signs_that_only_decorate_are_not_read_out(site, visit):
    page = visit(f"{site}/workshops/", expect_errors=True)
    crumbs = page.get_by_role("navigation", name="Breadcrumb").aria_snapshot()
    page.goto(f"{site}/therapy/")
    follow(page.get_by_role("button", name="Send enquiry"))
    error = page.locator(".field__error").first.aria_snapshot()

    assert [re.search(r"^\s*- (text|listitem): /( |$)", crumbs, re.M), re.search("!", error)] == [None, None]


def test_the_large_figure_of_an_offer_is_read_out_by_its_words_alone(site, visit):
    offer = visit(f"{site}/newsletter/").locator("main .offer")

    heard = re.findall(r"\d+%", offer.get_by_role("heading").aria_snapshot())
    assert (heard, offer.locator(".figure").get_attribute("data-figure")) == (["20%"], "20%")
    assert offer.locator(".figure").aria_snapshot() == ""


def test_no_script_asks_how_wide_the_window_is():
    """So a page that was made narrow is the page that a narrow window gets, and each is visited once."""
    scripts = [*(settings.BASE_DIR / "static").rglob("*.js")]

    asking = [path.name for path in scripts if re.search(r"innerWidth|matchMedia|clientWidth|resize", path.read_text())]

    assert (bool(scripts), asking) == (True, [])


def test_no_line_of_a_breadcrumb_begins_with_its_sign(site, visit):
    page = visit(f"{site}/workshops/siblings-small-group/", expect_errors=True)
    page.locator("form[action$='/waiting-list/']").first.evaluate("(form) => form.noValidate = true")
    follow(page.locator("form[action$='/waiting-list/'] button").first)

    begun = {}
    for width in range(320, 480, 5):
        page.set_viewport_size({"width": width, "height": 800})
        begun[width] = page.locator(".crumbs ol").evaluate(BEGUN_WITH_THE_SIGN)

    assert page.locator(".crumbs li").count() > 1
    assert begun == dict.fromkeys(begun, 0)


# A line of a link, or of its item, that begins where the list does, and is as wide as the sign alone.
BEGUN_WITH_THE_SIGN = """(list) => [...list.querySelectorAll("a, li:has(a)")]
    .flatMap((each) => [...each.getClientRects()])
    .filter((line) => line.left < list.getBoundingClientRect().left + 2 && line.width > 5 && line.width < 40).length"""


def test_a_word_that_was_found_stays_whole_in_its_title(site, visit):
    page = visit(f"{site}/search/?q=grief", viewport={"width": 390, "height": 844})

    kinds = page.locator(".found h2 > a:has(mark)").evaluate_all("(all) => all.map((a) => getComputedStyle(a).display)")
    assert set(kinds) == {"inline-block"}  # parts of a flexible box lose their blanks and break apart


def test_titles_in_a_row_of_cards_begin_at_one_height_however_many_lines_they_have(site, visit):
    page = visit(f"{site}/articles/")

    lines = page.locator(".cards .card__title").evaluate_all("""(titles) => titles.slice(0, 3).map((title) => {
      const words = document.createRange();
      words.selectNodeContents(title.querySelector("a"));
      return [...new Set([...words.getClientRects()].map((line) => Math.round(line.top)))];
    })""")

    assert {len(each) for each in lines} == {1, 2}
    assert len({each[0] for each in lines}) == 1
