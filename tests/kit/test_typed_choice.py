"""What is chosen by typing a part of its name is chosen without JavaScript, too, from the first rows."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.builders import make_article, make_course, make_practice, make_ticket, make_user, make_workshop
from tests.pictures.drawings import make_picture

pytestmark = pytest.mark.django_db
OPTION = re.compile(r'<option value="(\d+)"[^>]*>([^<]+)</option>')
SELECT = r'<select name="%s".*?</select>'
FIELDS = [
    ("courses/course", "picture"),
    ("practice/person", "portrait"),
    ("practice/location", "picture"),
    ("articles/article", "picture"),
    ("courses/ticket", "workshop"),
    ("learning/recording", "workshop"),
    ("learning/recordingextension", "ticket"),
    ("learning/handout", "workshop"),
    ("learning/feedbackquestion", "workshop"),
    ("learning/accreditation", "course"),
]


@pytest.fixture
def desk(client):
    make_practice()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def make(kind):
    makers = {"workshop": make_workshop, "course": make_course, "ticket": lambda: make_ticket(make_workshop())}
    row = makers.get(kind, make_picture)()
    return str(row.pk), str(row)


@pytest.mark.parametrize(("model", "name"), FIELDS)
def test_the_first_rows_are_offered_by_name_in_one_question_however_many_there_are(desk, model, name):
    page = f"/admin/{model}/add/" if model != "articles/article" else f"/admin/{model}/{make_article().pk}/change/"
    rows, asked = [make(name)], []

    for _ in range(2):
        desk.get(page)
        with CaptureQueriesContext(connection) as questions:
            offered = offered_on(desk.get(page).text, name)
        asked.append(len(questions))
        assert {*rows} <= {*offered}
        rows += [make(name) for _ in range(3)]

    assert asked[0] == asked[1]


def offered_on(page, name):
    return [(key, unescape(words)) for key, words in OPTION.findall(re.search(SELECT % name, page, re.DOTALL)[0])]
