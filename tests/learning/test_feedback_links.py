"""Whoever taught a workshop reads what people said of it by a link that ends, without an account at the desk."""

import csv
from datetime import date
from io import StringIO
from urllib.parse import urlsplit

import pytest
import time_machine

from learning import feedback_links
from learning.feedback import FEWEST
from learning.models import Feedback
from tests.builders import at, make_practice, make_ticket, make_workshop

pytestmark = pytest.mark.django_db
NOW = "2027-02-01 12:00"
LAST = "Wednesday 3 March 2027"


@pytest.fixture
def workshop():
    make_practice()
    return make_workshop(day=date(2027, 1, 15))


def answer(workshop, words="Good.", rating=4, *, is_anonymous=False):
    ticket = make_ticket(workshop, attendee_name="Noor Haddad")
    said = [
        {"kind": "rating", "question": "The teaching", "rating": rating},
        {"kind": "open", "question": "What helped you most?", "words": words},
    ]
    Feedback.objects.create(
        workshop=workshop, ticket=None if is_anonymous else ticket, answers=said, given_on=date(2027, 1, 16)
    )


def path(workshop, moment=NOW):
    with time_machine.travel(at(moment), tick=False):
        return urlsplit(feedback_links.link_to(workshop).url).path


def opened(client, path, moment=NOW):
    with time_machine.travel(at(moment), tick=False):
        return client.get(path)


def test_it_shows_numbers_words_and_a_file_and_nobodys_name(client, workshop):
    for rating in (5, 5, 2):
        answer(workshop, f"Words {rating}", rating)
    link = path(workshop)

    page, file = opened(client, link), opened(client, f"{link}answers.csv")

    assert (page.status_code, file.status_code) == (200, 200)
    assert "3 of 3 places have answered." in page.text
    assert "4.0 of 5 on average" in " ".join(page.text.split())
    assert page.text.count("<svg") >= 5
    assert LAST in page.text
    header, *rows = csv.reader(StringIO(file.text.removeprefix("\ufeff")))
    assert len(rows) == 3
    assert "What helped you most?" in header
    assert ["Noor Haddad" in text for text in (page.text, file.text)] == [False, False]
    assert page["Cache-Control"] == "private, no-store"


def test_few_answers_are_only_counted(client, workshop):
    for _ in range(FEWEST - 1):
        answer(workshop, "Only mine")
    link = path(workshop)

    page, file = opened(client, link), opened(client, f"{link}answers.csv")

    assert f"{FEWEST - 1} of {FEWEST - 1} places have answered." in page.text
    assert ("Only mine" in page.text, "answers.csv" in page.text, file.status_code) == (False, False, 404)


def test_one_answer_without_a_name_is_told_of_and_not_shown(client, workshop):
    for _ in range(FEWEST):
        answer(workshop)
    answer(workshop, "Mine alone", is_anonymous=True)
    link = path(workshop)

    page, file = opened(client, link), opened(client, f"{link}answers.csv")

    assert "1 answer without a name is not among them yet" in " ".join(page.text.split())
    assert ["Mine alone" in text for text in (page.text, file.text)] == [False, False]


@pytest.mark.parametrize(("moment", "code"), [("2027-03-03 23:59", 200), ("2027-03-04 00:00", 410)])
def test_it_ends_with_its_last_day_in_the_organisers_zone(client, workshop, moment, code):
    link = path(workshop)

    assert [opened(client, f"{link}{rest}", moment).status_code for rest in ("", "answers.csv")] == [
        code,
        404 if code == 200 else 410,
    ]


def test_a_changed_or_made_up_link_opens_nothing(client, workshop):
    link = path(workshop)
    other = make_workshop()

    codes = [opened(client, each).status_code for each in (f"{link[:-2]}x/", "/feedback/x/", f"/feedback/{other.pk}/")]

    assert codes == [404, 404, 404]
