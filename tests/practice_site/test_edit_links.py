"""From a public page to its form at the desk."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from practice.models import Page, SiteWords
from practice_site.edit_links import NOTHING, row_of
from practice_site.groups import set_up_groups
from tests.builders import make_article, make_course, make_practice, make_series, make_user, make_workshop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_practice():
    make_practice()


@pytest.fixture
def editor(client):
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def led_to(client, address):
    return client.get(reverse("admin:edit_this_page"), {"page": address})


def test_each_page_leads_to_its_row():
    article, course, workshop = make_article(), make_course(is_published=True), make_workshop()
    about = Page.objects.create(kind="about", version="1", title="About", body="<p>We.</p>")
    SiteWords.current().save()

    for row in (article, course, workshop, make_series(workshop, make_workshop()), about):
        assert row_of(row.get_absolute_url()) == row
    assert row_of("/") == row_of("/therapy/") == SiteWords.objects.get()


def test_an_editor_is_led_to_the_form(editor):
    article = make_article()

    assert led_to(editor, f"{article.get_absolute_url()}#refs").url == reverse(
        "admin:articles_article_change", args=[article.pk]
    )


@pytest.mark.parametrize(
    "address",
    ["", "/articles/", "/no-such-page/", "https://[", "//evil.example/articles/minds/x/", "/legal/\0/", "x" * 5000],
)
def test_what_has_no_form_leads_to_the_first_page_and_says_so(editor, address):
    answer = editor.get(reverse("admin:edit_this_page"), {"page": address}, follow=True)

    assert answer.redirect_chain == [(reverse("admin:index"), 302)]
    assert NOTHING in answer.text


def test_whoever_may_not_see_the_row_is_not_led_to_it(client):
    set_up_groups()
    clinician = make_user(is_staff=True)
    clinician.groups.add(Group.objects.get(name="Clinicians"))
    client.force_login(clinician)

    assert led_to(client, make_article().get_absolute_url()).url == reverse("admin:index")


def test_a_browser_is_marked_by_the_first_page_of_the_desk_alone(client, editor):
    assert client.get(make_article().get_absolute_url()).cookies.output() == ""

    mark = editor.get(reverse("admin:index")).cookies["desk"]

    assert (mark.value, mark["samesite"], mark["max-age"]) == ("1", "Lax", 12 * 3600)


def test_the_mark_goes_with_the_session(editor):
    editor.get(reverse("admin:index"))

    assert editor.post(reverse("admin:logout")).cookies["desk"].value == ""
