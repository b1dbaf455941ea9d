"""The booking box: what is chosen, what it costs together, and a button that is always in sight."""

import pytest

from tests.browser.conftest import DESK, PHONE

LAPTOP = {"width": 1366, "height": 650}
SEEN = """() => [...document.querySelectorAll("#book .button--wide, .jump:not([hidden]) .button")].some((each) => {
    const { top, bottom } = each.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
})"""
STEP = 200


@pytest.mark.parametrize("slug", ["complexity-in-grief-one-day", "internal-family-systems-two-evenings"])
@pytest.mark.parametrize("viewport", [LAPTOP, PHONE, DESK], ids=["laptop", "phone", "desk"])
def test_a_button_is_in_sight_wherever_one_reads(site, visit, slug, viewport):
    page = visit(f"{site}/workshops/{slug}/", viewport=viewport)
    end = page.evaluate("document.querySelector('main').getBoundingClientRect().bottom") - viewport["height"]

    blind = []
    for top in range(0, int(end), STEP):
        page.evaluate(f"scrollTo({{ top: {top}, behavior: 'instant' }})")
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        if not page.evaluate(SEEN):
            blind.append(top)

    assert blind == []


def test_the_cheapest_ticket_for_everybody_is_chosen_and_the_sum_follows(site, visit):
    page = visit(f"{site}/workshops/complexity-in-grief-one-day/")
    total = page.locator("[data-total]")

    chosen = page.locator(".tier:has(:checked)").inner_text()
    alone = total.is_visible()
    page.get_by_label("Places").fill("2")
    two = total.inner_text()
    page.get_by_label("Full price").check()

    assert chosen.startswith("Early bird")
    assert (alone, two, total.inner_text()) == (False, "Together £178.00", "Together £210.00")


def test_filters_are_folded_on_a_phone_and_open_at_a_desk(site, visit):
    def shows(viewport):
        page = visit(f"{site}/workshops/", viewport=viewport)
        return page.get_by_label("Subject").is_visible(), page.locator(".session").first.bounding_box()["y"]

    (phone, top), (desk, _) = shows(PHONE), shows(DESK)

    assert (phone, desk, top < PHONE["height"]) == (False, True, True)


def test_the_order_shows_the_hours_in_the_visitors_own_time_and_in_the_zone_that_is_chosen(site, visit):
    page = visit(f"{site}/book/complexity-in-grief-one-day/", timezone_id="America/New_York")
    order = page.locator("#order")

    order.get_by_text("05:00–11:00 in New York").wait_for()
    page.get_by_label("Your time zone").select_option("Paris")
    order.get_by_text("11:00–17:00 in Paris").wait_for()

    assert order.get_by_text("in New York").count() == 0
    assert page.locator("[data-voice]").inner_text() == ""
