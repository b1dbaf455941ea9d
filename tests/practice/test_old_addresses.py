"""The end of an address is changed at the desk: who comes by the old one is led to the page."""

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.utils.html import escape

from accounts.binning import put_back, put_in_bin
from articles.models import Article, Topic
from articles.publishing import publish_article
from courses.models import Course, Subject, Workshop, WorkshopSeries
from kit.guard.tokens import new_secret
from kit.texts.rich_text import links_of
from practice.linked_from import linked_from
from practice.models import Concern, Location, OldAddress, Person, Service
from practice.old_addresses import HAD_IT, HAS_IT_IN_THE_BIN, PAGES, note_old_address
from tests.builders import (
    make_article,
    make_concern,
    make_course,
    make_location,
    make_person,
    make_practice,
    make_series,
    make_service,
    make_ticket,
    make_topic,
    make_user,
    make_workshop,
)
from tests.desk_forms import save

pytestmark = pytest.mark.django_db(transaction=True)
MAKERS = {
    Article: make_article,
    Course: make_course,
    Workshop: make_workshop,
    WorkshopSeries: make_series,
    Person: lambda: make_person(is_clinician=True),
    Service: make_service,
    Concern: make_concern,
    Location: make_location,
}
LISTED = {Topic: make_topic, Subject: lambda: Subject.objects.create(name=(name := new_secret()), slug=name)}
WITHOUT_A_PAGE = {"articles.glossaryterm", "articles.topic", "courses.subject"}  # the last two have a list each


@pytest.fixture
def desk(client):
    make_practice()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def rename(desk, row, slug):
    page = save(desk, form_of(row), slug=slug)
    assert page.status_code == 302, page.text
    if isinstance(row, Article):
        publish_article(row, why="It has a better name.")
    return type(row).objects.get(pk=row.pk)


def visit(path):
    return Client().get(path)


@pytest.mark.parametrize("model", MAKERS, ids=lambda model: model.__name__)
def test_an_old_address_leads_to_the_page(desk, model):
    row = MAKERS[model]()
    old = row.get_absolute_url()

    now = rename(desk, row, "another-name")

    answer = visit(f"{old}?from=mail")
    assert (answer.status_code, answer["Location"]) == (301, f"{now.get_absolute_url()}?from=mail")
    assert visit(now.get_absolute_url()).status_code == 200


def test_every_model_with_the_end_of_an_address_is_thought_of():
    own = ("articles", "courses", "practice", "newsletter", "orders")
    found = {
        model._meta.label_lower
        for app in own
        for model in apps.get_app_config(app).get_models()
        if any(isinstance(field, models.SlugField) and field.name == "slug" for field in model._meta.fields)
    }

    assert found - WITHOUT_A_PAGE - set(PAGES.values()) <= {"practice.oldaddress"}
    assert {model._meta.label_lower for model in MAKERS} == set(PAGES.values())


def test_booking_and_calendar_go_along(desk):
    workshop = make_workshop()
    rename(desk, workshop, "another-name")

    found = [
        visit(f"/{path}")["Location"] for path in (f"book/{workshop.slug}/", f"workshops/{workshop.slug}/calendar.ics")
    ]

    assert found == ["/book/another-name/", "/workshops/another-name/calendar.ics"]


def test_a_page_that_is_renamed_twice_and_back_is_never_led_in_a_circle(desk):
    course = make_course()
    first = course.slug
    for slug in ("second", "third", first):
        course = rename(desk, course, slug)

    assert visit(f"/courses/{first}/").status_code == 200
    assert [visit(f"/courses/{slug}/")["Location"] for slug in ("second", "third")] == [f"/courses/{first}/"] * 2


def test_a_new_page_at_an_old_address_is_the_one_that_is_shown(desk):
    course = make_course("The old one")
    slug = course.slug
    rename(desk, course, "moved")
    make_course("The new one", slug=slug)

    assert "The new one" in visit(f"/courses/{slug}/").text


def test_the_last_page_that_had_an_address_gets_its_visitors(desk):
    first, second = make_course(slug="shared"), make_course()
    first = rename(desk, first, "first")
    note_old_address(second, "shared")

    assert visit("/courses/shared/")["Location"] == second.get_absolute_url()


@pytest.mark.parametrize("model", [*MAKERS, Topic, Subject], ids=lambda model: model.__name__)
def test_no_other_page_gets_an_address_that_one_has_had_and_it_may_have_it_again(desk, model):
    row, other = (MAKERS | LISTED)[model](), (MAKERS | LISTED)[model]()
    old = row.slug
    row = rename(desk, row, "another-name")

    refused = save(desk, form_of(other), slug=old)
    assert (refused.status_code, HAD_IT.format(escape(row)) in refused.text) == (200, True)
    assert rename(desk, row, old).slug == old


def test_an_address_is_kept_for_what_is_in_the_bin_and_free_once_that_has_ended(desk):
    row, other = make_course("Grief", slug="grief"), make_course()
    rename(desk, row, "loss")
    binned = put_in_bin(row)

    for slug in ("loss", "grief"):
        assert HAS_IT_IN_THE_BIN.format("Grief") in save(desk, form_of(other), slug=slug).text
    binned.delete()
    assert rename(desk, other, "grief").slug == "grief"


def test_a_link_means_the_same_page_whatever_becomes_of_it(desk):
    page, other = make_course("Sleep", slug="sleep"), make_course("Another")
    text = make_article("Tides", body='<p><a href="/courses/sleep/">Sleep</a></p>')
    (link,) = links_of(text.body)

    rename(desk, page, "rest")
    save(desk, form_of(other), slug="sleep")
    seen = [visit(link).headers.get("Location"), linked_from(Course.objects.get(pk=page.pk)), linked_from(other)]
    binned = put_in_bin(page)
    save(desk, form_of(other), slug="rest")
    seen += [visit(link).status_code, visit("/courses/rest/").status_code]
    put_back(binned.pk)

    assert seen == ["/courses/rest/", [text], [], 404, 404]
    assert visit(link)["Location"] == "/courses/rest/"


def form_of(row):
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"


def test_what_is_gone_or_was_never_there_is_not_found(desk):
    course = make_course()
    old = course.get_absolute_url()
    rename(desk, course, "moved").delete()

    assert [visit(path).status_code for path in (old, "/courses/never/", "/nowhere/")] == [404] * 3


def test_what_is_sent_to_an_old_address_is_not_led_on(desk):
    workshop = make_workshop()
    old = f"/workshops/{workshop.slug}/waiting-list/"
    rename(desk, workshop, "moved")

    assert Client().post(old, {"email": "ada@example.org"}).status_code == 404


def test_another_field_leaves_no_old_address(desk):
    workshop = make_workshop()
    make_ticket(workshop)

    save(desk, f"/admin/courses/workshop/{workshop.pk}/change/", note="Bring a pen.")

    assert OldAddress.objects.count() == 0


@pytest.mark.parametrize(
    ("make", "lists"),
    [
        (lambda: make_topic("Nights", slug="nights"), ["/articles/?topic={}&page=1", "/articles/feed.atom?topic={}"]),
        (lambda: Subject.objects.create(name="Nights", slug="nights"), ["/workshops/?subject={}&month=2027-01"]),
    ],
    ids=["topic", "subject"],
)
def test_a_list_that_was_chosen_by_an_old_name_is_found_by_the_new_one(desk, make, lists):
    row = make()
    rename(desk, row, "sleep")

    for address in lists:
        answer = visit(address.format("nights"))
        assert (answer.status_code, answer["Location"]) == (301, address.format("sleep"))
        assert visit(address.format("sleep")).status_code == 200
        assert visit(address.format("nothing-of-that-name")).status_code in {200, 404}


def test_a_topic_that_has_an_old_name_now_is_the_one_that_is_listed(desk):
    rename(desk, make_topic("Nights", slug="nights"), "sleep")
    make_topic("Evenings", slug="nights")

    assert [visit(f"{path}?topic=nights").status_code for path in ("/articles/", "/articles/feed.atom")] == [200, 200]
