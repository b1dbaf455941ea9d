"""What is wrong with a form of the desk: said at its head by name, as links, and again at each field."""

import html
import re
from datetime import date

import pytest

from tests.articles import test_admin as articles
from tests.builders import make_cities, make_course, make_person, make_practice, make_terms, make_user, make_workshop
from tests.courses.test_admin import answers, session_row, type_row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _desk(client):
    make_practice()
    make_cities()
    make_terms()
    client.force_login(make_user(is_staff=True, is_superuser=True))


def faults(response) -> list[tuple[str, str]]:
    """Each as its link and its words."""
    summary = response.text.split('class="faults"')[1].split("</div>")[0]
    links = re.findall(r'<a href="([^"]*)">\s*([^<]+?)\s*</a>', summary)
    return [(href, html.unescape(words)) for href, words in links]


def complaint_at(response, field: str) -> list[str]:
    row = response.text.split(f"field-{field}")[1].split('<div class="form-row')[0]
    return re.findall(r'<ul class="errorlist"[^>]*><li>([^<]+)</li>', row)


def test_what_a_constraint_says_stands_at_its_field_and_in_the_summary(client):
    author = make_person()

    response = articles.write(client, articles.answers(author, reviewer=author.pk))

    words = "The reviewer must be somebody else than the author."
    assert re.findall(r"<title>(Error:)", response.text) == ["Error:"]
    assert faults(response) == [("#id_reviewer", f"Reviewer: {words}")]
    assert complaint_at(response, "reviewer") == [words]


def test_rows_below_the_form_are_called_by_their_number_and_lead_to_their_field(client):
    sessions = [session_row(), session_row(day="2027-01-22", programme="Welcome")]

    response = client.post("/admin/courses/workshop/add/", answers(make_course(), sessions, [type_row(price="-1")]))

    assert [href for href, _ in faults(response)] == ["#id_sessions-1-programme", "#id_ticket_types-0-price"]
    assert faults(response)[0][1].startswith("Session 2: Programme: Line 1 begins with no time.")


def test_a_constraint_on_two_columns_is_said_at_the_one_that_can_be_mended(client):
    course, found = make_course(), []

    for fields in ({"group_places": "3"}, {"group_percent": "10"}):
        response = client.post("/admin/courses/workshop/add/", answers(course, [session_row()], **fields))
        found += [href for href, _ in faults(response)]

    assert found == ["#id_group_percent", "#id_group_places"]


def test_a_page_of_our_own_says_what_is_wrong_in_the_same_words(client):
    workshop = make_workshop(day=date(2027, 1, 15))

    response = client.post(f"/admin/courses/announcement/write/{workshop.pk}/", {"whom": "attendees", "subject": ""})

    assert ("#id_subject", "Subject: This field is required.") in faults(response)
    assert re.findall(r"<title>\s*(Error:)", response.text) == ["Error:"]
    assert "Nothing was sent." in response.text


def test_a_form_that_was_not_sent_says_nothing(client):
    make_person()

    assert 'class="faults"' not in client.get("/admin/articles/article/add/").text
