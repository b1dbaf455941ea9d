"""Marks of references are made of text alone, and links lead where they say."""

import time

import pytest

from kit.texts.rich_text import numbers_marked, render, sanitise

ALL = range(1, 10)


def link(number):
    return f'<a href="#r{number}" aria-label="Reference {number}">{number}</a>'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("One [3].", f"One<sup>{link(3)}</sup>."),
        ("Two [1, 2].", f"Two<sup>{link(1)}, {link(2)}</sup>."),
        ("Many [1–3].", f"Many<sup>{link(1)}–{link(3)}</sup>."),
        ("No [1, 99].", "No [1, 99]."),
        ("No [3–1] mark? [3].", f"No<sup>{link(3)}–{link(1)}</sup> mark?<sup>{link(3)}</sup>."),
    ],
)
def test_marks_in_all_forms_lead_to_their_references(text, shown):
    assert render(f"<p>{text}</p>", references=ALL).html == f"<p>{shown}</p>"


@pytest.mark.parametrize(
    "body",
    [
        '<p><a href="https://example.org/?a[1]=2" rel="noopener">y</a></p>',
        '<p><a href="https://example.org/" rel="noopener">see [1] <strong>and [2]</strong></a></p>',
        '<p><a href="https://example.org/?q=>[3]" rel="noopener">y</a></p>',
    ],
)
def test_a_link_is_left_whole(body):
    assert render(body, references=ALL).html == body
    assert numbers_marked(body) == set()


def test_a_mark_counts_all_that_it_stands_for():
    assert numbers_marked("<p>[1, 4–6] and [9].</p>") == {1, 4, 5, 6, 9}


def test_a_heading_with_an_ampersand_is_told_as_it_is_written():
    rendered = render(sanitise("<h2>Sleep & company</h2><h2>Sleep & company</h2>"))

    assert [each.text for each in rendered.contents] == ["Sleep & company"] * 2
    assert [each.anchor for each in rendered.contents] == ["sleep-company", "sleep-company-2"]


@pytest.mark.parametrize(
    "body",
    [
        *("<p>" + " " * 200_000 + "</p>", "<h2>A</h2>" * 20_000, "[1" * 100_000, "<" * 50_000),
        "<p>[picture 1:" + " " * 2_500 + "</p>",
        "<p>[picture 1" + " " * 2_500 + "(" + " " * 2_500 + "</p>",
    ],
)
def test_what_somebody_may_paste_takes_linear_time(body):
    begins = time.process_time()

    render(body, references=ALL)

    assert time.process_time() - begins < 2


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("www.example.org", "https://www.example.org"),
        ("example.org/x?y=1", "https://example.org/x?y=1"),
        ("noor@example.org", "mailto:noor@example.org"),
        ("https://example.org/", "https://example.org/"),
        ("/therapy/#crisis", "/therapy/#crisis"),
        ("#refs", "#refs"),
    ],
)
def test_a_link_typed_without_its_scheme_leads_where_it_says(typed, stored):
    assert sanitise(f'<p><a href="{typed}">x</a></p>') == f'<p><a href="{stored}" rel="noopener">x</a></p>'


@pytest.mark.parametrize("blank", ["&nbsp;", "\u2003", "\x85", "\x1c", " \n", "&nbsp;&#9;"])
@pytest.mark.parametrize(
    "script", ["javascript:alert(1)", "java\tscript:alert(1)", "JavaScript:a.b", "data:text/html,x"]
)
def test_no_blank_hides_what_a_link_is(blank, script):
    assert 'href="' not in sanitise(f'<p><a href="{blank}{script}">x</a></p>')


def test_what_is_stored_is_stored_the_same_again():
    body = sanitise('<p><a href="noor@example.org">a</a> <a href="www.example.org">b</a> <a href="/x/">c</a></p>')

    assert sanitise(body) == body


def test_no_attribute_comes_along():
    assert sanitise('<p title="t" lang="de" data-x="1">A</p>') == "<p>A</p>"
