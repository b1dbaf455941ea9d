"""No page is written as a checker of HTML or of accessibility refuses it; what only a browser sees: tests/browser."""

import pytest

from tests.hostile.addresses import path_of
from tests.hostile.checkers import complaints
from tests.hostile.forms import FORMS, send
from tests.hostile.test_access import DESK

LISTS_TO_TYPE_IN = ["admin:articles_topic_changelist", "admin:practice_fee_changelist"]
STOCK_FORMS = ["admin:articles_article_add", "admin:courses_workshop_add", "admin:orders_generalcode_add"]
STOCK = "a group without a name"  # as the stock page draws its fields; each of them is named
NO_ERROR = {"account_email", "cpd:reflect", "usersessions_list"}  # an empty form of theirs asks for nothing
SHOWN_AGAIN = [form for form in FORMS.values() if not form.is_at_desk and form.name not in NO_ERROR]

WRONG = """<title></title><form><fieldset><label for="a">A</label><input id="a"><input name="b"><select maxlength="9"
  aria-label="C"></select><input type="hidden" aria-label="D"></fieldset><dl><dt>E</dt><dd>1</dd><dt>E</dt></dl>
  <time datetime="2026-11-30T07:04:19.720445+00:00">F</time></form>"""


def test_the_checker_says_what_is_wrong():
    assert sorted(complaints(WRONG)) == [
        "a field without a name: b",
        "a group without a name: {}",
        "a select with a length",
        "explained twice: E",
        "hidden, with aria-label",
        "no moment: 2026-11-30T07:04:19.720445+00:00",
        *("without a doctype", "without a language", "without a title"),
    ]


A_PART = "admin:articles_article_pictures"  # of another page, fetched while somebody types


def test_every_page_of_the_site_stands_the_checker(pages):
    found = {page.path: complaints(page.text) for page in pages}

    assert {path: said for path, said in found.items() if said} == {}


def test_every_page_of_our_own_at_the_desk_stands_the_checker(visitor):
    client = visitor("superuser")
    answers = {name: client.get(path_of(name)) for name in [*DESK, *LISTS_TO_TYPE_IN]}
    answers = {name: each for name, each in answers.items() if each.get("Content-Type", "").startswith("text/html")}

    found = {name: complaints(each.content.decode()) for name, each in answers.items() if each.status_code < 300}
    found[A_PART] = [each for each in found[A_PART] if not each.startswith("without a ")]
    assert {name: said for name, said in found.items() if said} == {}
    assert len(found) > 60


@pytest.mark.parametrize("name", STOCK_FORMS)
def test_every_field_of_the_stock_forms_has_a_name(visitor, name):
    said = complaints(visitor("superuser").get(path_of(name)).content.decode())

    assert [each for each in said if not each.startswith(STOCK)] == []


@pytest.mark.parametrize("form", SHOWN_AGAIN, ids=lambda form: form.name)
def test_every_form_with_errors_stands_the_checker(visitor, form):
    answer = send(visitor(form.visitor), form.path(), {})

    assert (answer.status_code, complaints(answer.content.decode())) == (form.again, [])


def test_a_form_without_its_button_is_answered_in_words(visitor):
    """Whoever signs in after pressing it comes back by GET."""
    answer = visitor("owner").get(path_of("calendar:make"))

    assert (answer.status_code, complaints(answer.content.decode())) == (405, [])
    assert "press it once more" in answer.content.decode()
