"""Every page of the demo site, as a browser shows it: accessible, within its width, by itself, without a cookie."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from articles.commenting.models import Comment
from articles.commenting.own_links import own_path
from articles.models import Article
from courses import interest
from courses.models import Course, Ticket, WaitingListEntry, Workshop
from courses.seats.places import NewTicket
from kit.local import times
from learning.models import Recording
from learning.recordings import open_recording
from orders.checkout import placing
from orders.models import Document, Order, OrderLine
from orders.settling import workshop_cancellation
from practice_site.sitemaps import SITEMAPS
from tests.browser.conftest import follow
from tests.browser.inspection import complaints_about, look_at
from tests.builders import make_workshop


def public_pages() -> list[str]:
    """All that search engines are told of, and what they are not."""
    maps = [sitemap() for sitemap in SITEMAPS.values()]
    return [
        *(each.location(item) for each in maps for item in each.items()),
        *(workshop.get_absolute_url() for workshop in Workshop.objects.published().past()),
        "/therapy/thank-you/",
        "/articles/?topic=nothing-of-that-name",
        f"{Article.objects.published().first().get_absolute_url()}report/",
        f"{Article.objects.published().first().get_absolute_url()}comment/",
        own_path(Comment.objects.waiting().first()),
        own_path(Comment.objects.published().first()),
        "/workshops/?subject=nothing-of-that-name",
        "/clinicians/?language=nothing-of-that-name",
        "/search/",
        "/search/?q=grief",
        "/search/?q=nothing-of-that-name",
        "/newsletter/check-your-inbox/",
        "/newsletter/confirm/forged/",
        "/a-page-that-is-not-there/",
    ]


def private_pages() -> list[str]:
    on_sale = next(each for each in Workshop.objects.published().upcoming() if each.is_on_sale and each.places_left())
    line = OrderLine.objects.filter(order__status=Order.Status.PAID, order__workshop=on_sale).first()
    place = [line.order.secret, line.pk]
    offer = WaitingListEntry.objects.offered().get()
    book = reverse("orders:book", args=[on_sale.slug])
    return [
        book,
        f"{book}?by=invoice",
        reverse("orders:cancel_place", args=place),
        reverse("orders:hand_over", args=place),
        reverse("orders:move_place", args=place),
        *(order.get_absolute_url() for order in Order.objects.all()),
        *(reverse("orders:document", args=[document.secret]) for document in one_of_each_kind()),
        *(ticket.get_absolute_url() for ticket in Ticket.objects.confirmed().order_by("workshop").distinct()[:3]),
        *(reverse("courses:waiting_entry", args=[entry.secret]) for entry in WaitingListEntry.objects.all()[:2]),
        f"{reverse('orders:book', args=[offer.workshop.slug])}?offer={offer.secret}",
        *after_the_workshop(),
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/login/code/",
        "/accounts/password/reset/",
    ]


def after_the_workshop() -> list[str]:
    """While it goes on, while its recordings are open, and once they have closed; a film that plays; feedback."""
    slugs = ("siblings-today", "complexity-in-grief-last-term", "internal-family-systems-last-term")
    tickets = [Ticket.objects.confirmed().filter(workshop__slug=slug).latest("pk") for slug in slugs]
    film = Recording.objects.get(kind=Recording.Kind.FILE)
    open_recording(tickets[1], film.pk)
    return [
        *(ticket.get_absolute_url() for ticket in tickets),
        reverse("learning:recording", args=[tickets[1].secret, film.pk]),
        reverse("learning:feedback", args=[tickets[1].secret]),
    ]


def one_of_each_kind() -> list[Document]:
    return [Document.objects.filter(kind=kind).first() for kind in Document.Kind.values]


def test_public_pages_are_accessible_fit_and_set_no_cookie(site, visit):
    page = visit(expect_errors=True)

    found = {path: look_at(page, site + path) for path in public_pages()}

    assert {path: complaints for path, complaints in found.items() if complaints} == {}
    assert page.context.cookies() == []


def test_private_pages_are_accessible_and_fit(site, visit):
    page = visit(expect_errors=True)

    found = {path: look_at(page, site + path) for path in private_pages()}

    assert {path: complaints for path, complaints in found.items() if complaints} == {}


def test_forms_with_errors_are_accessible(site, visit):
    page = visit(expect_errors=True)
    on_sale = next(each for each in Workshop.objects.published().upcoming() if each.is_on_sale and each.places_left())

    page.goto(site + reverse("orders:book", args=[on_sale.slug]))
    follow(page.get_by_role("button", name="Book and pay"))
    checkout = complaints_about(page)
    page.goto(f"{site}/therapy/")
    follow(page.get_by_role("button", name="Send enquiry"))
    enquiry = complaints_about(page)
    page.goto(f"{site}/newsletter/")
    page.get_by_label("Email address").fill("noor@")
    follow(page.get_by_role("button", name="Subscribe and get the code"))
    newsletter = complaints_about(page)

    assert (checkout, enquiry, newsletter) == ([], [], [])


def test_the_error_summary_takes_the_focus_and_leads_to_the_field(site, visit):
    page = visit(expect_errors=True)
    on_sale = next(each for each in Workshop.objects.published().upcoming() if each.is_on_sale and each.places_left())
    page.goto(site + reverse("orders:book", args=[on_sale.slug]))

    follow(page.get_by_role("button", name="Book and pay"))
    expect(page.locator(".errors")).to_be_focused()
    page.get_by_role("link", name="Accept the booking terms to carry on.").click()

    expect(page.locator("[name=terms]")).to_be_focused()


def test_the_pages_of_a_cancelled_workshop_and_of_interest_are_accessible_and_fit(site, visit):
    page = visit(expect_errors=True)
    course = Course.objects.published().first()
    workshop, other_date = make_workshop(course=course, price="0.00"), make_workshop(course=course, price="0.00")
    buyer = placing.Buyer("Noor Haddad", "noor@example.org", "Europe/London")
    place = NewTicket(workshop.ticket_types.get(), buyer.name, buyer.email, buyer.time_zone)
    order = placing.place_order(workshop, placing.Wish(buyer, [place], uuid4())).order
    workshop_cancellation.cancel_workshop(workshop, because="Our presenter is ill.")
    left = interest.leave_address(course, email="later@example.org")

    found = [
        *look_at(page, site + order.lines.get().rebooking_offer.get_absolute_url()),
        *look_at(page, site + order.get_absolute_url()),
        *look_at(page, site + workshop.get_absolute_url()),
        *look_at(page, site + reverse("courses:leave_interest", args=[left.secret])),
    ]
    for each in (workshop, other_date):
        Workshop.objects.filter(pk=each.pk).update(status=Workshop.Status.DRAFT)

    assert found == []


def test_the_visitors_own_time_is_added_by_script_and_utc_stands_without(site, visit):
    workshop = Workshop.objects.published().upcoming().first()
    url = site + workshop.get_absolute_url()

    with_script = visit(url, timezone_id="Asia/Tokyo").locator(".yours").first.inner_text()
    without = visit(url, timezone_id="Asia/Tokyo", java_script_enabled=False).locator(".yours").first.inner_text()

    assert with_script.split("\n")[0].startswith("Your time")
    assert without.split()[0] == "UTC"
    assert timezone.now() < workshop.ends_at


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Europe/Kyiv"])
def test_a_city_is_called_by_its_name_of_today(site, visit, zone):
    """Chromium itself says Calcutta and Kiev."""
    workshop = Workshop.objects.published().upcoming().filter(slug="complexity-in-grief-one-day").get()

    row = visit(site + workshop.get_absolute_url(), timezone_id=zone).locator(".yours dt").first.inner_text()
    chosen = visit(f"{site}/book/{workshop.slug}/", timezone_id=zone).locator("#id_time_zone").input_value()

    assert (row, chosen) == (f"Your time ({zone.split('/')[1]})", zone)


def test_an_offers_end_is_told_in_the_visitors_own_time_too(site, visit):
    offer = WaitingListEntry.objects.offered().get()
    url = site + offer.get_absolute_url()

    with_script = visit(url, timezone_id="Asia/Tokyo").locator("time[data-moment]").inner_text()
    without = visit(url, timezone_id="Asia/Tokyo", java_script_enabled=False).locator("time[data-moment]").inner_text()

    there = times.moment_label(offer.offer_ends_at, "Asia/Tokyo").removesuffix(", Tokyo time")
    assert with_script == f"{there}, your time (Tokyo)"
    assert without == times.moment_label(offer.offer_ends_at, "UTC").removesuffix(", UTC time") + " UTC"


def test_an_offers_end_is_told_once_to_whom_a_city_of_the_list_is_home(site, visit):
    offer = WaitingListEntry.objects.offered().get()

    lines = visit(site + offer.get_absolute_url(), timezone_id="America/New_York").locator(
        ".page-head .list li:visible"
    )

    assert [line.endswith("New York time, yours") for line in lines.all_inner_texts()] == [False, False, True]


def test_the_inspection_says_what_is_wrong(visit):
    page = visit()
    page.set_content("""
        <html lang="en"><title>Wrong</title><style>
          main { width: 700px } .lede { width: 650px; color: #000; background: #fff }
          .small { display: block; width: 20px } .sr { position: absolute }
          @media (prefers-color-scheme: dark) { .lede { color: #ddd } }
        </style><main><h1>All wrong</h1><p class="lede">Pale and wide</p><a class="small" href="#">x</a><input>
        <a href="#">Move it<span class="sr">: the place</span></a> <div>Seen 3 days ago</div></main>
    """)

    said = complaints_about(page)

    widths = ["320 wide: wider than the screen", "640 wide: wider than the screen", "phone: wider than the screen"]
    assert set(widths) <= set(said)
    assert "desk: wider than the screen" not in said
    for where in ("phone", "desk"):
        assert {f"{where}: too small for a finger: x", f"{where}: wider than the measure: Pale and wide"} <= set(said)
        assert f"{where}: label: ['input']" in said
    assert "second: input_label_exists: <input>" in said
    assert {"read with a blank too many: Move it : the place", "goes by, on paper: Seen 3 days ago"} <= set(said)
    assert [each for each in said if "color-contrast" in each] == ["desk: dark: color-contrast: ['p']"]


def test_an_article_is_printed_and_its_address_copied_by_a_press(site, visit):
    address = f"{site}/articles/minds-are-made-between-people/"
    page = visit(address, permissions=["clipboard-read", "clipboard-write"])
    page.evaluate("window.print = () => { window.printed = true; }")

    page.get_by_role("button", name="Print").click()
    page.get_by_role("button", name="Copy the link").click()

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    done = page.evaluate("async () => [window.printed, await navigator.clipboard.readText()]")
    assert done == [True, address]


def test_without_script_an_article_offers_neither(site, visit):
    page = visit(f"{site}/articles/minds-are-made-between-people/", java_script_enabled=False)

    for name in ("Print", "Copy the link"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
