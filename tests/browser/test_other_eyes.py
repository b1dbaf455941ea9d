"""On paper, by night, and with the few colours that somebody has chosen for all pages."""

from io import BytesIO

import pytest
from PIL import Image

from courses.models import Workshop
from kit.local import times
from learning.models import Handout
from orders.models import Order
from tests.builders import make_ticket, make_workshop

GRIEF = "complexity-in-grief-one-day"
BLANK = "rgba(0, 0, 0, 0)"


def workshop_of(site):
    return site + Workshop.objects.get(slug=GRIEF).get_absolute_url()


def style_of(locator, name):
    return locator.evaluate("(element, name) => getComputedStyle(element)[name]", name)


def test_what_is_not_chosen_does_not_look_shut_by_night(site, visit):
    page = visit(workshop_of(site), color_scheme="dark")

    radios = [page.locator(".tier input:not(:checked)").first, page.locator(".tier input:checked")]
    assert [style_of(each, "appearance") for each in radios] == ["none", "auto"]
    assert style_of(radios[0], "backgroundColor") == BLANK
    radios[0].check()
    assert style_of(page.locator(".tier input:checked"), "appearance") == "auto"


def test_covers_and_initials_are_dimmed_alike_by_night(site, visit):
    page = visit(f"{site}/therapy/", color_scheme="dark")

    filters = [style_of(page.locator(part).first, "filter") for part in (".cover", ".monogram")]
    assert filters == ["brightness(0.88)"] * 2


@pytest.mark.parametrize("part", [".note", ".tier", ".slip", ".badge"])
def test_parts_keep_an_edge_with_ones_own_colours(site, visit, part):
    page = visit(workshop_of(site), forced_colors="active")

    assert style_of(page.locator(part).first, "borderTopWidth") in ("1px", "4px")


def test_initials_are_read_with_ones_own_colours(site, visit):
    """Mixed with a black page, white ones were black."""
    page = visit(f"{site}/therapy/", forced_colors="active", color_scheme="dark")

    monogram = page.locator(".monogram").first
    whole = Image.open(BytesIO(monogram.screenshot())).convert("L")

    assert whole.crop((4, 4, whole.width - 4, whole.height - 4)).getextrema() == (0, 255)


def test_the_chosen_ticket_is_told_by_its_edge_with_ones_own_colours(site, visit):
    page = visit(workshop_of(site), forced_colors="active")

    widths = [style_of(each, "borderTopWidth") for each in page.locator(".tier").all()]
    assert (widths.count("4px"), len(widths) > 1) == (1, True)


def test_paper_shows_the_workshop_and_no_other(site, visit):
    page = visit(workshop_of(site))
    page.emulate_media(media="print")

    seen = {part: page.locator(part).first.is_visible() for part in ("h1", ".tier", ".elsewhere", "nav", ".button")}
    assert seen == {"h1": True, ".tier": True, ".elsewhere": False, "nav": False, ".button": False}


def test_an_article_takes_the_width_of_the_paper(site, visit):
    page = visit(f"{site}/articles/can-adult-brains-grow-new-cells/", viewport={"width": 700, "height": 1000})
    page.emulate_media(media="print")

    prose = page.locator(".prose").first
    assert (prose.bounding_box()["width"] > 640, style_of(prose, "fontSize")) == (True, f"{10.5 * 96 / 72:g}px")


def test_paper_holds_the_article_and_not_what_leads_on_from_it(site, visit):
    page = visit(f"{site}/articles/why-company-calms/")
    leads_on = ["#next-h", "#therapists-h", "#comments-h", ".notice"]
    on_screen = [page.locator(part).is_visible() for part in leads_on]

    page.emulate_media(media="print")

    assert (on_screen, [page.locator(part).is_visible() for part in leads_on]) == ([True] * 4, [False] * 4)


def test_paper_names_the_handouts_of_a_place(site, visit):
    workshop = make_workshop(course=Workshop.objects.get(slug=GRIEF).course)
    Handout.objects.create(workshop=workshop, title="Ten poems on loss", url="https://library.example/poems")
    page = visit(site + make_ticket(workshop).get_absolute_url())
    page.emulate_media(media="print")
    workshop_ends = Workshop.objects.filter(pk=workshop.pk)

    try:
        assert page.get_by_text("Ten poems on loss").is_visible()
        assert page.get_by_text(f"This page: {site}").is_visible()
    finally:
        workshop_ends.update(status=Workshop.Status.DRAFT)


def test_paper_says_when_the_place_opens_and_not_how_long_that_is_to_wait(site, visit):
    workshop = make_workshop(course=Workshop.objects.get(slug=GRIEF).course)
    ticket = make_ticket(workshop)
    page = visit(site + ticket.get_absolute_url())
    on_screen = page.locator(".ticket__do b").first.inner_text()
    page.emulate_media(media="print")
    opens_at = times.moment_label(workshop.session_list[0].opens_at, ticket.attendee_time_zone)

    try:
        assert on_screen.startswith("Opens in ")
        assert page.locator(".ticket__do b").first.inner_text() == f"Opens {opens_at}"
    finally:
        Workshop.objects.filter(pk=workshop.pk).update(status=Workshop.Status.DRAFT)


def test_paper_says_when_a_held_place_ends(site, visit):
    order = Order.objects.filter(status=Order.Status.UNCONFIRMED).first()
    page = visit(site + order.get_absolute_url())
    on_screen = page.locator(".hold").is_visible()
    page.emulate_media(media="print")

    said = page.get_by_text("We are holding").locator("visible=true").inner_text()
    assert (on_screen, said) == (
        True,
        f"We are holding your place until {times.until_label(order.pay_until, order.time_zone)}.",
    )


def test_paper_holds_the_way_from_an_order_to_its_joining_page(site, visit):
    order = Order.objects.filter(status=Order.Status.PAID, buyer_email="noor.haddad@example.org").earliest("pk")
    page = visit(site + order.get_absolute_url())
    page.emulate_media(media="print")

    [ticket] = [line.ticket for line in order.booked_lines]
    assert page.get_by_text(f"Joining page: {site}{ticket.get_absolute_url()}").is_visible()
