"""How well an article's claims stand, and what it says of itself."""

import re
from datetime import timedelta

import pytest

from articles.evidence import claims_without_source, shown_claims
from articles.models import Article, ArticleChange, Claim, Reference
from articles.publishing import complaints
from practice import clock
from practice.models import Page
from practice_site.demo.words import articles
from tests.articles.reading_ease import reading_ease
from tests.builders import make_article, make_course, make_person, make_practice, make_workshop
from tests.markup import markup

pytestmark = pytest.mark.django_db
EASY_ENOUGH = 65  # Flesch: plain English


@pytest.fixture(autouse=True)
def _a_practice():
    make_practice(name="Withy")


@pytest.fixture
def article():
    made = make_article("Minds")
    Reference.objects.create(article=made, number=1, authors="S", year=1999, title="T", source="G")
    return made


def claim(article, number, strength, basis):
    return Claim.objects.create(article=article, number=number, sentence=f"C{number}", strength=strength, basis=basis)


def page(client, article):
    return re.sub(r"\s+", " ", markup(client.get(article.get_absolute_url())))


def test_a_claim_shows_its_strength_in_words_and_links_its_sources(article):
    claim(article, 1, "strong", "Many & good [1], and [2]")

    found = shown_claims(article.claims.all(), references=[1])[0]

    assert (found.strength, found.sentence) == ("Strong", "C1")
    assert found.basis == (
        'Many &amp; good<sup><a href="#r1" aria-label="Reference 1">1</a></sup>, and [2]'  # there is no second
    )


def test_the_basis_of_a_claim_is_text(article):
    claim(article, 1, "strong", "<img src=x onerror=alert(1)> [1]")

    assert "<img" not in shown_claims(article.claims.all(), references=[1])[0].basis


def test_claims_stand_beside_the_text_and_below_it(client, article):
    claim(article, 1, "contested", "Two studies [1]")

    found = page(client, article)

    assert found.count(">C1<") == 2
    assert '<a href="#claim-1">C1</a>' in found
    assert '<tr id="claim-1">' in found
    assert '<a href="#claims-h">How strong is the evidence?</a>' not in found  # no contents: the text has no headings


def test_an_article_without_claims_says_nothing_of_them(client, article):
    assert "How sure are we?" not in page(client, article)


def test_what_would_change_our_mind_is_shown_without_claims_too(client, article):
    Article.objects.update(would_change="A larger study.")

    assert "<h2>What would change our mind</h2><p>A larger study.</p>" in page(client, article)


def test_an_editor_hears_of_claims_without_a_source(article):
    claim(article, 1, "strong", "I think so")
    claim(article, 2, "mixed", "One study [7]")
    claim(article, 3, "mixed", "One study [1]")
    claim(article, 4, "opinion", "What we have seen")

    assert claims_without_source(article) == [1, 2]
    assert any(each.startswith("Claim 1, 2 names no source") for each in complaints(article))


def test_what_was_changed_is_told_newest_first(client, article):
    today = clock.today()
    ArticleChange.objects.create(article=article, words="First.", changed_on=today - timedelta(days=9))
    ArticleChange.objects.create(article=article, words="Second.", changed_on=today)

    found = page(client, article)

    assert found.index("Second.") < found.index("First.")


def test_who_gains_is_said_where_courses_are_named(client, article):
    assert "Interests." not in page(client, article)

    article.related_courses.add(make_course(is_published=True))

    assert "Withy sells the workshops that this page names." in page(client, article)


@pytest.mark.parametrize("path", ["/workshops/", "/workshops/grief-in-may/", "/courses/grief/", "/series/grief/"])
def test_who_gains_is_said_where_the_text_itself_leads_to_what_is_sold(client, path):
    article = make_article(body=f'<p>We teach <a href="{path}">this</a>.</p>')

    assert "Withy sells the workshops that this page names." in page(client, article)


def test_a_review_that_is_late_is_said(client, article):
    Article.objects.update(next_review_on=clock.today() + timedelta(days=1))
    assert "We meant to read it again" not in page(client, article)

    Article.objects.update(next_review_on=clock.today())

    assert "We meant to read it again by" in page(client, article)


def test_how_articles_are_made_is_linked_where_there_is_such_a_page(client, article):
    assert "How we make" not in page(client, article)
    Page.objects.create(kind="how-we-make-our-articles", version="1", title="How we make them", body="<p>So.</p>")

    assert page(client, article).count("/about/how-we-make-our-articles/") == 2  # and at the foot of every page


def test_an_interview_and_the_workshops_of_whom_it_asks_lead_to_each_other(client):
    hanna = make_person(name="Hanna")
    course = make_course("Grief", presenters=[hanna], is_published=True)
    workshop = make_workshop(course=course)
    talk = make_article("A talk", interviewee=hanna, audience="therapists")

    assert "In conversation with" in page(client, talk)
    assert f'href="{workshop.get_absolute_url()}"' in page(client, talk)
    assert f'href="{talk.get_absolute_url()}"' in markup(client.get(workshop.get_absolute_url()))


def test_an_interview_that_is_a_draft_is_named_nowhere(client):
    hanna = make_person(name="Hanna")
    workshop = make_workshop(course=make_course("Grief", presenters=[hanna], is_published=True))
    make_article("A talk", interviewee=hanna, status="draft", published_on=None)

    assert "A talk" not in markup(client.get(workshop.get_absolute_url()))


@pytest.mark.parametrize("words", articles.ARTICLES, ids=lambda words: words.slug)
def test_the_demo_is_written_in_plain_english(words):
    assert reading_ease(words.body) >= EASY_ENOUGH


def test_the_measure_of_reading_ease_knows_a_hard_text():
    hard = (
        "<p>Interpersonal neurobiological integration necessitates multidisciplinary epistemological consilience.</p>"
    )

    assert reading_ease(hard) < 0 < EASY_ENOUGH < reading_ease("<p>The cat sat on the mat. It was warm.</p>")


@pytest.mark.parametrize(
    "words", [each for each in articles.ARTICLES if not each.interviewee], ids=lambda each: each.slug
)
def test_each_article_of_the_demo_says_how_well_it_stands(words):
    assert len(words.claims) >= 4
    assert words.would_change
    assert re.search(r"<h2>An example</h2>\s*<p>This is made up", words.body)
    assert len({claim.strength for claim in words.claims}) > 1
