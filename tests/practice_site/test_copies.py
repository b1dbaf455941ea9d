"""A course and an article are used again: a draft with their words, and with nothing that was true of them alone."""

from datetime import date

import pytest

from accounts.models import AuditEntry
from articles.editing.copies import copy_article
from articles.editing.working_copies import keep_edit
from articles.models import Article, ArticleChange, Claim, Reference
from courses.copies import copy_course
from courses.models import Course
from kit.desk.copies import free_slug
from kit.desk.snapshots import FIELDS, take
from practice_site.groups import set_up_groups
from tests.builders import make_article, make_course, make_person, make_topic, make_user, make_workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    reviewed = {"reviewer": make_person(), "reviewed_on": date(2026, 1, 5), "next_review_on": date(2027, 1, 5)}
    made = make_article("Why we shout", body="<h2>Why</h2><p>It is old [1].</p>", interests="None.", **reviewed)
    made.topics.add(make_topic("Anger"))
    made.related_courses.add(make_course("Anger"))
    Reference.objects.create(article=made, number=1, authors="A", year=2020, title="T", source="S")
    Claim.objects.create(article=made, number=1, sentence="It is old.", strength="mixed", basis="One study [1]")
    ArticleChange.objects.create(article=made, words="A word.")
    return made


@pytest.fixture
def desk(client):
    set_up_groups()
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    return client


def test_an_articles_draft_has_its_words_and_sources(article):
    made, is_new = copy_article(article, "Why we still shout")
    made.refresh_from_db()

    assert (is_new, made.slug, made.status) == (True, "why-we-still-shout", "draft")
    assert (made.body, made.interests, made.author) == (article.body, article.interests, article.author)
    assert [topic.name for topic in made.topics.all()] == ["Anger"]
    assert [course.title for course in made.related_courses.all()] == ["Anger"]
    assert [(each.number, each.title) for each in made.references.all()] == [(1, "T")]
    assert [(each.sentence, each.basis) for each in made.claims.all()] == [("It is old.", "One study [1]")]
    assert 'href="#r1"' in made.body_html


def test_an_articles_draft_has_no_date_review_or_change(article):
    made, _ = copy_article(article, "Why we still shout")
    made.refresh_from_db()

    assert (made.published_on, made.reviewer, made.reviewed_on, made.next_review_on) == (None,) * 4
    assert (made.changes.count(), made.comments.count(), made.revisions.count()) == (0, 0, 1)
    article.refresh_from_db()
    assert (article.status, article.references.count(), article.claims.count()) == ("published", 1, 1)


def test_what_is_being_edited_is_what_is_copied(article):
    from articles.editing.working_copies import SHAPE

    content = take(article, SHAPE)
    keep_edit(article, {**content, FIELDS: content[FIELDS] | {"summary": "Newer words."}})

    assert copy_article(article, "Why we still shout")[0].summary == "Newer words."


def test_a_courses_draft_has_its_words_and_who_teaches_and_no_workshop():
    course = make_course("Grief", is_published=True)
    make_workshop(course=course)
    made, is_new = copy_course(course, "Grief, part two")

    assert (is_new, made.slug, made.is_published, made.workshops.count()) == (True, "grief-part-two", False, 0)
    assert (made.aims, made.programme, made.cpd_hours) == (course.aims, course.programme, course.cpd_hours)
    assert [*made.presenters.all()] == [*course.presenters.all()]
    assert made.cover


def test_a_second_press_finds_the_draft_of_the_first(article):
    course = make_course("Grief")

    assert [copy_course(course, "Two")[1], copy_course(course, "Two")[1]] == [True, False]
    assert [copy_article(article, "Two")[1], copy_article(article, "Two")[1]] == [True, False]


def test_addresses_are_free_and_lead_to_no_other_page():
    make_article("Sleep", slug="sleep")

    assert free_slug(Article, "Sleep") == "sleep-2"
    assert free_slug(Article, "Glossary") == "glossary-2"
    assert free_slug(Course, "心") == "draft"
    assert len(free_slug(Course, "long " * 40)) <= 50


@pytest.mark.parametrize("what", ["course", "article"])
def test_the_page_asks_for_a_title_and_leads_to_the_drafts_form(desk, article, what):
    row = {"course": make_course("Grief"), "article": article}[what]
    label = {"course": "courses/course", "article": "articles/article"}[what]
    page, form = f"/admin/{label}/{row.pk}/use-again/", f"/admin/{label}/{row.pk}/change/"

    assert f'href="{page}"' in desk.get(form).content.decode()
    assert "It has none of its" in desk.get(page).content.decode()
    assert (desk.post(page, {"title": ""}).status_code, type(row).objects.filter(title="Two").count()) == (422, 0)
    done = desk.post(page, {"title": "Two"})
    made = type(row).objects.get(title="Two")
    assert done.url == f"/admin/{label}/{made.pk}/change/"
    assert "a draft, which nobody sees yet" in desk.get(done.url).content.decode()
    assert AuditEntry.objects.filter(object_id=made.pk, model=made._meta.label_lower).exists()
    assert desk.post(page, {"title": "Two"}).url == done.url


def test_who_may_not_add_may_not_use_again(client, article):
    client.force_login(make_user("clinician@example.org", is_staff=True))

    assert client.post(f"/admin/articles/article/{article.pk}/use-again/", {"title": "Two"}).status_code == 403
    assert Article.objects.count() == 1
