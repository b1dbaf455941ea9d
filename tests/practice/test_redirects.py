"""Old addresses that the desk wrote down: who comes by one is led to the page, and no page is hidden by any."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kit.pages import kept
from practice.models import Redirect
from practice.redirects import spelled
from tests.builders import make_article, make_course, make_practice, make_site_words, make_user, make_workshop
from tests.desk_forms import save

pytestmark = pytest.mark.django_db(transaction=True)
ERROR = re.compile(r'<ul class="errorlist[^>]*><li>(.*?)</li>')
ADD = "/admin/practice/redirect/add/"


@pytest.fixture
def desk(client):
    make_practice()
    make_site_words()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def visit(path):
    answer = Client().get(path)
    return answer.status_code, answer.get("Location", "")


def write(desk, old, new="/therapy/"):
    """What the form says against it; nothing if it was kept."""
    page = save(desk, ADD, old=old, new=new)
    if page.status_code == 302:
        return []
    return [unescape(words) for words in ERROR.findall(page.text)]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("/our-team.html", "/our-team.html"),
        ("/our-team/", "/our-team"),
        ("/our-team", "/our-team/"),
        ("/Our-Team", "/our-TEAM?utm_source=leaflet"),
        ("http://localhost:8000/our-team/?p=12&lang=en", "/our-team/?lang=en&p=12"),
        ("/über uns".replace(" ", "%20"), "/%C3%BCber%20uns/"),
        ("/index.php?page=Team", "/index.php?page=team"),
    ],
)
def test_an_old_address_leads_on_however_it_is_written(desk, written, asked):
    assert write(desk, written) == []

    assert visit(asked) == (301, "/therapy/")


def test_with_a_query_it_counts_for_that_query_alone_and_before_the_one_without(desk):
    assert write(desk, "/blog?p=1", "/fees/") == []
    assert [visit("/blog?p=1"), visit("/blog?p=2")] == [(301, "/fees/"), (404, "")]

    assert write(desk, "/blog", "/articles/") == []
    assert [visit("/blog/?p=1"), visit("/blog/?p=2")] == [(301, "/fees/"), (301, "/articles/")]


def test_what_it_leads_to_may_have_a_query_and_a_place_on_the_page(desk):
    assert write(desk, "/write", "/therapy/?from=home#enquire") == []

    assert visit("/write?x=1") == (301, "/therapy/?from=home#enquire")


@pytest.mark.parametrize(
    "path", ["/", "/therapy", "/THERAPY/", "/therapy/?p=1", "/admin/", "/orders/any/", "/static/a.css"]
)
def test_a_page_that_is_there_is_never_hidden(desk, path):
    errors = write(desk, path, "/fees/")

    assert errors == ["The site has a page at this address, and visitors go on seeing it. Nothing was kept."]
    assert (Redirect.objects.count(), visit("/therapy/")[0]) == (0, 200)


def test_a_page_that_comes_later_is_shown_and_the_desk_says_so(desk):
    assert write(desk, "/articles/grief/") == []
    row = Redirect.objects.get()
    assert visit("/articles/grief/") == (301, "/therapy/")

    make_article(slug="grief")
    kept.forget()

    assert visit("/articles/grief/")[0] == 200
    assert "this row is not used" in desk.get(f"/admin/practice/redirect/{row.pk}/change/").text


def test_a_page_that_goes_again_is_told_of_at_the_desk(desk):
    article = make_article(slug="grief")
    assert write(desk, "/old-grief", "/articles/grief/") == []
    row = Redirect.objects.get()
    path = f"/admin/practice/redirect/{row.pk}/change/"
    before = "Are led on." in desk.get(path).text

    article.delete()
    kept.forget()

    assert (before, "there is no page any more" in desk.get(path).text) == (True, True)


ELSEWHERE = "This leads to another site. An address of this site begins with a slash, for example “/therapy/”."
NO_ADDRESS = "An address of this site begins with a slash and has no spaces, for example “/about-us.html”."
NO_PAGE = "There is no page at this address. Look at it again, or show the page first."


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("https://elsewhere.example/", ELSEWHERE),
        ("//elsewhere.example/", ELSEWHERE),
        ("javascript:alert(1)", ELSEWHERE),
        ("/\\elsewhere.example", NO_ADDRESS),
        ("therapy", NO_ADDRESS),
        ("/the rapy", NO_ADDRESS),
        ("/nowhere/", NO_PAGE),
        ("/articles/never/", NO_PAGE),
        ("/join/secret/", NO_PAGE),
    ],
)
def test_it_leads_to_a_page_of_this_site_and_nowhere_else(desk, new, words):
    assert (write(desk, "/old", new), Redirect.objects.count()) == ([words], 0)


def test_nobody_is_led_on_twice_or_in_a_circle(desk):
    article = make_article(slug="middle")
    assert write(desk, "/first", "/articles/middle/") == []
    article.delete()
    kept.forget()

    chained = write(desk, "/articles/middle", "/fees/")
    make_article(slug="middle")
    kept.forget()
    Redirect.objects.create(old="/articles/middle", new="/fees/")
    onto_old = write(desk, "/second", "/articles/middle/")

    assert chained == ["“/first” leads here. Change that row first: nobody is led on twice."]
    assert onto_old == ["This is an old address itself, of another row. Write where that one leads to."]


def test_rows_that_no_form_would_keep_lead_nobody_round(desk):
    Redirect.objects.bulk_create([Redirect(old="/a", new="/b"), Redirect(old="/b", new="/a/")])
    kept.forget()

    assert [visit("/a"), visit("/b/")] == [(404, ""), (404, "")]


def test_whoever_is_led_to_a_page_that_moved_goes_there_at_once(desk):
    course = make_course()
    assert write(desk, "/old-course", course.get_absolute_url()) == []
    save(desk, f"/admin/courses/course/{course.pk}/change/", slug="another-name")

    assert visit("/old-course") == (301, "/courses/another-name/")


def test_a_row_of_which_the_page_is_there_again_can_still_be_changed(desk):
    assert write(desk, "/articles/grief/") == []
    make_article(slug="grief")
    row = Redirect.objects.get()

    page = save(desk, f"/admin/practice/redirect/{row.pk}/change/", new="/fees/")

    row.refresh_from_db()
    assert (page.status_code, row.new) == (302, "/fees/")


def test_the_same_address_is_not_written_twice(desk):
    assert write(desk, "/old/") == []

    assert write(desk, "/OLD", "/fees/") == ["This address is in the list already."]


def test_there_are_so_many_and_no_more(desk, monkeypatch):
    monkeypatch.setattr(Redirect, "MOST", 1)
    assert write(desk, "/one") == []

    assert write(desk, "/two") == ["There are 1 old addresses, and no more can be kept. Delete some first."]


def test_what_is_sent_to_an_old_address_is_not_led_on(desk):
    assert write(desk, "/old") == []

    assert Client().post("/old", {"email": "ada@example.org"}).status_code == 404


def test_however_many_addresses_are_tried_nothing_is_asked_of_the_database(desk):
    make_workshop()
    assert write(desk, "/old") == []
    kept.forget()
    visit("/nowhere-0/")

    with CaptureQueriesContext(connection) as queries:
        answers = {visit(f"/nowhere-{number}/?q={number}") for number in range(1, 20)}

    assert (answers, len(queries)) == ({(404, "")}, 0)


@pytest.mark.parametrize(
    "address", ["/%00", "/?%ff=%fe", "/a?" + "&".join(f"q{i}=1" for i in range(900)), "/[", "/a;b"]
)
def test_no_address_is_too_odd_to_be_looked_for(desk, address):
    assert visit(address)[0] in {200, 404}
    assert spelled(address) == spelled(spelled(address))
