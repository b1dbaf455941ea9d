"""Where a page is used, and who is told before it goes."""

import re
from html import unescape

import pytest

from articles.editing.working_copies import SHAPE, store_copy
from kit.desk.snapshots import take
from kit.texts.rich_text import sanitise
from practice.linked_from import linked_from
from practice.models import Redirect
from practice.old_addresses import note_old_address
from tests.builders import make_article, make_course, make_person, make_practice, make_user, make_workshop

pytestmark = pytest.mark.django_db


def text(link):
    return sanitise(f'<p><a href="{link}">x</a></p>')


def test_texts_of_every_kind_are_found_and_a_name_that_goes_on_is_another():
    article = make_article(slug="sleep")
    naming = [make_article(body=text(f"/articles/sleep/{end}")) for end in ("", "#why", "?x=1")]
    course = make_course(body=text("/articles/sleep/"))
    make_article(body=text("/articles/sleep/report/"))
    make_article(body=text("/articles/sleep-and-company/"))
    make_article(body="<p>/articles/sleep/</p>")

    assert set(linked_from(article)) == {*naming, course}


def test_a_text_that_names_an_earlier_address_is_found_and_one_that_names_itself_is_not():
    article = make_article(slug="sleep", body=text("/articles/sleep/"))
    naming = make_article(body=text("/articles/nights/"))
    note_old_address(article, "nights")

    assert linked_from(article) == [naming]


def test_an_article_whose_changes_that_wait_lead_there_is_found_once():
    article = make_article(slug="sleep")
    waiting, both = make_article("Waiting"), make_article("Both", body=text("/articles/sleep/"))
    for row in (waiting, both, make_article("Other")):
        content = take(row, SHAPE)
        content["fields"]["body"] = text(
            "/articles/sleep-and-company/" if row.title == "Other" else "/articles/sleep/#why"
        )
        store_copy(row, content)

    assert linked_from(article) == [both, waiting]


@pytest.mark.parametrize("is_named", [True, False])
def test_who_deletes_a_page_is_told_which_texts_lead_to_it(client, is_named):
    make_practice()
    client.force_login(make_user("editor@example.org", is_staff=True, is_superuser=True))
    article = make_article(slug="sleep")
    make_article("Tides", body=text("/articles/sleep/" if is_named else "/articles/"))

    for page in ("delete", "take-back", "archive"):
        asked = client.get(f"/admin/articles/article/{article.pk}/{page}/").text
        assert ("would lead nowhere" in asked, "Article: Tides</a>" in asked) == (is_named, is_named)


def test_who_deletes_a_person_is_told_of_the_changes_that_wait_and_name_them(client):
    make_practice()
    client.force_login(make_user("editor@example.org", is_staff=True, is_superuser=True))
    person, article = make_person("Noor"), make_article("Sleep")
    content = take(article, SHAPE)
    content["fields"]["reviewer"] = person.pk
    store_copy(article, content)

    asked = [client.get(f"/admin/practice/person/{each.pk}/delete/").text for each in (person, make_person("Ivo"))]

    assert [("Changes that wait name it" in page, "Article: Sleep" in page) for page in asked] == [
        (True,) * 2,
        (False,) * 2,
    ]


def test_a_form_says_where_its_row_is_used(client):
    make_practice()
    client.force_login(make_user("editor@example.org", is_staff=True, is_superuser=True))
    author = make_person("Noor")
    article = make_article("Sleep", slug="sleep", author=author)
    tides = make_article("Tides", body=text("/articles/sleep/"))
    course = make_course("Grief", presenters=[author])
    article.related_courses.add(course)
    workshop = make_workshop(course=course)
    Redirect.objects.create(old="/nights.html", new="/articles/sleep/")

    assert uses_at_desk(client, article) == [f"Article: {tides}", "Redirect: /nights.html"]
    assert uses_at_desk(client, author) == ["Article: Sleep", "Course: Grief"]
    assert uses_at_desk(client, course) == ["Article: Sleep", f"Workshop: {workshop}"]
    assert uses_at_desk(client, tides) == []


def uses_at_desk(client, row):
    page = client.get(f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/").text
    told = page.partition("Where this is used")[2].partition("</fieldset>")[0]
    assert ("Nothing links here" in told) == ("<a" not in told)
    return [unescape(words) for words in re.findall(r"<a[^>]*>([^<]+)</a>", told)]
