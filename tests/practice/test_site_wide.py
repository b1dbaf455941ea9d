"""What stands on every page by rows: the announcement, the menu, and the sections of the home page."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kit.pages import kept
from practice.models import HomeSection, MenuEntry, Page, Practice, SiteNotice
from practice.site_parts import FIXED_PAGES, MOST_IN_MENU
from tests.builders import (
    make_article,
    make_crisis_line,
    make_offer,
    make_person,
    make_practice,
    make_site_words,
    make_terms,
    make_user,
    make_workshop,
)
from tests.desk_forms import open_form, save, send
from tests.markup import markup

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
NAV = re.compile(r'<nav class="site-nav".*?</nav>', re.DOTALL)
NOTICE = re.compile(r'<aside class="notice" aria-label="Announcement">(.*?)</aside>', re.DOTALL)
ERROR = re.compile(r'<ul class="errorlist[^>]*>\s*<li>(.*?)</li>')
USUAL = [("Therapy", "/therapy/"), ("Workshops", "/workshops/"), ("Articles", "/articles/"), ("Bookings", "/bookings/")]


@pytest.fixture
def words():
    make_practice()
    make_terms()
    make_crisis_line(is_in_footer=True)
    make_article()
    make_offer()
    make_workshop()
    return make_site_words()


@pytest.fixture
def desk(client, words):
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def menu(path="/"):
    kept.forget()
    found = NAV.search(Client().get(path).text)
    return re.findall(r'<a\s+href="([^"]+)"[^>]*>\s*([^<]+?)\s*</a>', found[0]) if found else []


def labels(path="/"):
    return [unescape(label) for _, label in menu(path)]


def headings():
    """Of the home page, in their order; what a part of it is empty without is left to that part."""
    kept.forget()
    return re.findall(r"<h2[^>]*>(.*?)</h2>", markup(Client().get("/")).partition("<footer")[0])


def notice(path="/"):
    found = NOTICE.search(Client().get(path).text)
    return " ".join(re.sub(r"<[^>]+>", "", found[1]).split()) if found else ""


# The menu and the home page -----------------------------------------------------------------------------------------


def test_without_a_row_menu_and_home_page_are_as_they_always_were(words):
    assert [(label, url) for url, label in menu()] == USUAL
    assert [name for name in headings() if name in {"Next workshops", "To read first"}] == [
        "Next workshops",
        "To read first",
    ]


def test_a_row_moves_hides_adds_and_renames(words):
    Page.objects.create(kind="about", version="1", title="About us", body="<p>We.</p>", published_on="2025-01-01")
    rows = [("articles", "Read", 5, True), ("bookings", "", 40, False), ("about:about", "", 35, True)]
    for page, label, position, is_shown in rows:
        MenuEntry.objects.create(site_words=words, page=page, label=label, position=position, is_shown=is_shown)

    assert [(label, url) for url, label in menu()] == [
        ("Read", "/articles/"),
        ("Therapy", "/therapy/"),
        ("Workshops", "/workshops/"),
        ("About us", "/about/about/"),
    ]


def test_what_there_is_not_stands_in_no_menu(words):
    MenuEntry.objects.create(site_words=words, page="about:gone", position=1)
    Practice.objects.update(has_workshops=False)

    assert labels() == ["Therapy", "Articles"]


def test_a_menu_without_entries_is_no_list(words):
    for page in ("therapy", "articles", "workshops", "bookings"):
        MenuEntry.objects.create(site_words=words, page=page, position=1, is_shown=False)

    assert menu() == []


def test_the_part_of_the_site_that_one_is_in_is_marked_once(words):
    MenuEntry.objects.create(site_words=words, page="fees", position=15)

    found = NAV.search(Client().get("/fees/").text)[0]

    assert re.findall(r'href="([^"]+)"\s+aria-current="true"', found) == ["/therapy/"]


def test_sections_of_the_home_page_move_go_and_come(words):
    make_person(is_clinician=True, openness="open")
    before = headings()
    for kind, position, is_shown in [("articles", 5, True), ("workshops", 10, False), ("clinicians", 1, True)]:
        HomeSection.objects.create(site_words=words, kind=kind, position=position, is_shown=is_shown)

    after = headings()

    named = {"Who has places now", "Next workshops", "To read first", "What happens when you write to us"}
    assert [name for name in before if name in named] == [
        "Next workshops",
        "To read first",
        "What happens when you write to us",
    ]
    assert [name for name in after if name in named] == [
        "Who has places now",
        "To read first",
        "What happens when you write to us",
    ]


def test_a_home_page_of_its_headline_alone_opens(words):
    for kind in HomeSection.Kind:
        HomeSection.objects.create(site_words=words, kind=kind, position=1, is_shown=False)

    assert headings() == ["Therapy for you", "Workshops for therapists"]


def test_sitemap_and_robots_are_made_from_the_same_pages(words):
    sitemap, robots = (Client().get(path).text for path in ("/sitemap.xml", "/robots.txt"))
    Practice.objects.update(has_workshops=False)
    without = Client().get("/sitemap.xml").text

    def listed(text):
        return {
            each.name for each in FIXED_PAGES if f"<loc>http://localhost:8000{reverse(each.view_name)}</loc>" in text
        }

    public = {each.name for each in FIXED_PAGES if not each.is_private}
    assert (listed(sitemap), listed(without)) == (public, public - {"workshops"})
    assert [line for line in robots.splitlines() if line.startswith("Disallow: /bookings/")] == ["Disallow: /bookings/"]


# At the desk --------------------------------------------------------------------------------------------------------


def add_rows(desk, prefix, *rows):
    path = "/admin/practice/sitewords/1/change/"
    answers = {f"{prefix}-TOTAL_FORMS": str(len(rows))}
    for number, row in enumerate(rows):
        answers |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
        answers |= {f"{prefix}-{number}-id": "", f"{prefix}-{number}-site_words": "1"}
    opened = {name: value for name, value in open_form(desk, path).items() if not name.startswith(f"{prefix}-0-")}
    return send(desk, path, opened, **answers)


def test_the_desk_writes_menu_and_sections_and_shows_what_comes_of_it(desk):
    menu_rows = [{"page": "fees", "position": "15", "is_shown": "on"}, {"page": "bookings", "position": "40"}]
    assert add_rows(desk, "menu_entries", *menu_rows).status_code == 302
    assert add_rows(desk, "home_sections", {"kind": "newsletter", "position": "30"}).status_code == 302

    page = desk.get("/admin/practice/sitewords/1/change/").text

    assert labels() == ["Therapy", "Fees", "Workshops", "Articles"]
    assert "Therapy, Fees, Workshops, Articles" in page
    assert "Next workshops, To read first, What happens when you write to us, and help in a crisis" in page


def test_a_row_can_be_added_without_script(desk):
    answers = open_form(desk, "/admin/practice/sitewords/1/change/")

    assert {"menu_entries-0-page", "home_sections-0-kind"} <= {*answers}


def test_a_page_or_section_has_one_row_and_a_menu_has_room_for_so_many(desk):
    twice = add_rows(desk, "menu_entries", *[{"page": "fees", "position": "15", "is_shown": "on"}] * 2)
    pages = ["fees", "contact", "help_now", "newsletter", "clinicians"]
    many = add_rows(desk, "menu_entries", *[{"page": page, "position": "1", "is_shown": "on"} for page in pages])

    assert (twice.status_code, many.status_code, MenuEntry.objects.count()) == (200, 200, 0)
    assert f"The menu would have 9 entries, and has room for {MOST_IN_MENU}. Take some out." in many.text


def test_a_row_of_a_page_that_is_gone_says_so_and_can_be_taken_out(desk, words):
    MenuEntry.objects.create(site_words=words, page="about:gone", position=1)
    path = "/admin/practice/sitewords/1/change/"

    assert "about:gone (there is no such page any more)" in desk.get(path).text
    assert save(desk, path, **{"menu_entries-0-DELETE": "on"}).status_code == 302
    assert MenuEntry.objects.count() == 0


# The announcement ---------------------------------------------------------------------------------------------------


def announce(words="We are closed on Friday.", begins=-1, ends=1, **more):
    hours = {"starts_at": NOON + timedelta(hours=begins), "ends_at": NOON + timedelta(hours=ends)}
    return SiteNotice.objects.create(words=words, **hours, **more)


@pytest.mark.parametrize("path", ["/", "/therapy/", "/articles/", "/workshops/", "/contact/", "/nowhere/"])
def test_every_public_page_has_the_announcement_and_sets_no_cookie_for_it(words, path):
    with time_machine.travel(NOON, tick=False):
        announce(link="/contact/", link_words="When we are open")

        answer = Client().get(path)

        assert notice(path) == "We are closed on Friday. When we are open"
        assert (answer.cookies.output(), '<a href="/contact/">When we are open</a>' in answer.text) == ("", True)


def test_it_comes_and_goes_at_its_moments_although_pages_are_kept(words, settings):
    settings.KEPT_PAGES_SECONDS = 3600
    with time_machine.travel(NOON, tick=False):
        announce(begins=1, ends=2)

    shown = {}
    for minutes in (0, 59, 60, 119, 120):
        with time_machine.travel(NOON + timedelta(minutes=minutes), tick=False):
            shown[minutes] = (notice("/"), notice("/nowhere/"))

    there, gone = ("We are closed on Friday.",) * 2, ("", "")
    assert shown == {0: gone, 59: gone, 60: there, 119: there, 120: gone}


def test_of_two_the_one_that_began_last_is_shown_and_then_the_other_again(words):
    with time_machine.travel(NOON, tick=False):
        announce("The long one.", begins=-10, ends=10)
        announce("The short one.", begins=-1, ends=1)
        first = notice()
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        kept.forget()
        then = notice()

    assert (first, then) == ("The short one.", "The long one.")


def test_its_words_are_words(words):
    with time_machine.travel(NOON, tick=False):
        announce("<script>alert(1)</script> & more")

        text = Client().get("/").text

    assert ("<script>alert(1)" in text, "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in text) == (False, True)


@pytest.mark.parametrize(
    ("link", "is_kept"),
    [
        ("/contact/", True),
        ("http://localhost:8000/contact/?from=home#enquire", True),
        ("https://rooms.example/way-in", True),
        ("http://rooms.example/", False),
        ("javascript:alert(1)", False),
        ("//rooms.example/", False),
        ("/nowhere/", False),
        ("contact", False),
    ],
)
def test_its_link_leads_to_a_page_here_or_safely_elsewhere(desk, link, is_kept):
    moments = {"starts_at_0": "2026-12-01", "starts_at_1": "10:00", "ends_at_0": "2026-12-02", "ends_at_1": "10:00"}

    page = save(desk, "/admin/practice/sitenotice/add/", words="Closed.", link=link, link_words="More", **moments)

    assert (page.status_code == 302, SiteNotice.objects.exists()) == (is_kept, is_kept)


@pytest.mark.parametrize(
    ("changed", "words_of_error"),
    [
        ({"ends_at_0": "2026-11-30"}, "Its end must come after its beginning."),
        ({"link": "/contact/"}, "Give both the link and its words, or neither."),
        ({"link_words": "More"}, "Give both the link and its words, or neither."),
        ({"ends_at_0": "", "ends_at_1": ""}, "This field is required."),
    ],
)
def test_an_announcement_without_sense_is_refused_in_words(desk, changed, words_of_error):
    moments = {"starts_at_0": "2026-12-01", "starts_at_1": "10:00", "ends_at_0": "2026-12-02", "ends_at_1": "10:00"}

    page = save(desk, "/admin/practice/sitenotice/add/", words="Closed.", **moments | changed)

    assert (page.status_code, words_of_error in unescape(page.text)) == (200, True)
    assert 'value="Closed."' in page.text


def test_no_other_way_writes_one_that_ends_before_it_begins(words):
    with pytest.raises(IntegrityError), transaction.atomic():
        announce(begins=1, ends=1)


def test_the_list_says_which_is_shown_now(desk):
    with time_machine.travel(NOON, tick=False):
        announce("A", begins=-2, ends=-1)
        announce("B")
        announce("C", begins=1, ends=2)

        page = desk.get("/admin/practice/sitenotice/").text

    assert re.findall(r'class="field-standing">([^<]+)<', page) == ["to come", "shown", "over"]
