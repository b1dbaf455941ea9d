"""Feedback is asked for once of each place when there is something to say, with a name or without."""

import csv
from datetime import date
from io import StringIO

import pytest
import time_machine
from django.contrib.auth.models import Group

from kit.local import locales
from learning import feedback, feedback_form
from learning.models import Feedback, FeedbackGiven, FeedbackQuestion
from practice_site.groups import set_up_groups
from privacy import people
from tests.builders import at, make_cities, make_practice, make_ticket, make_user, make_workshop
from tests.markup import answered

pytestmark = pytest.mark.django_db
DAY = date(2027, 1, 15)  # a Friday
AFTER = "2027-01-15 18:00"
ASKED = ["One", "Two", "Three", *feedback.RATINGS, "Did you need more breaks?", *feedback.OPEN_QUESTIONS]


@pytest.fixture(autouse=True)
def _site():
    make_practice()
    make_cities()


@pytest.fixture
def workshop():
    found = make_workshop(day=DAY)
    FeedbackQuestion.objects.create(workshop=found, words="Did you need more breaks?")
    return found


def answers(**changed):
    ratings = {f"answer-{number}": "4" for number in range(6)}
    return ratings | {"answer-6": "No.", "answer-7": "=HYPERLINK(1)", "answer-8": ""} | changed


def give(client, ticket, moment=AFTER, **changed):
    with time_machine.travel(at(moment), tick=False):
        return client.post(f"/join/{ticket.secret}/feedback/", answers(**changed))


def test_what_is_asked_are_the_aims_what_all_are_asked_and_the_workshops_own(workshop):
    assert [question.words for question in feedback.questions_of(workshop)] == ASKED


def test_an_answer_is_kept_with_its_questions_and_once(client, workshop):
    ticket = make_ticket(workshop)

    answers = [give(client, ticket) for _ in range(2)]

    codes = [each.status_code for each in answers]
    pages = [answered(client.get(each)) for each in (answers[0]["Location"], ticket.get_absolute_url())]
    assert pages == ["Thank you, your feedback is with us. Whoever taught it reads it, without your name.", ""]
    given = Feedback.objects.get()
    assert (codes, given.ticket, given.given_on) == ([303, 303], ticket, DAY)
    assert given.answers[0] == {"kind": "aim", "question": "One", "rating": 4}
    assert given.answers[6] == {"kind": "open", "question": "Did you need more breaks?", "words": "No."}
    assert [each["question"] for each in given.answers] == ASKED[:8]
    assert feedback.is_given(ticket)


def test_of_an_anonymous_answer_nothing_leads_back_to_who_gave_it(client, workshop):
    ticket = make_ticket(workshop)

    give(client, ticket, is_anonymous="on")

    given = Feedback.objects.get()
    assert (given.ticket, given.given_on) == (None, date(2027, 1, 11))  # the week's first day
    assert (FeedbackGiven.objects.get().ticket, str(given.pk).isdigit()) == (ticket, False)


@pytest.mark.parametrize(("moment", "code"), [("2027-01-15 15:59", 303), ("2027-01-15 16:00", 200)])
def test_it_is_asked_once_the_workshop_is_over(client, workshop, moment, code):
    ticket = make_ticket(workshop)

    with time_machine.travel(at(moment), tick=False):
        page = client.get(ticket.get_absolute_url()).text
        answer = client.get(f"/join/{ticket.secret}/feedback/")

    assert (answer.status_code, "Give feedback" in page) == (code, code == 200)
    assert Feedback.objects.count() == 0


@pytest.mark.parametrize("given", ["", "0", "6", "x", "4.5"])
def test_a_number_that_is_none_is_asked_for_again_and_what_was_written_stays(client, workshop, given):
    answer = give(client, make_ticket(workshop), **{"answer-0": given, "answer-6": "Two more."})

    assert (answer.status_code, Feedback.objects.count(), "Two more." in answer.text) == (422, 0, True)


@pytest.mark.parametrize("status", ["held", "lapsed", "cancelled"])
def test_a_place_that_is_not_booked_says_nothing(client, workshop, status):
    assert give(client, make_ticket(workshop, status)).status_code == 303
    assert Feedback.objects.count() == 0


def test_a_recording_is_judged_by_who_has_opened_it(client, workshop):
    ticket = make_ticket(workshop, access="catch_up", place_number=None)
    give(client, ticket)
    before = Feedback.objects.count()
    type(ticket).objects.update(recording_opened_at=at(AFTER))

    give(client, ticket)

    assert (before, Feedback.objects.count()) == (0, 1)


def test_the_desk_sees_bars_and_words_and_takes_a_table_without_names(client, workshop):
    for number, name in enumerate(("Ada Field", "Ben Field")):
        ticket = make_ticket(workshop, attendee_name=name, attendee_email=f"{number}@example.org")
        give(client, ticket, **{"answer-0": str(4 + number)})
    organiser = make_user(is_staff=True)
    set_up_groups()
    organiser.groups.add(Group.objects.get(name="Organisers"))
    client.force_login(organiser)

    page = client.get(f"/admin/learning/feedback/of/{workshop.pk}/")
    file = client.get(f"/admin/learning/feedback/of/{workshop.pk}/file/")

    first = page.context["results"][0]
    assert (first.mean, first.bars[3:]) == ("4.5", [(4, 1, 50), (5, 1, 50)])
    assert ("Field" in page.text, "=HYPERLINK(1)" in page.text) == (False, True)
    head, *rows = csv.reader(StringIO(file.content.decode("utf-8-sig")))
    assert (head, sorted(row[0] for row in rows), rows[0][7]) == (ASKED, ["4", "5"], "'=HYPERLINK(1)")


def test_whoever_is_erased_leaves_ratings_and_no_words(client, workshop):
    give(client, make_ticket(workshop))
    Feedback.objects.update(given_on=date(2027, 1, 21))

    people.erase("noor@example.org", user=make_user("owner@example.org"))

    given = Feedback.objects.get()
    assert (given.ticket, len(given.answers), ["words" in each for each in given.answers]) == (None, 6, [False] * 6)
    assert given.given_on == date(2027, 1, 18)  # the week's first day, as of all that is about nobody


@pytest.mark.parametrize(("nameless", "are_shown"), [(1, False), (2, False), (3, True)])
def test_few_answers_without_a_name_are_counted_and_not_shown(client, workshop, nameless, are_shown):
    """Beside those with a name one would know whose they are."""
    for number in range(3 + nameless):
        named = {} if number < 3 else {"is_anonymous": "on"}
        give(client, make_ticket(workshop), **{"answer-6": "Named" if number < 3 else "Hidden", **named})
    client.force_login(make_user(is_staff=True, is_superuser=True))
    one = Feedback.objects.filter(ticket=None).first()

    page = client.get(f"/admin/learning/feedback/of/{workshop.pk}/")
    rows = list(csv.reader(StringIO(client.get(f"/admin/learning/feedback/of/{workshop.pk}/file/").text)))[1:]
    own = client.get(f"/admin/learning/feedback/{one.pk}/change/")

    text = " ".join(page.text.split())
    assert f"{3 + nameless} of {3 + nameless} places have answered." in text
    assert [text.count("Named"), "Hidden" in text, "Hidden" in own.text] == [3, are_shown, are_shown]
    assert len(rows) == (3 + nameless if are_shown else 3)
    assert (f"{nameless} of them" in text) is not are_shown


def test_our_own_questions_are_spelt_as_the_practice_spells_and_kept_as_they_are(workshop, monkeypatch):
    monkeypatch.setattr(locales, "_used", [locales.AMERICAN])
    asked = feedback_form.FeedbackForm(workshop=workshop)
    labels = [field.label for field in asked.fields.values()]

    assert "How the day was organized" in labels
    assert "How the day was organised" in [question.words for question in feedback.questions_of(workshop)]
