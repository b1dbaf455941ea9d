"""Tables, callouts and explained words of a body: what is kept of them, and how readers get them."""

import re

import pytest

from articles.editing.rich_text_lines import lines_of
from kit.texts.rich_text import fingerprint, links_of, minutes_to_read, plain, render, sanitise

TABLE = (
    "<table><caption>Who comes when</caption><tbody><tr><th><p>Day</p></th><th><p>Who</p></th></tr>"
    "<tr><th><p>Monday</p></th><td><p>Noor [1]</p></td></tr></tbody></table>"
)
CALLOUT = "<aside><h3>In brief</h3><p>Three things.</p><ul><li><p>One</p></li></ul></aside>"


def test_a_link_tells_nothing_of_this_page():
    assert sanitise('<p><a href="example.org" rel="me">x</a></p>') == (
        '<p><a href="https://example.org" rel="noopener">x</a></p>'
    )


@pytest.mark.parametrize("body", [TABLE, CALLOUT, '<ol start="5"><li><p>Five</p></li></ol>'])
def test_what_the_field_makes_is_kept_as_it_is(body):
    assert sanitise(body) == sanitise(sanitise(body)) == body


def test_a_table_scrolls_in_a_frame_with_the_name_of_its_caption():
    shown = render(TABLE, references=[1]).html

    frame = '<div class="scroll" role="region" aria-labelledby="table" tabindex="0"><table><caption id="table">'
    assert shown.startswith(f"{frame}Who comes when</caption>")
    assert shown.endswith("</table></div>")
    assert 'Noor<sup><a href="#r1"' in shown


def test_headers_stand_over_their_columns_and_before_their_rows():
    shown = render(TABLE).html

    assert re.findall(r'<th scope="(\w+)">', shown) == ["col", "col", "row"]


def test_frames_without_a_caption_have_names_of_their_own():
    bare = "<table><tbody><tr><td><p>x</p></td></tr></tbody></table>"

    shown = render(f"<h2>Table</h2>{bare}{bare}").html

    assert [part.split('"')[0] for part in shown.split('aria-label="')[1:]] == ["Table 2", "Table 3"]
    assert 'id="table"' in shown


def test_a_table_within_a_cell_closes_where_it_opens():
    inner = "<table><tbody><tr><td>x</td></tr></tbody></table>"
    shown = render(sanitise(f"<table><tbody><tr><td>{inner}</td></tr></tbody></table>")).html

    assert (shown.count("<div"), shown.count("</div>"), shown.count("<table"), shown.count("</table>")) == (2, 2, 2, 2)


def test_a_callout_is_called_by_its_heading_and_stands_in_no_list_of_contents():
    rendered = render(CALLOUT * 2)

    assert rendered.contents == []
    assert [part.split('"')[0] for part in rendered.html.split('aria-labelledby="')[1:]] == ["note", "note-2"]
    assert '<h3 id="note-2">In brief</h3>' in rendered.html


def test_a_callout_without_a_heading_has_a_name_too():
    assert render("<aside><p>x</p></aside>").html == '<aside class="note" aria-label="Note"><p>x</p></aside>'


def test_an_explained_word_has_its_meaning_with_it_and_other_links_are_left_alone():
    body = '<p><a href="/words/#a" rel="noopener">A</a> <a href="/words/#b" rel="noopener">B</a></p>'

    shown = render(body, meanings={"/words/#a": 'The "first" & best'}).html

    term = '<a class="term" title="The &quot;first&quot; &amp; best" href="/words/#a" rel="noopener">A</a>'
    assert shown == f'<p>{term} <a href="/words/#b" rel="noopener">B</a></p>'


def test_another_meaning_is_another_page():
    body = '<p><a href="/words/#a" rel="noopener">A</a></p>'

    marks = {fingerprint(body, meanings=meanings) for meanings in ({}, {"/words/#a": "x"}, {"/words/#a": "y"})}

    assert len(marks) == 3
    assert fingerprint(body, meanings={}) == fingerprint(body)


def test_words_of_neighbouring_cells_stay_apart():
    assert plain(TABLE).split() == ["Who", "comes", "when", "Day", "Who", "Monday", "Noor", "[1]"]
    assert minutes_to_read("<table><tbody><tr>" + "<td>w</td>" * 440 + "</tr></tbody></table>") == 2
    assert lines_of(TABLE) == "Who comes when\nDay | Who\nMonday | Noor [1]"


def test_links_are_found_as_they_are_meant_each_once():
    body = sanitise('<p><a href="/x/?a=1&b=2">1</a> <a href="/x/?a=1&amp;b=2">2</a> <a href="example.org">3</a></p>')

    assert links_of(body) == ["/x/?a=1&b=2", "https://example.org"]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("020 7946 0000", "tel:02079460000"),
        ("+44 (0)20 7946 0000", "tel:+4402079460000"),
        ("2026", "2026"),
    ],
)
def test_a_telephone_number_is_called(typed, stored):
    assert links_of(sanitise(f'<p><a href="{typed}">x</a></p>')) == [stored]


def test_a_page_of_this_site_is_named_without_the_site(settings):
    settings.SITE_URL = "https://rooms.example"
    typed = (
        "https://rooms.example/articles/x/",
        "https://rooms.example",
        "https://rooms.example.org/",
        "rooms.example/y",
    )

    body = sanitise("".join(f'<p><a href="{link}">x</a></p>' for link in typed))

    assert links_of(body) == ["/articles/x/", "/", "https://rooms.example.org/", "/y"]
