"""Whoever taught a workshop reads what people said of it by a link that ends, without an account at the desk."""

import csv
from datetime import date
from io import StringIO
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import signing

from learning import feedback_links
from learning.feedback import FEWEST, give_feedback
from learning.models import EndedResultsLinks
from tests.builders import at, make_practice, make_ticket, make_user, make_workshop

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
    with time_machine.travel(at("2027-01-16 12:00"), tick=False):
        give_feedback(ticket, answers=said, is_anonymous=is_anonymous)


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


def test_answers_without_a_name_come_three_at_a_time(client, workshop):
    """Who looks before and after one of them, and knows who has just answered, learns nothing by what is new."""
    link, seen = path(workshop), []
    for number in range(7):
        answer(workshop, f"Anonymous {number}", is_anonymous=True)
        page, file = opened(client, link), opened(client, f"{link}answers.csv")
        texts = (page.text, file.text)
        seen.append([sum(f"Anonymous {each}" in text for each in range(7)) for text in texts])

    assert seen == [[0, 0]] * 2 + [[3, 3]] * 3 + [[6, 6]] * 2
    assert "1 answer without a name is not among them yet" in " ".join(page.text.split())


@pytest.fixture
def desk(client):
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def end(desk, workshop, number):
    return desk.post(f"/admin/learning/feedback/of/{workshop.pk}/end-links/", {"number": number}, follow=True)


def test_the_desk_ends_a_link_at_once_and_has_a_new_one(desk, workshop):
    for _ in range(FEWEST):
        answer(workshop)
    other, sent = make_workshop(day=date(2027, 1, 15)), path(workshop)
    sent_of_other = path(other)

    told = end(desk, workshop, 0)

    assert "The links that were handed out have ended" in told.text
    codes = [opened(desk, each).status_code for each in (sent, f"{sent}answers.csv", path(workshop), sent_of_other)]
    assert codes == [410, 410, 200, 200]


def test_a_press_on_an_old_page_does_not_end_the_new_link(desk, workshop):
    answers = [end(desk, workshop, number) for number in ("0", "0", "7", "", "x", "9" * 5000)]

    assert ["had been ended before" in each.text for each in answers] == [False] + [True] * 5
    assert (EndedResultsLinks.objects.count(), opened(desk, path(workshop)).status_code) == (1, 200)


def test_a_link_that_was_sent_before_links_could_be_ended_opens_and_ends(desk, workshop):
    earlier = signing.dumps([workshop.pk, "2027-03-03"], salt=feedback_links.SALT)

    before = opened(desk, f"/feedback/{earlier}/").status_code
    end(desk, workshop, 0)

    assert (before, opened(desk, f"/feedback/{earlier}/").status_code) == (200, 410)
