"""The guide at the desk: one page of docs/editors.md, and from each form and field the way to its chapter."""

import re
from html import unescape

import pytest
from django.contrib import admin
from django.contrib.staticfiles.finders import find
from django.urls import reverse

from practice_site import guide
from practice_site.markdown import as_html
from tests.builders import make_practice, make_user

ANCHORS = re.compile(r'<h[23] id="([^"]+)">')


FROM_MARKDOWN = [
    '<h2 id="a-b">A &amp; b</h2>',
    "<p>Some <strong>bold <em>and</em> slanted</strong> <code>**code** |</code> &lt;b&gt; words, "
    'and <a href="#a-b">more</a>, less.</p>',
    "<ol> <li>One goes on</li> <li>Two</li> </ol>",
    "<ul> <li>Dot</li> </ul>",
    '<div class="guide__table" role="region" aria-label="Table: a, b" tabindex="0"><table> '
    '<thead> <tr> <th scope="col">a</th> <th scope="col"><code>b</code></th> </tr> </thead>',
    "<tbody> <tr> <td>1</td> <td>2</td> </tr> </tbody> </table></div>",
    '<p><img src="IMG/X.WEBP" alt="What" loading="lazy" /></p>',
]


@pytest.fixture
def desk(client):
    make_practice()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


@pytest.mark.django_db
def test_the_guide_is_read_at_the_desk_with_all_its_chapters_and_pictures(desk):
    page = desk.get(reverse("admin:guide")).text

    anchors = ANCHORS.findall(page)[1:]  # after that of the contents
    assert re.findall(r'<li class="guide__level-[23]">\s*<a href="#([^"]+)">', page) == anchors
    assert len(anchors) == len({*anchors}) > 50
    assert set(re.findall(r'href="#([^"]+)"', page)) <= {
        *anchors,
        "content-start",
        "icon-auto",
        "icon-moon",
        "icon-sun",
    }
    pictures = re.findall(r'<img src="/static/(guide/[^"]+)"', page)
    assert len(pictures) == guide.GUIDE.read_text().count("![")
    assert all(find(name) for name in pictures)


@pytest.mark.django_db
def test_nothing_of_the_guides_marks_is_left_in_its_words():
    words = re.sub(r"<code>.*?</code>|<[^>]+>", "", str(guide._html()))

    assert re.findall(r"\*|`|^\||^#|\]\(", unescape(words), re.MULTILINE) == []


def test_every_chapter_that_is_named_is_there_and_every_form_has_one():
    assert {*guide.CHAPTERS.values()} <= {*guide._chapters()}
    assert [model for model in admin.site._registry if guide.chapter_of(model._meta.label_lower) is None] == []


def test_every_field_that_has_a_chapter_is_one():
    named = [label.split(".") for label in guide.CHAPTERS if label.count(".") == 2]
    models = {model._meta.label_lower: model for model in admin.site._registry}

    assert [models[f"{app}.{model}"]._meta.get_field(field).name for app, model, field in named]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "chapters"),
    [
        ("admin:practice_crisisline_changelist", ["Crisis lines"]),
        ("admin:practice_crisisline_add", ["Crisis lines"]),
        ("admin:practice_person_add", ["Clinicians, concerns, ways of working, places", "Pictures"]),
        ("admin:index", []),
    ],
)
def test_lists_forms_and_fields_lead_to_their_chapter(desk, page, chapters):
    found = re.findall(r'<a href="/admin/guide/#([^"]+)">In the guide: ([^<]+)</a>', desk.get(reverse(page)).text)

    assert [title for _, title in found] == chapters
    assert {anchor for anchor, _ in found} <= {*guide._chapters()}


def test_the_marks_of_a_text_become_html_and_everything_else_stays_words():
    text = (
        "# Title\n\n## A & b\nSome **bold *and* slanted** `**code** |` <b> words,\nand [more](#a-b), [less](x.md).\n"
        "1. One\n   goes on\n2. Two\n\n- Dot\n\n| a | `b` |\n|---|---|\n| 1 | 2 |\n\n![What](img/x.webp)\n"
    )

    html = re.sub(r"\s*\n\s*", " ", as_html(text, source=str.upper))

    assert [each for each in FROM_MARKDOWN if each not in html] == []
    assert "Title" not in html
