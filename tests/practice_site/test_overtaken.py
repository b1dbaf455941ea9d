"""Somebody else stores or deletes, in the same moment, what a form or a button is about."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db.models import Model
from django.http import Http404
from django.urls import reverse

from accounts.factors.reset import reset_factors
from articles.admin import TopicAdmin
from articles.editing.copies import copy_article
from articles.models import Topic
from articles.publishing import publish_article
from courses.admin import CourseAdmin
from courses.copies import copy_course
from courses.models import Course, Subject
from courses.seats.cohorts import end_cohort
from courses.series import publish_series
from learning.certificates.bundles import ask_for_bundle
from learning.publishing import publish_recording
from meetings.hosting import count_change
from meetings.models import Host
from practice.answering import close_enquiry
from practice.enquiries import receive_enquiry
from practice.models import Enquiry
from tests.builders import (
    make_article,
    make_cohort,
    make_course,
    make_practice,
    make_recording,
    make_series,
    make_user,
    make_workshop,
)
from tests.desk_forms import PersonAtTheDesk, open_form, send

ADD_A_TOPIC = reverse("admin:articles_topic_add")


@pytest.fixture
def desk(db):
    make_practice()
    client = PersonAtTheDesk(raise_request_exception=False)
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    return client


def news_on_the_next_page(desk) -> list[str]:
    return re.findall(r'<li class="success">(.*?)</li>', desk.get("/admin/").text, re.S)


# Of a form ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_what_is_deleted_while_a_form_that_points_at_it_is_saved_is_told_and_nothing_is_said_to_be_saved(
    desk, monkeypatch, caplog
):
    """The database knows it at the commit, after the page has found its words of success."""
    course = make_course()
    other = Subject.objects.create(name="Quiet", slug="quiet", position=9)
    respond = CourseAdmin.response_change

    def respond_late(admin, request, row):
        Subject.objects.filter(pk=other.pk)._raw_delete("default")
        return respond(admin, request, row)

    monkeypatch.setattr(CourseAdmin, "response_change", respond_late)
    url = reverse("admin:courses_course_change", args=[course.pk])

    answer = send(desk, url, open_form(desk, url), subject=str(other.pk), title="Another title")

    assert (answer.status_code, "Somebody was quicker." in answer.text) == (409, True)
    assert Course.objects.get().title == course.title
    assert news_on_the_next_page(desk) == []
    (told,) = [record for record in caplog.records if record.name == "practice_site.middleware"]
    assert (told.getMessage(), bool(told.exc_info)) == ("somebody was quicker at admin:courses_course_change", True)


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_however_often_the_form_looks_is_told_on_a_page(desk, monkeypatch):
    """Once it looks again by itself: tests/races/test_desk_forms.py."""
    save = TopicAdmin.save_model

    def save_second(*args):
        Topic.objects.create(name="Grief", slug="of-grief", position=1)
        save(*args)

    monkeypatch.setattr(TopicAdmin, "save_model", save_second)

    answer = send(desk, ADD_A_TOPIC, open_form(desk, ADD_A_TOPIC), name="Grief", slug="grief", position="3")

    assert (answer.status_code, "Somebody was quicker." in answer.text, Topic.objects.count()) == (409, True, 0)


# Of a button ----------------------------------------------------------------------------------------------------------


def an_enquiry() -> Enquiry:
    return receive_enquiry(Enquiry(name="Noor", email="noor@example.org", message="Is there a place on Tuesdays?"))


MOMENTS: dict[str, tuple[Callable[[], Model], Callable[[Any], object]]] = {
    "an article is published": (make_article, publish_article),
    "an article is copied": (make_article, partial(copy_article, title="Another")),
    "a course is copied": (make_course, partial(copy_course, title="Another")),
    "places are kept no longer": (lambda: make_cohort(make_workshop()), end_cohort),
    "a series is published": (lambda: make_series(make_workshop(), make_workshop()), publish_series),
    "a recording is published": (lambda: make_recording(make_workshop()), publish_recording),
    "certificates are asked for": (make_workshop, partial(ask_for_bundle, user=None)),
    "a meeting is counted": (lambda: Host.objects.create(email="rooms@example.org"), count_change),
    "an enquiry is closed": (an_enquiry, close_enquiry),
    "an account gets in without its second factor": (make_user, reset_factors),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("make", "press"), MOMENTS.values(), ids=MOMENTS)
def test_what_is_deleted_while_somebody_presses_is_not_found(make, press):
    """An error of Python’s own would be a fault of ours, and tell nobody what has happened."""
    make_practice()
    row = make()
    type(row).objects.filter(pk=row.pk).delete()

    with pytest.raises(Http404):
        press(row)
