"""No page is written as a checker of HTML or of accessibility refuses it, and none of the desk is heavy to fetch.

What only a browser sees: tests/browser.
"""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.urls import reverse

from tests.hostile.addresses import admin_models, path_of
from tests.hostile.checkers import complaints
from tests.hostile.forms import FORMS, send
from tests.hostile.test_access import DESK, ROWS

LISTS_TO_TYPE_IN = ["admin:articles_topic_changelist", "admin:practice_fee_changelist"]
STOCK_FORMS = ["admin:articles_article_add", "admin:courses_workshop_add", "admin:orders_generalcode_add"]
HEAVY = 120_000  # bytes before they are compressed
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


def test_every_page_of_our_own_at_the_desk_stands_the_checker(answers):
    shown = {name: answers("superuser")[name] for name in [*DESK, *LISTS_TO_TYPE_IN]}

    found = {name: complaints(each.text) for name, each in shown.items() if each.text and each.status < 300}
    found[A_PART] = [each for each in found[A_PART] if not each.startswith("without a ")]
    assert {name: said for name, said in found.items() if said} == {}
    assert len(found) > 60


def test_no_page_of_the_desk_is_heavy(visitor, answers):
    """A form that has more with each of its own rows is opened with all of those."""
    client = visitor("superuser")

    at_desk = {each.path: each.text for each in answers("superuser").values() if each.path.startswith("/admin/")}
    shown = at_desk | {path: client.get(path).text for path in forms_with_parts()}

    weights = {path: len(text.encode()) for path, text in shown.items() if text}
    assert {path: weight for path, weight in weights.items() if weight > HEAVY} == {}
    assert len(weights) > 200


def forms_with_parts() -> Iterator[str]:
    for label in ROWS:
        model = admin_models()[label]
        if admin.site._registry[model].inlines:
            name = f"admin:{label.replace('.', '_')}_change"
            yield from (reverse(name, args=[row.pk]) for row in model.objects.all())


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
