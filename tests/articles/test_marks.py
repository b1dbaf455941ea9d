"""A mark in the text means a source, not a number: it follows its reference wherever an editor puts that."""

import pytest

from articles.models import Article, Claim, Reference
from kit.desk.reference_marks import follow
from kit.texts.rich_text import renumbered, split_at_marks
from tests.articles.test_working_copies import article, desk, form_of, send_typed  # noqa: F401
from tests.desk_forms import save
from tests.pressing import press, told

pytestmark = pytest.mark.django_db

SWAPPED = {"references-0-number": "2", "references-1-number": "1"}
TEXT = "<p>One [1]. Both [1, 2]; see the <a href='/x/'>page [2]</a>.</p>"


def content(body, *numbers, basis=""):
    rows = [{"key": key, "number": number} for key, number in enumerate(numbers, 1) if number]
    return {"fields": {"body": body}, "parts": {"references": rows, "claims": [{"key": 5, "basis": basis}]}}


def body_after(before, after):
    return follow(before, after)[0]["fields"]["body"]


@pytest.mark.parametrize(
    ("mark", "moved", "expected"),
    [
        ("[1]", {1: 2}, "[2]"),
        ("[3]", {1: 2}, "[3]"),
        ("[1,2]", {3: 4}, "[1,2]"),
        ("[1, 2]", {1: 2, 2: 1}, "[1, 2]"),
        ("[1–3]", {2: 4, 3: 2, 4: 3}, "[1, 2, 4]"),
        ("[1-3]", {1: 2, 2: 3, 3: 4}, "[2–4]"),
        ("[3-1]", {3: 5}, "[1, 5]"),
    ],
)
def test_a_mark_names_the_same_sources_by_their_new_numbers(mark, moved, expected):
    assert renumbered(mark, moved) == expected


@pytest.mark.parametrize("body", ["", "[1]", "<p>[1][2] x</p>", TEXT, "<p>a < b [1]</p>", '<p><a href="[3]">y</a></p>'])
def test_the_pieces_are_the_body_whole(body):
    assert "".join(split_at_marks(body)) == body


@pytest.mark.parametrize(
    ("old", "numbers", "new", "now", "expected"),
    [
        ("<p>A [1]. B [2].</p>", (1, 2), "<p>A [1]. B [2].</p>", (2, 1), "<p>A [2]. B [1].</p>"),
        # A new one comes between: what is typed now means it, what stood there goes on to the third.
        ("<p>A [1]. B [2].</p>", (1, 2), "<p>A [1]. New [2]. B [2].</p>", (1, 3, 2), "<p>A [1]. New [2]. B [3].</p>"),
        # Somebody did it by hand, in the same save.
        ("<p>A [1]. B [2].</p>", (1, 2), "<p>A [2]. B [1].</p>", (2, 1), "<p>A [2]. B [1].</p>"),
        ("<p>A [1][2] b</p>", (1, 2), "<p>A [2][1] b</p>", (2, 1), "<p>A [2][1] b</p>"),
        ("<p>[1] is how it begins</p>", (1, 2), "<p>[1] is how it begins</p>", (2, 1), "<p>[2] is how it begins</p>"),
        # One goes and another has its number: its mark must not name that one.
        ("<p>A [1]. B [2].</p>", (1, 2), "<p>A [1]. B [2].</p>", (0, 1), "<p>A [3]. B [1].</p>"),
        # One goes, and its number with it: the form complains of the mark as it stands.
        ("<p>A [1]. B [2].</p>", (1, 2), "<p>A [1]. B [2].</p>", (1, 0), "<p>A [1]. B [2].</p>"),
    ],
)
def test_a_mark_that_stood_there_follows_and_one_typed_now_stays(old, numbers, new, now, expected):
    assert body_after(content(old, *numbers), content(new, *now)) == expected


def test_what_a_claim_rests_on_follows_as_well():
    text = "<p>Nothing.</p>"

    found, moved = follow(
        content(text, 1, 2, basis="Seen in [1–2], not in [2]."), content(text, 3, 1, basis="Seen in [1–2], not in [2].")
    )

    assert (found["parts"]["claims"][0]["basis"], moved) == ("Seen in [1, 3], not in [1].", {1: 3, 2: 1})


def test_a_live_article_is_published_with_the_sources_that_it_had(desk, article):  # noqa: F811
    Article.objects.filter(pk=article.pk).update(body="<p>One [1]. Two [2].</p>")
    Claim.objects.create(article=article, number=1, sentence="It is so.", strength="strong", basis="See [1].")

    answer = save(desk, form_of(article), **SWAPPED)
    said = told(desk.get(answer.url))
    press(desk, form_of(article).replace("change", "publish"))

    article.refresh_from_db()
    assert ("info", "The marks follow their references: [1] is [2], [2] is [1] now.") in said
    assert (article.body, article.claims.get().basis) == ("<p>One [2]. Two [1].</p>", "See [2].")
    assert list(article.references.values_list("number", "authors")) == [(1, "Porges"), (2, "Siegel")]


@pytest.mark.parametrize("status", ["published", "draft"])
def test_what_was_kept_while_somebody_typed_changes_nothing_of_that(desk, article, status):  # noqa: F811
    Article.objects.filter(pk=article.pk).update(body="<p>One [1]. Two [2].</p>", status=status)
    send_typed(desk, article, **SWAPPED)

    save(desk, form_of(article), body="<p>One [1]. New words. Two [2].</p>")
    save(desk, form_of(article), title="Again")

    edited = article.revisions.first().content["fields"]["body"]
    assert edited == "<p>One [2]. New words. Two [1].</p>"


def test_a_reference_that_was_just_added_takes_its_mark_along(desk, article):  # noqa: F811
    Article.objects.filter(pk=article.pk).update(status="draft")
    row = {"number": "3", "authors": "Schore", "year": "2003", "title": "Affect", "source": "Norton"}
    new = {"references-TOTAL_FORMS": "3", **{f"references-2-{name}": value for name, value in row.items()}}
    save(desk, form_of(article), body="<p>One [1]. Three [3].</p>", **new)

    save(desk, form_of(article), **{"references-2-number": "1", "references-0-number": "3"})

    article.refresh_from_db()
    assert article.body == "<p>One [3]. Three [1].</p>"
    assert Reference.objects.get(authors="Schore").number == 1
