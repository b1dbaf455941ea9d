import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import history
from accounts.models import AuditEntry
from articles.models import Article
from kit.pages import kept
from practice.models import Page
from tests.builders import (
    make_article,
    make_cities,
    make_course,
    make_crisis_line,
    make_offer,
    make_practice,
    make_site_words,
    make_terms,
    make_user,
    make_workshop,
)
from tests.markup import markup

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_or_not")]

PAGES = ["/", "/therapy/", "/therapy/thank-you/", "/legal/terms/", "/articles/", "/articles/minds/"]
WITH_PLACES = ["/", "/articles/minds/"]
LOADING = re.compile(
    r"<(?:img|script|source|iframe|embed|link(?![^>]*canonical))\b[^>]*?\b(?:src|srcset|href)=\"([^\"]*)"
)


@pytest.fixture
def _a_full_site():
    make_practice()
    make_cities()
    make_crisis_line(is_in_footer=True)
    make_terms()
    course = make_course()
    make_workshop(course=course)
    make_article(slug="minds").related_courses.add(course)
    make_offer()


def titles(response):
    return re.findall(r'<a href="/articles/[^"/]+/">([^<]+)</a>', markup(response))


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.usefixtures("_a_full_site")
def test_a_public_page_is_the_same_for_everybody(client, path):
    client.force_login(make_user())
    client.cookies["csrftoken"] = "x" * 32

    response = client.get(path)

    assert (response.status_code, response.cookies.output()) == (200, "")
    assert response["Vary"] == "Accept-Encoding"
    assert response["Cache-Control"] == (
        "public, max-age=0, must-revalidate" if path in WITH_PLACES else "public, max-age=60"
    )


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.usefixtures("_a_full_site")
def test_a_public_page_that_has_not_changed_is_not_sent_again(client, path):
    etag = client.get(path)["ETag"]

    response = client.get(path, headers={"If-None-Match": etag})

    assert (response.status_code, response.content) == (304, b"")


@pytest.mark.parametrize("path", [*PAGES, "/no-such-page/"])
@pytest.mark.usefixtures("_a_full_site")
def test_a_public_page_loads_nothing_from_elsewhere(client, path):
    loaded = LOADING.findall(client.get(path).content.decode())

    assert loaded != []
    assert [address for address in loaded if not address.startswith("/") or address.startswith("//")] == []


@pytest.mark.parametrize("path", [*PAGES, "/no-such-page/"])
@pytest.mark.usefixtures("_a_full_site")
def test_a_public_page_has_one_heading_of_its_own_and_nothing_inline(client, path):
    page = client.get(path).content.decode()

    assert len(re.findall(r"<h1[ >]", page)) == 1
    is_code = r"<script(?![^>]* src=)(?! type=\"application/ld\+json\")"  # that is data
    assert re.findall(rf"<[^>]+ (?:style|on\w+)=|<style|{is_code}", page) == []


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.usefixtures("_a_full_site")
def test_an_id_stands_once_in_a_page(client, path):
    ids = re.findall(r'\bid="([^"]+)"', client.get(path).content.decode())

    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("accept", ["", "text/plain", "*/*;q=x", "\xff"])
def test_the_home_page_answers_whatever_a_client_says_it_accepts(client, accept):
    make_practice()

    assert client.get("/?topic=%00&topic=x", headers={"Accept": accept}).status_code == 200


def test_the_home_page_says_who_is_here_and_what_comes_next(client):
    make_site_words(headline="Minds change in company.", reply_promise="Two working days.")
    make_crisis_line(phone="116 123", is_in_footer=True)
    make_workshop(course=make_course("Working with grief"))
    make_article("Minds are made between people")

    page = client.get("/").content.decode()

    shown = [
        "Minds change in company.",
        "Working with grief",
        "Minds are made between people",
        "Two working days.",
        "116 123",
    ]
    assert [part for part in shown if part not in page] == []


def test_the_home_page_shows_the_four_newest_articles(client):
    make_practice()
    for number in range(5):
        make_article(f"Number {number}", published_on=date(2026, 1, 20 - number))
    make_article("Draft", status=Article.Status.DRAFT)

    assert titles(client.get("/")) == ["Number 0", "Number 1", "Number 2", "Number 3"]


def test_a_site_without_rows_has_a_home_page(client):
    response = client.get("/")

    assert (response.status_code, "Welcome." in response.content.decode()) == (200, True)


def test_the_home_page_asks_the_database_as_often_for_three_rows_as_for_one(
    client, settings, django_assert_num_queries
):
    settings.KEPT_PAGES_SECONDS = 0
    make_practice()
    make_cities()
    make_offer()

    def add_one():
        make_crisis_line()
        make_article()
        make_workshop()

    add_one()
    with CaptureQueriesContext(connection) as for_one:
        client.get("/")
    add_one()
    add_one()
    kept.forget()

    with django_assert_num_queries(len(for_one)):
        client.get("/")
    with django_assert_num_queries(1):  # the articles; all else is a constant
        client.get("/")


def test_robots_are_kept_from_what_is_private_and_told_of_the_sitemap(client, settings):
    settings.SITE_URL = "https://withyrooms.example"

    response = client.get("/robots.txt")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().splitlines() == [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /accounts/",
        "Disallow: /orders/",
        "Disallow: /join/",
        "Disallow: /book/",
        "Disallow: /bookings/",
        "",
        "Sitemap: https://withyrooms.example/sitemap.xml",
    ]


def test_the_sitemap_lists_what_people_may_find_under_the_sites_own_name(client, settings):
    settings.SITE_URL = "https://withyrooms.example"
    course = make_course(slug="grief")
    make_course(slug="hidden", is_published=False)
    make_workshop(course=course, slug="grief-2027")
    make_workshop(course=course, slug="grief-2020", day=date(2020, 1, 1))
    make_workshop(course=course, slug="grief-draft", status="draft")
    make_article(slug="minds", published_on=date(2026, 1, 1), reviewed_on=date(2026, 6, 1))
    changed = make_article(slug="changed", published_on=date(2025, 1, 1), reviewed_on=date(2025, 6, 1))
    changed.changes.create(changed_on=date(2026, 7, 2), words="A reference more.")
    make_article(slug="draft", status=Article.Status.DRAFT)
    make_terms()
    with history.recording(course):
        course.summary = "What is known of grief by now."
        course.save()
    AuditEntry.objects.update(at=datetime(2026, 9, 3, 12, tzinfo=UTC))

    page = client.get("/sitemap.xml", headers={"Host": "127.0.0.1"}).content.decode()

    entries = re.findall(r"<loc>([^<]+)</loc>(?:<lastmod>([^<]+)</lastmod>)?", page)
    assert entries == [
        ("https://withyrooms.example/", ""),
        ("https://withyrooms.example/therapy/", ""),
        ("https://withyrooms.example/clinicians/", ""),
        ("https://withyrooms.example/fees/", ""),
        ("https://withyrooms.example/contact/", ""),
        ("https://withyrooms.example/help-now/", ""),
        ("https://withyrooms.example/articles/", ""),
        ("https://withyrooms.example/workshops/", ""),
        ("https://withyrooms.example/newsletter/", ""),
        ("https://withyrooms.example/legal/terms/", "2026-01-01"),
        ("https://withyrooms.example/articles/minds/", "2026-06-01"),
        ("https://withyrooms.example/articles/changed/", "2026-07-02"),
        ("https://withyrooms.example/courses/grief/", "2026-09-03"),
        ("https://withyrooms.example/workshops/grief-2027/", ""),
    ]


def test_the_sitemap_of_a_new_site_lists_the_pages_that_there_are(client):
    found = re.findall(r"<loc>[a-z]+://[^/]+([^<]+)</loc>", client.get("/sitemap.xml").content.decode())

    assert (len(found), {client.get(path).status_code for path in found}) == (9, {200})


def test_a_legal_page_of_tomorrow_is_in_no_sitemap(client):
    tomorrow = timezone.localdate() + timedelta(days=1)
    Page.objects.create(kind="terms", version="2", title="Terms", body="<p>Words.</p>", published_on=tomorrow)

    assert "/legal/" not in client.get("/sitemap.xml").content.decode()


@pytest.mark.parametrize("page", ["%00", "x", "99", "-1"])
def test_the_sitemap_is_one_page_whatever_is_asked_for_beside_it(client, page):
    assert client.get(f"/sitemap.xml?p={page}").content == client.get("/sitemap.xml").content


def test_the_sitemap_asks_as_many_questions_for_many_addresses_as_for_few(client, settings):
    settings.KEPT_PAGES_SECONDS, asked = 0, []
    for number in (2, 30):
        for each in range(number):
            make_article(slug=f"article-{number}-{each}")
            make_workshop(slug=f"workshop-{number}-{each}")
        client.get("/sitemap.xml")
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/sitemap.xml").content.count(b"<loc>") > number * 2
        asked.append(len(seen))

    assert asked[0] == asked[1] == 11


@pytest.mark.parametrize("path", ["/no-such-page/", "/%00", "/articles/%00/", "/legal/%00/", "/" + "x" * 5000])
def test_a_page_that_is_not_there_says_so_calmly(client, path):
    make_practice()

    response = client.get(path)

    assert (response.status_code, "This page has wandered off." in response.content.decode()) == (404, True)
    assert response.get("Vary", "") == ""


@pytest.mark.parametrize("has_workshops", [True, False])
def test_whoever_looks_for_a_booking_by_an_old_link_finds_it_from_there(client, has_workshops):
    make_practice(has_workshops=has_workshops)

    main = client.get("/no-such-page/").text.split("<main")[1].split("</main>")[0]

    assert ("a booking" in main, reverse("learning:send_links") in main) == (has_workshops, has_workshops)


def test_search_engines_are_told_who_the_practice_is(client):
    make_practice(name="Withy", legal_name="Withy Ltd", phone="020 7946 0011", sees_people_in="the United Kingdom")

    told = [
        json.loads(re.search(r'ld\+json">\s*(\{.+?\})\s*</script>', client.get(path).text, re.DOTALL)[1])
        for path in ("/", "/therapy/")
    ]

    assert [each["@type"] for each in told] == ["Organization", "ProfessionalService"]
    assert {(each["name"], each["legalName"], each["telephone"]) for each in told} == {
        ("Withy", "Withy Ltd", "020 7946 0011")
    }
    assert ["areaServed" in each for each in told] == [False, True]
    assert [name for each in told for name, value in each.items() if not value] == []
