"""What readers report as wrong."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from articles.due import delete_old_error_reports
from articles.jobs import error_reports
from articles.models import ErrorReport
from articles.reports import KEPT, receive_report
from outbox.models import Message
from tests.builders import make_article, make_practice
from tests.markup import answered

pytestmark = pytest.mark.django_db
SENT = {"words": "It was 1999, not 1989.", "source": "The title page", "email": "reader@example.org"}


@pytest.fixture(autouse=True)
def _a_practice():
    make_practice(email="hello@example.org")


@pytest.fixture
def article():
    return make_article("Minds", slug="minds")


def report(client, **answers):
    return client.post(reverse("articles:report", args=["minds"]), SENT | answers)


def test_a_report_is_kept_and_an_answer_promised(client, article):
    response = report(client)

    kept = ErrorReport.objects.get()
    assert (response.status_code, response.url) == (303, "/articles/minds/report/thank-you/")
    assert (kept.article, kept.words, kept.source, kept.email) == (article, *SENT.values())
    assert kept.answer_by is not None
    assert answered(client.get(response.url)) == "Thank you for the report."
    assert "you have an answer by" in client.get(response.url).content.decode()


def test_whoever_leaves_no_address_is_promised_nothing(client, article):
    report(client, email="")

    assert ErrorReport.objects.get().answer_by is None


def test_the_desk_is_told_without_a_word_of_it(client, article):
    report(client)

    mail = Message.objects.get()
    assert mail.to == "hello@example.org"
    assert "Minds" in mail.text
    for words in SENT.values():
        assert words not in mail.text + mail.html


def test_one_that_should_have_been_answered_is_told_apart_and_found(client, article):
    with time_machine.travel("2026-03-02 12:00+00:00"):
        report(client)
        fresh = [job.words for job in error_reports()]
    with time_machine.travel("2026-03-20 12:00+00:00"):
        report(client, words="Another.")
        jobs = list(error_reports())
        ErrorReport.objects.overdue().update(state=ErrorReport.State.NO_ERROR)
        answered = [job.words for job in error_reports()]

    late = "1 report of an error in an article should have been answered by now"
    assert (fresh, [job.words for job in jobs], answered) == (
        ["1 report of an error in an article"],
        [late, "1 report of an error in an article"],
        ["1 report of an error in an article"],
    )
    assert jobs[0].url.endswith("?late=yes")


def test_sent_twice_it_is_one(client, article):
    report(client)
    report(client, words=" It was  1999, not 1989. ", email="READER@example.org")

    assert (ErrorReport.objects.count(), Message.objects.count()) == (1, 1)


def test_nothing_wrong_is_said_where_it_stands(client, article):
    response = report(client, words=" ", email="reader@")

    assert response.status_code == 422
    assert "Tell us what is wrong." in response.content.decode()
    assert "reader@" in response.content.decode()
    assert not ErrorReport.objects.exists()


@pytest.mark.parametrize("name", ["articles:report", "articles:report_sent"])
def test_a_draft_has_no_such_page(client, name):
    make_article(slug="minds", status="draft", published_on=None)

    assert client.get(reverse(name, args=["minds"])).status_code == 404


def test_reports_end_after_a_year(article):
    receive_report(article, words="Old", source="", email="")
    with time_machine.travel(ErrorReport.objects.get().created_at + KEPT - timedelta(minutes=1)):
        delete_old_error_reports()
        assert ErrorReport.objects.count() == 1
    with time_machine.travel(ErrorReport.objects.get().created_at + KEPT + timedelta(minutes=1)):
        delete_old_error_reports()
    assert not ErrorReport.objects.exists()


def test_many_reports_are_kept_and_the_desk_is_told_of_some(article):
    """The list at the desk has them all; nobody's mailbox is filled by whoever writes a hundred."""
    for number in range(12):
        receive_report(article, words=f"Wrong {number}.", source="", email="")

    assert (ErrorReport.objects.count(), Message.objects.count()) == (12, 10)
