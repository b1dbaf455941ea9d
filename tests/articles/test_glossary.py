"""Words that are explained on one page, and in the texts that link to them."""

import re

import pytest

from articles import glossary
from articles.due import renew_bodies
from articles.models import Article, GlossaryTerm
from articles.publishing import complaints
from articles.reading import keep_rendered, reading
from kit.texts.rich_text import sanitise
from tests.builders import make_article, make_practice, make_user

pytestmark = pytest.mark.django_db
PAGE = "/articles/glossary/"


def make_term(word="plasticity", meaning="That the brain changes with use.", slug=""):
    return GlossaryTerm.objects.create(word=word, meaning=meaning, slug=slug or word.replace(" ", "-"))


def link_to(*slugs):
    return sanitise("".join(f'<p><a href="{PAGE}#{slug}">{slug}</a></p>' for slug in slugs))


@pytest.fixture
def practice():
    return make_practice()


def test_the_page_tells_all_words_in_order_each_at_its_address(client, practice):
    make_term("plasticity"), make_term("alliance", "Working together.")

    page = client.get(PAGE).text

    assert re.findall(r'<dt id="([a-z]+)">([A-Za-z]+)</dt>\s*<dd>([^<]+)</dd>', page) == [
        ("alliance", "Alliance", "Working together."),
        ("plasticity", "Plasticity", "That the brain changes with use."),
    ]


def test_without_words_the_page_says_so_and_search_engines_pass_it_by(client, practice):
    page = client.get(PAGE).text

    assert "None has been explained here so far." in page
    assert '<meta name="robots" content="noindex">' in page


def test_readers_get_the_meaning_with_the_word_and_a_changed_one_at_once(practice):
    term = make_term()
    article = make_article(body=link_to("plasticity"))
    keep_rendered(article)

    def titles():
        return re.findall(r'class="term" title="([^"]+)"', reading(Article.objects.get(pk=article.pk)).body)

    assert titles() == ["That the brain changes with use."]
    GlossaryTerm.objects.filter(pk=term.pk).update(meaning="Change.")
    assert titles() == ["Change."]
    term.delete()
    assert titles() == []


def test_what_is_kept_is_made_anew_once_after_a_meaning_was_changed(practice):
    term = make_term()
    naming, other = make_article(body=link_to("plasticity")), make_article()
    for article in (naming, other):
        keep_rendered(article)

    assert renew_bodies() == 0
    GlossaryTerm.objects.filter(pk=term.pk).update(meaning="Change.")

    assert (renew_bodies(), renew_bodies()) == (1, 0)
    assert 'title="Change."' in Article.objects.get(pk=naming.pk).body_html


def test_a_text_that_links_to_no_word_asks_for_none(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert glossary.meanings_in("<p>plasticity</p>") == {}
        assert glossary.missing_terms(f'<p><a href="{PAGE}">all</a></p>') == []


def test_the_editor_is_told_of_a_word_that_is_not_explained(practice):
    make_term()
    article = make_article(body=link_to("plasticity", "gone"), reviewer=None)

    assert "The text links to “gone” of the glossary, which does not explain it." in complaints(article)
    assert not [each for each in complaints(article) if "plasticity" in each]


def test_an_article_that_is_named_alike_is_no_article_of_the_word(practice):
    near, far = make_term("mind"), make_term("mindful")
    article = make_article(body=link_to("mindful"))

    assert (glossary.articles_naming(near), glossary.articles_naming(far)) == ([], [article])


def test_the_end_of_the_address_is_made_once_and_stays(client, practice):
    client.force_login(make_user("editor@example.org", is_staff=True, is_superuser=True))
    add = "/admin/articles/glossaryterm/add/"
    for word in ("Window of tolerance", "Window-of-tolerance", "心"):
        assert client.post(add, {"word": word, "meaning": "A range."}).status_code == 302
    first = GlossaryTerm.objects.get(slug="window-of-tolerance")
    GlossaryTerm.objects.filter(pk=first.pk).update(word="Range")

    assert sorted(GlossaryTerm.objects.values_list("slug", flat=True)) == [
        "window-of-tolerance",
        "window-of-tolerance-2",
        "word",
    ]
    assert "The glossary explains this word already." in client.post(add, {"word": "rANGE", "meaning": "x"}).text


def test_no_article_takes_the_address_of_the_page(client, practice):
    client.force_login(make_user("editor@example.org", is_staff=True, is_superuser=True))

    page = client.post("/admin/articles/article/add/", {"title": "Glossary", "slug": "glossary"}).text

    assert "This address belongs to a page of the site itself." in page
