"""Hostile texts in whatever somebody may type as plain words: comments, captions, what is said of people and sources.

The pages are read as a browser reads them, without the policy that would hold scripts back.
"""

import re
from collections.abc import Iterator

import pytest
from django.db import models, transaction
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from playwright.sync_api import Browser, Page

from articles.commenting.models import Comment
from articles.models import Article, ArticleChange, Claim, Reference, Topic
from articles.reading import keep_rendered
from kit.pages import kept
from pictures.models import Picture
from practice.models import Person, Registration
from search import index
from tests.browser.test_hostile_bodies import START
from tests.builders import make_article, make_person, make_topic, make_user, show_factor
from tests.hostile.bodies import FIRES, HOSTILE
from tests.pictures.drawings import make_picture

SAFE = {"about:", "https:", "http:", "mailto:", "sms:", "tel:", ":"}
ROW = "words"  # the addresses of the article, of its author and of its topic
TYPED: dict[type[models.Model], tuple[str, ...]] = {
    Article: ("title", "summary", "in_brief", "would_change", "interests"),
    ArticleChange: ("words",),
    Claim: ("sentence", "basis"),
    Comment: ("name", "words", "reply"),
    Person: ("name", "role", "credentials", "biography", "works_with", "sees", "languages", "insurance", "licensed_in"),
    Picture: ("title", "alt", "caption", "credit"),
    Reference: ("authors", "title", "source", "doi"),
    Registration: ("body", "number", "letters"),
    Topic: ("name", "description"),
}
PAGES = ["/articles/words/", "/articles/words/report/", "/articles/?topic=words", "/clinicians/", "/clinicians/words/"]
PAGES += ["/search/?q=fired", "/search/?q=evil", "/therapy/", "/"]


@pytest.fixture
def article(site: str) -> Iterator[Article]:
    """With one row of each kind beside it. Afterwards the demo is as it was."""
    with transaction.atomic():
        person = make_person("Ada", slug=ROW, is_clinician=True, biography="Ada.")
        made = make_article("Words", slug=ROW, author=person, picture=make_picture())
        made.topics.add(make_topic("Words", slug=ROW))
        now = timezone.now()
        Registration.objects.create(person=person, body="Register", number="1")
        Reference.objects.create(article=made, number=1, authors="A", year=2001, title="B", source="C")
        Claim.objects.create(article=made, number=1, sentence="So.", strength="mixed", basis="It is [1].")
        ArticleChange.objects.create(article=made, words="A word.", changed_on=timezone.localdate())
        Comment.objects.create(
            article=made, status="published", decided_at=now, reply_by="author", reply=".", replied_at=now
        )
        yield made
        transaction.set_rollback(True)
    kept.forget()


def write(article: Article, hostile: str) -> None:
    """Into every column, as far as it has room."""
    own = {Article: article.pk, Person: article.author_id, Picture: article.picture_id, Topic: article.topics.get().pk}
    of_it = {Registration: {"person": article.author_id}}
    for model, names in TYPED.items():
        mine = {"pk": own[model]} if model in own else of_it.get(model, {"article": article})
        words = {name: hostile[: model._meta.get_field(name).max_length] for name in names}
        assert model.objects.filter(**mine).update(**words) == 1
    alone = re.sub(
        r"[()\[\]]", "", hostile.replace(FIRES, "fired``")
    )  # what is said of it in this text has no brackets
    figure = f"[picture {article.picture_id} ({escape(alone)}): {escape(hostile)}]"
    Article.objects.filter(pk=article.pk).update(body=f"<p>Words [1].</p><p>{figure}</p>")
    keep_rendered(article)
    index.renew_all()
    kept.forget()


def ran(page: Page, html: str) -> tuple[int, set[str]]:
    """How often something ran, and where links lead that no reader should follow."""
    page.set_content(START + html)
    count, schemes = page.evaluate("[window.count, [...document.links].map((link) => link.protocol)]")
    return count, set(schemes) - SAFE


def test_nothing_that_is_typed_as_words_runs_or_asks_for_anything(browser: Browser, client: Client, article: Article):
    page, asked, wrong = browser.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))

    for number, hostile in enumerate(HOSTILE):
        write(article, hostile)
        network = f"10.{number // 256}.{number % 256}.1"  # one of them may not search that often
        answers = {path: client.get(path, REMOTE_ADDR=network) for path in PAGES}
        assert {answer.status_code for answer in answers.values()} == {200}
        wrong += [(path, hostile) for path, answer in answers.items() if ran(page, answer.text) != (0, set())]
    page.close()

    assert wrong == []
    assert [address for address in asked if "evil.example" in address] == []


def test_nothing_that_is_typed_as_words_runs_at_the_desk(browser: Browser, article: Article):
    desk, page, asked, wrong = Client(), browser.new_page(), [], []
    owner = make_user("hostile@example.org", is_staff=True, is_superuser=True)
    desk.force_login(owner)
    show_factor(desk, owner)
    page.on("request", lambda request: asked.append(request.url))
    comment = article.comments.get()
    paths = ["/admin/pictures/picture/", "/admin/articles/comment/?status__exact=published"]
    paths += [f"/admin/pictures/picture/{article.picture_id}/change/", f"/admin/articles/comment/{comment.pk}/change/"]

    for hostile in HOSTILE:
        write(article, hostile)
        answers = {path: desk.get(path) for path in paths}
        assert {answer.status_code for answer in answers.values()} == {200}
        wrong += [(path, hostile) for path, answer in answers.items() if ran(page, answer.text) != (0, set())]
    page.close()

    assert wrong == []
    assert [address for address in asked if "evil.example" in address] == []


def test_it_would_run_if_words_were_not_escaped(browser: Browser, client: Client, article: Article, monkeypatch):
    monkeypatch.setattr("django.template.base.conditional_escape", str)
    write(article, "<img src=x onerror=fired()><script>fired()</script>")

    page = browser.new_page()
    count, _ = ran(page, client.get("/articles/words/").text)
    page.close()

    assert count > 5
