"""Links of our texts to our own pages mean a page, and readers get the address that it has today."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.test import Client
from django.utils import timezone

from accounts.binning import put_in_bin
from articles.due import renew_bodies
from articles.models import Article, Topic
from articles.reading import keep_rendered
from courses.models import Course, Subject, WorkshopSeries
from kit.texts.rich_text import RichTextField, links_of, sanitise
from practice import links, shown
from practice.models import Link, OldAddress, Page, SiteNotice
from practice.old_addresses import note_old_address
from practice.own_links import address_of_today, of_today
from tests.builders import make_article, make_course, make_practice, make_series, make_user, make_workshop
from tests.desk_forms import save
from tests.practice.test_old_addresses import LISTED, MAKERS, rename

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(client):
    make_practice()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def text(*addresses):
    return sanitise("".join(f'<p><a href="{address}">x</a></p>' for address in addresses))


def moved(row, slug="moved"):
    """As its page at the desk does it."""
    old, row.slug = row.slug, slug
    row.save(update_fields=["slug"])
    note_old_address(row, old)
    return row


def article_with(body):
    article = make_article("Reading", body=body)
    keep_rendered(article)
    return article


def page_with(body):
    return Page.objects.create(kind="about", version="1", title="About", body=body)


TEXTS = {
    Article: article_with,
    Course: lambda body: make_course("Reading", body=body),
    WorkshopSeries: lambda body: make_series(body=body),
    Page: page_with,
}


def test_every_model_with_a_text_that_can_hold_links_is_thought_of():
    every = [model for model in apps.get_models() for field in model._meta.fields if isinstance(field, RichTextField)]

    assert {*every} == {*TEXTS}


@pytest.mark.parametrize("model", TEXTS, ids=lambda model: model.__name__)
def test_readers_get_the_address_of_today_at_once_from_texts_of_every_kind(desk, model):
    other = make_article("Sleep", slug="sleep")
    text_of = TEXTS[model](text("/articles/sleep/#why", "/articles/sleep/?from=text", "/articles/sleeping/"))
    before = Client().get(text_of.get_absolute_url()).text

    moved(other, "nights")

    after = Client().get(text_of.get_absolute_url()).text
    assert links_within(before) == ["/articles/sleep/#why", "/articles/sleep/?from=text", "/articles/sleeping/"]
    assert links_within(after) == ["/articles/nights/#why", "/articles/nights/?from=text", "/articles/sleeping/"]


def links_within(page):
    return re.findall(r'<p><a href="([^"]+)"[^>]*>x</a></p>', page)


@pytest.mark.parametrize("model", [*MAKERS, *LISTED], ids=lambda model: model.__name__)
def test_pages_and_lists_of_every_kind_are_followed(desk, model):
    row = (MAKERS | LISTED)[model]()
    old = row.get_absolute_url()
    body = text(old, f"{old}#x")

    now = rename(desk, row, "another-name").get_absolute_url()

    assert now != old
    assert links_of(of_today(body)) == [now, f"{now}#x"]


def test_parts_of_a_page_are_followed_and_what_the_text_says_is_not_touched(desk):
    workshop = moved(make_workshop(slug="grief"))
    body = text("/book/grief/", "/workshops/grief/calendar.ics", "https://example.org/workshops/grief/")

    assert of_today(body) == text(
        "/book/moved/", "/workshops/moved/calendar.ics", "https://example.org/workshops/grief/"
    )
    assert of_today(f"<p>{workshop.slug} /book/grief/</p>") == f"<p>{workshop.slug} /book/grief/</p>"


def test_a_page_renamed_twice_and_back_has_its_links_right_each_time(desk):
    course = make_course(slug="first")
    seen = []
    for slug in ("second", "third", "first"):
        moved(course, slug)
        seen.append([address_of_today(f"/courses/{each}/") for each in ("first", "second", "third")])

    assert seen == [
        ["/courses/second/", "/courses/second/", "/courses/third/"],
        ["/courses/third/"] * 3,
        ["/courses/first/"] * 3,
    ]


def test_a_link_to_a_page_that_is_gone_stays_as_it_is(desk):
    course = moved(make_course(slug="grief"))
    put_in_bin(course)

    assert address_of_today("/courses/grief/") == "/courses/grief/"


def test_a_text_without_links_to_us_asks_for_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert of_today(text("https://example.org/", "#refs")) == text("https://example.org/", "#refs")


def test_what_is_kept_of_an_article_is_made_anew_once_after_a_page_it_links_to_is_renamed(desk):
    other = make_article("Sleep", slug="sleep")
    naming = article_with(text("/articles/sleep/"))
    renew_bodies()
    assert renew_bodies() == 0

    moved(other, "nights")

    assert (renew_bodies(), renew_bodies()) == (1, 0)
    assert 'href="/articles/nights/"' in Article.objects.get(pk=naming.pk).body_html
    assert Article.objects.get(pk=naming.pk).body == naming.body


def test_an_announcement_leads_to_the_address_of_today(desk):
    moved(make_course(slug="grief"))
    now = timezone.now()
    SiteNotice.objects.create(words="New.", link="/courses/grief/", link_words="Look", ends_at=now + timedelta(days=1))

    assert shown.site_notice().link == "/courses/moved/"
    assert 'href="/courses/moved/"' in Client().get("/").text


# The index ---------------------------------------------------------------------------------------------------------
def test_the_index_knows_each_page_by_its_model_and_number_whatever_it_is_called(desk):
    course = make_course("Grief", slug="grief")
    naming = make_article("Reading", body=text("/courses/grief/", "/therapy/", "https://example.org/"))
    links.gather_links()
    moved(course, "loss")
    make_article("Later", body=text("/courses/grief/", "/courses/loss/"))
    links.gather_links()

    meant = {link.address: (link.page_model, link.page_id) for link in Link.objects.all()}
    assert meant == {
        "/courses/grief/": ("courses.course", course.pk),
        "/courses/loss/": ("courses.course", course.pk),
        "/therapy/": ("", None),
        "https://example.org/": ("", None),
    }
    assert Link.objects.get(address="/courses/grief/").used_in[1] == ["articles.article", naming.pk, "Article: Reading"]
    form = desk.get(f"/admin/practice/link/{Link.objects.get(address='/courses/grief/').pk}/change/").text
    assert f'<a href="/admin/courses/course/{course.pk}/change/">Course: Grief</a>' in form


def test_what_was_gathered_before_pages_were_noted_learns_its_page(desk):
    course = make_course(slug="grief")
    make_article(body=text("/courses/grief/"))
    links.gather_links()
    Link.objects.update(page_model="", page_id=None)

    links.gather_links()

    assert Link.objects.get().page_id == course.pk


def test_a_link_whose_page_is_gone_is_broken_though_another_page_has_its_address(desk):
    course = make_course("Grief", slug="grief")
    make_article("Reading", body=text("/courses/grief/"))
    links.gather_links()
    links.look_at_links()
    assert Link.objects.broken().count() == 0
    put_in_bin(course).delete()
    OldAddress.objects.all().delete()
    make_course("Another", slug="grief")

    with time_machine.travel(timezone.now() + links.OWN_AGAIN * 2):
        links.gather_links()
        links.look_at_links()

    assert [link.answer for link in Link.objects.broken()] == [links.ANOTHER_PAGE]


# At the desk -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("model", [Topic, Subject, *MAKERS], ids=lambda model: model.__name__)
def test_who_renames_a_page_is_told_which_texts_follow(desk, model):
    row = (MAKERS | LISTED)[model]()
    make_course("Tides", body=text(row.get_absolute_url()))

    if model is Article:
        asked = rename_article(desk, row, "another-name")
    else:
        rename(desk, row, "another-name")
        asked = desk.get("/admin/").text

    assert "“Tides”" in asked


def rename_article(desk, row, slug):
    save(desk, f"/admin/articles/article/{row.pk}/change/", slug=slug)
    return desk.get(f"/admin/articles/article/{row.pk}/publish/").text


@pytest.mark.parametrize("typed", ["http://localhost:8000", "HTTPS://www.localhost:8000", "http://localhost:8000/"])
def test_an_address_of_our_own_as_it_is_copied_is_kept_without_the_site(typed):
    assert links_of(text(f"{typed}/articles/sleep/?x=1#why", typed)) == ["/articles/sleep/?x=1#why", "/"]


def test_an_address_that_only_begins_like_ours_or_names_it_is_left_alone(settings):
    settings.SITE_URL = "https://withy.example"
    others = [
        "https://withy.example.org/x",
        "https://example.org/?u=https://withy.example/x",
        "https://my-withy.example/",
    ]
    assert links_of(text(*others)) == others
