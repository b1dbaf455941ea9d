"""What an editor may link to is found by its name."""

import pytest

from articles.models import GlossaryTerm
from kit.pages import kept
from practice.old_addresses import note_old_address
from search.index import renew_all
from tests.builders import make_article, make_practice, make_user

pytestmark = pytest.mark.django_db
PAGES = "/admin/own-pages/"


@pytest.fixture
def editor(client):
    make_practice()
    client.force_login(make_user("editor@example.org", is_staff=True, is_superuser=True))
    return client


def test_pages_and_words_are_found_with_their_addresses_and_drafts_are_not(editor):
    article = make_article("Tides of sleep")
    make_article("Sleep, a draft", status="draft")
    term = GlossaryTerm.objects.create(word="sleep debt", slug="sleep-debt", meaning="What is owed.")
    renew_all()

    assert editor.get(PAGES, {"q": "sleep"}).json() == {
        "pages": [
            {"title": "Tides of sleep", "kind": "Article", "address": article.get_absolute_url()},
            {"title": "sleep debt", "kind": "Word", "address": term.get_absolute_url()},
        ]
    }


def test_a_page_is_called_by_its_name_at_its_address_of_today_and_of_before(editor):
    article = make_article("Tides of sleep", slug="tides")
    draft = make_article("A draft", slug="draft", status="draft")
    note_old_address(article, "ebb")
    renew_all()
    kept.forget()

    links = ["/articles/tides/#part", "/articles/ebb/", draft.get_absolute_url(), "/help-now/", ""]
    found = [[page["title"] for page in editor.get(PAGES, {"at": link}).json()["pages"]] for link in links]

    assert found == [["Tides of sleep"], ["Tides of sleep"], [], [], []]


@pytest.mark.parametrize("asked", ["", "x" * 5000, '"', "%00"])
def test_whatever_is_asked_has_an_answer(editor, asked):
    assert editor.get(PAGES, {"q": asked}).json() == {"pages": []}


def test_only_staff_ask(client):
    assert client.get(PAGES, {"q": "sleep"}).status_code == 302
