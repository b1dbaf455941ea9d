from importlib import import_module

import pytest
from django.apps import apps

from articles.due import renew_bodies
from articles.models import Article, Reference
from articles.reading import keep_rendered, reading
from kit.texts import rich_text
from tests.builders import make_article

pytestmark = pytest.mark.django_db
BODY = "<h2>Why</h2><p>A claim [1], and another [2].</p>"
SHOWN = '<h2 id="why">Why</h2><p>A claim<sup><a href="#r1" aria-label="Reference 1">1</a></sup>, and another [2].</p>'


def cite(article, number):
    return Reference.objects.create(
        article=article, number=number, authors="Siegel DJ", year=1999, title="The Developing Mind", source="Guilford"
    )


def stored(article):
    row = Article.objects.get(pk=article.pk)
    return row.body_html, row.contents, row.rendered_from == rich_text.fingerprint(row.body, references=[1])


def shown(article):
    found = reading(Article.objects.get(pk=article.pk))
    return found.body, [(heading.anchor, heading.text) for heading in found.contents]


@pytest.fixture
def article():
    made = make_article(body=BODY)
    cite(made, 1)
    return made


def test_a_body_is_stored_as_readers_get_it(article):
    keep_rendered(article)

    assert stored(article) == (SHOWN, [["why", "Why"]], True)
    assert shown(article) == (SHOWN, [("why", "Why")])


def test_what_is_stored_is_what_is_shown(article):
    keep_rendered(article)
    Article.objects.update(body_html="<p>Made before.</p>", contents=[["a", "A"]])

    assert shown(article) == ("<p>Made before.</p>", [("a", "A")])


def test_an_article_that_was_never_rendered_is_rendered_when_it_is_read(article):
    assert (stored(article)[0], shown(article)) == ("", (SHOWN, [("why", "Why")]))


@pytest.mark.parametrize(
    "change",
    [
        lambda article: Article.objects.update(body=BODY.replace("another", "more")),
        lambda article: cite(article, 2),
        lambda article: Reference.objects.all().delete(),
    ],
)
def test_what_was_made_of_other_words_or_references_is_not_shown(article, change):
    keep_rendered(article)

    change(article)

    now = Article.objects.get(pk=article.pk)
    expected = rich_text.render(now.body, references=list(now.references.values_list("number", flat=True)))
    assert (shown(article)[0], shown(article)[0] == SHOWN) == (expected.html, False)


def test_what_an_older_renderer_made_is_not_shown(article, monkeypatch):
    keep_rendered(article)
    Article.objects.update(body_html="<p>As it was made then.</p>")

    monkeypatch.setattr(rich_text, "RENDERER", rich_text.RENDERER + 1)

    assert shown(article) == (SHOWN, [("why", "Why")])
    assert (renew_bodies(), renew_bodies()) == (1, 0)  # nor made anew for each reader
    assert Article.objects.get().body_html == SHOWN


def test_what_has_not_changed_is_not_rendered_again(article, django_assert_num_queries):
    keep_rendered(article)

    with django_assert_num_queries(2):  # the body, the references
        keep_rendered(article)


def test_the_migration_renders_what_there_is(article):
    import_module("articles.migrations.0004_render_the_bodies_that_there_are").render_bodies(apps, None)

    assert stored(article) == (SHOWN, [["why", "Why"]], True)
