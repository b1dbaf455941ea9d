"""The field for bodies: pasted texts, tables, callouts, links and the keyboard."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from articles.models import Article
from courses.models import Course
from kit.texts.rich_text import sanitise
from pictures.models import Picture
from tests.browser import clipboards
from tests.browser.conftest import PHONE, sign_in
from tests.builders import make_article

EDITOR = "editor@withyrooms.example"
PASTE = """([kind, data]) => {
  const field = document.querySelector(".tiptap");
  const clipboard = new DataTransfer();
  if (kind === "Files") clipboard.items.add(new File([data], "photo.png", { type: "image/png" }));
  else clipboard.setData(kind, data);
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: clipboard, bubbles: true, cancelable: true }));
}"""


@pytest.fixture(scope="module")
def signed_in(site, browser):
    """One context for the module."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce", locale="en-GB")
    page = sign_in(context.new_page(), site, EDITOR)
    page.on("dialog", lambda dialog: dialog.accept())  # what was typed may go
    yield page
    context.close()


@pytest.fixture
def page(site, signed_in) -> Page:
    """The form of an article that is just begun."""
    begun = make_article("Begun", slug=f"begun-{uuid4().hex[:8]}", status="draft", summary="", body="")
    signed_in.goto(f"{site}/admin/articles/article/{begun.pk}/change/")
    signed_in.locator(".tiptap").wait_for()
    signed_in.locator(".body-keys").wait_for()
    return signed_in


def body_of(page: Page) -> str:
    return sanitise(page.locator("#id_body").input_value())


def paste(page: Page, data: str, kind: str = "text/html") -> None:
    page.locator(".tiptap").focus()
    page.evaluate(PASTE, [kind, data])


def button(page: Page, name: str):
    return page.get_by_role("toolbar").get_by_role("button", name=name, exact=True)


@pytest.mark.parametrize(
    ("pasted", "stored", "said"),
    [
        (clipboards.WORD, clipboards.FROM_WORD, clipboards.SAID_OF_WORD),
        (clipboards.DOCS, clipboards.FROM_DOCS, clipboards.SAID_OF_DOCS),
    ],
    ids=["Word", "Google Docs"],
)
def test_a_pasted_text_comes_in_whole_and_what_was_left_out_is_said(page, pasted, stored, said):
    paste(page, pasted)

    expect(page.locator(".body-line")).to_have_text(said)
    assert body_of(page) == stored


def test_a_pasted_cell_is_as_wide_as_it_says_and_what_says_nothing_is_one_cell(page):
    odd = '<td colspan="" rowspan="0">Mon</td><td colspan="1000000">Tue</td>'
    paste(page, f'<table><tr><td colspan="2"><b>Day</b></td></tr><tr>{odd}</tr></table>')

    assert page.locator(".tiptap [colspan]:not([colspan='1'])").count() == 1
    head, row = '<tr><th colspan="2"><p>Day</p></th></tr>', "<tr><td><p>Mon</p></td><td><p>Tue</p></td></tr>"
    assert (
        body_of(page).replace("<strong>", "").replace("</strong>", "") == f"<table><tbody>{head}{row}</tbody></table>"
    )


CUT = """() => {
  const clipboard = new DataTransfer();
  const cut = new ClipboardEvent("cut", { clipboardData: clipboard, bubbles: true, cancelable: true });
  document.querySelector(".tiptap").dispatchEvent(cut);
  return clipboard.getData("text/html");
}"""


def test_what_is_cut_out_in_the_field_comes_back_as_it_was(page):
    table = '<table><tr><th colspan="2">Day</th></tr><tr><td>Mon</td><td>Tue</td></tr></table>'
    paste(page, f"<p>One <strong>and</strong> two</p>{table}<ul><li>A</li><li>B</li></ul><p>Last</p>")
    before = body_of(page)

    page.locator(".tiptap").focus()
    page.keyboard.press("Control+A")
    cut = page.evaluate(CUT)
    emptied = body_of(page)
    paste(page, cut)

    assert ("data-pm-slice" in cut, "Mon" in emptied, "colspan" in before) == (True, False, True)
    assert body_of(page) == before


def test_what_is_copied_in_the_field_itself_has_no_odd_cells_either(page):
    paste(page, '<table data-pm-slice="0 0 []"><tr><td colspan="" rowspan="">Mon</td></tr></table>')

    assert page.locator(".tiptap td").get_attribute("rowspan") in (None, "1")
    assert body_of(page) == "<table><tbody><tr><td><p>Mon</p></td></tr></tbody></table>"


def test_what_is_said_of_a_paste_stands_below_the_text_and_takes_no_room_from_it(page):
    editor = page.locator(".prose-editor")
    wide = editor.bounding_box()["width"]

    paste(page, clipboards.WORD)
    expect(page.locator(".body-line")).to_have_text(clipboards.SAID_OF_WORD)

    box, said = editor.bounding_box(), page.locator(".body-line").bounding_box()
    assert (box["width"], said["y"] >= box["y"] + box["height"]) == (wide, True)


def test_what_was_copied_in_the_field_itself_comes_back_as_it_was(page):
    paste(page, "<p>One</p><aside><h3>In brief</h3><p>Two</p></aside>")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    page.keyboard.press("Control+x")
    assert body_of(page) == ""

    page.keyboard.press("Control+v")

    assert body_of(page).startswith("<p>One</p><aside><h3>In brief</h3><p>Two</p></aside>")


def test_a_pasted_file_is_refused_in_words(page):
    paste(page, "x", "Files")

    expect(page.locator(".body-line")).to_contain_text("put a picture into the library first")
    assert body_of(page) == ""


def test_a_box_is_put_round_the_line_and_taken_off_again(page):
    page.locator(".tiptap").click()
    page.keyboard.type("You may stop.")

    button(page, "a box: If this is you now").click()
    assert body_of(page) == "<aside><h3>If this is you now</h3><p>You may stop.</p></aside>"
    button(page, "take it out of its box").click()

    assert body_of(page) == "<h3>If this is you now</h3><p>You may stop.</p>"


def test_a_table_has_a_row_of_headers_and_a_caption(page):
    page.locator(".tiptap").click()
    button(page, "insert table").click()
    page.keyboard.type("Day")
    button(page, "caption of the table").click()
    page.get_by_label("What the table shows").fill("Who <comes>")
    page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()

    stored = body_of(page)
    assert stored.startswith("<table><caption>Who &lt;comes&gt;</caption><tbody><tr><th><p>Day</p></th>")
    assert (stored.count("<th>"), stored.count("<td>")) == (2, 4)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("www.example.org/x", "https://www.example.org/x"),
        ("noor@example.org", "mailto:noor@example.org"),
        ("020 7946 0000", "tel:02079460000"),
        ("/help-now/", "/help-now/"),
    ],
)
def test_a_link_leads_where_it_was_typed(page, typed, stored):
    page.locator(".tiptap").click()
    button(page, "link").click()
    page.get_by_label("Where it leads").fill(typed)
    page.get_by_role("button", name="Set link").click()

    assert body_of(page) == f'<p><a href="{stored}" rel="noopener">{typed}</a></p>'


def test_a_link_that_leads_nowhere_is_refused_in_the_dialog(page):
    page.locator(".tiptap").click()
    button(page, "link").click()
    for typed in ("javascript:alert(1)", "somewhere"):
        page.get_by_label("Where it leads").fill(typed)
        page.get_by_role("button", name="Set link").click()
        expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("This leads nowhere.")
    page.get_by_role("button", name="Cancel").click()

    assert body_of(page) == ""


def test_a_page_of_this_site_is_found_by_its_title(page):
    article = Article.objects.published().get(slug="rupture-and-repair")
    page.locator(".tiptap").click()
    button(page, "link").click()
    page.get_by_label("Where it leads").fill("Rupture, and the art")
    page.get_by_role("button", name=re.compile("Rupture, and the art.*Article")).click()

    link = f'<a href="{article.get_absolute_url()}" rel="noopener">{article.title}</a>'
    assert body_of(page) == f"<p>{link}</p>"
    page.locator(".tiptap a").click()
    button(page, "link").click()
    expect(page.get_by_role("dialog")).to_contain_text(f"It leads to: {article.title} (Article)")
    page.keyboard.press("Escape")


def test_it_is_said_how_many_pages_are_found(page):
    page.locator(".tiptap").click()
    button(page, "link").click()
    said = page.get_by_role("dialog").get_by_role("status")

    for typed, words in [
        ("working alliance", re.compile(r"(One is|\d+ are) found, below\.$")),
        ("xyzzyx", "No page and no word has this name."),
    ]:
        page.get_by_label("Where it leads").fill(typed)
        expect(said).to_have_text(words)
    page.keyboard.press("Escape")


def test_a_source_is_chosen_from_the_references_typed_on_the_same_page(page):
    page.locator(".tiptap").click()
    button(page, "refer to a source").click()
    expect(page.get_by_role("dialog")).to_contain_text("There is no reference yet.")
    page.get_by_role("button", name="Cancel").click()
    row = {"number": "2", "authors": "Porges SW", "year": "2011", "title": "The polyvagal theory"}
    for name, value in row.items():
        page.locator(f"#id_references-0-{name}").fill(value)
    page.locator(".tiptap").click()
    page.keyboard.type("Known")

    button(page, "refer to a source").click()
    page.get_by_role("button", name="2. Porges SW (2011): The polyvagal theory").click()
    page.keyboard.type(" since then")

    assert body_of(page) == "<p>Known [2] since then</p>"


def test_a_course_has_sources_to_choose_and_no_picture_that_its_pages_would_not_show(site, signed_in):
    course = Course.objects.get(slug="complexity-in-grief")
    signed_in.goto(f"{site}/admin/courses/course/{course.pk}/change/")
    signed_in.locator(".body-keys").wait_for()

    button(signed_in, "refer to a source").click()

    first = course.references.get(number=1)
    expect(signed_in.get_by_role("dialog")).to_contain_text(f"{first.authors} ({first.year}): {first.title}")
    assert button(signed_in, "put in a picture").count() == 0 or not button(signed_in, "put in a picture").is_visible()
    signed_in.keyboard.press("Escape")


def test_a_picture_of_the_library_is_found_by_its_title(page):
    picture = Picture.objects.order_by("pk").first()
    page.locator(".tiptap").click()
    button(page, "put in a picture").click()
    page.get_by_label("Its title").fill("nothing of this name")
    expect(page.get_by_role("dialog")).to_contain_text("The library has none of this name.")
    page.get_by_label("Its title").fill(picture.title)
    page.get_by_role("button", name=str(picture)).first.click()

    assert f"<p>[picture {picture.pk}]</p>" in body_of(page)


def test_words_typed_on_behind_a_picture_leave_it_alone_in_its_line(page):
    picture = Picture.objects.order_by("pk").first()
    page.locator(".tiptap").click()
    button(page, "put in a picture").click()
    page.get_by_role("button", name=str(picture)).first.click()
    expect(page.get_by_role("textbox", name="Body", exact=True)).to_be_focused()
    page.keyboard.type("As drawn")
    expect(page.locator("#id_body")).to_have_value(re.compile("drawn"))

    assert body_of(page) == f"<p>[picture {picture.pk}]</p><p>As drawn</p>"


def test_by_the_keyboard_a_word_of_the_glossary_and_a_source_are_put_in(page):
    row = {"number": "2", "authors": "Porges SW", "year": "2011", "title": "The polyvagal theory"}
    for name, value in row.items():
        page.locator(f"#id_references-0-{name}").fill(value)
    body = page.get_by_role("textbox", name="Body", exact=True)
    body.focus()
    page.keyboard.type("Known")
    go_to_button(page, "refer to a source")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="2. Porges SW (2011): The polyvagal theory")).to_be_focused()
    page.keyboard.press("Enter")
    expect(body).to_be_focused()
    page.keyboard.type(" in a ")
    go_to_button(page, "link")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Where it leads")).to_be_focused()
    page.keyboard.type("working all")
    found = page.get_by_role("button", name="working alliance (Word)")
    found.wait_for()
    page.keyboard.press("Tab")
    expect(found).to_be_focused()
    page.keyboard.press("Enter")
    expect(body).to_be_focused()
    page.keyboard.type(" since")

    link = '<a href="/articles/glossary/#working-alliance" rel="noopener">working alliance</a>'
    expect(page.locator("#id_body")).to_have_value(re.compile("since"))
    assert body_of(page) == f"<p>Known [2] in a {link} since</p>"


def go_to_button(page, name):
    page.keyboard.press("Alt+F10")
    page.wait_for_function("document.activeElement.closest('[role=toolbar]')")
    for _ in range(20):
        if page.evaluate("document.activeElement.ariaLabel") == name:
            return
        page.keyboard.press("ArrowRight")


def test_the_field_has_a_name_and_the_keyboard_reaches_its_buttons_and_gets_out(page):
    field = page.get_by_role("textbox", name="Body", exact=True)
    field.focus()
    page.keyboard.type("Words")
    page.keyboard.press("Control+a")
    page.keyboard.press("Alt+F10")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.ariaLabel") == "bold"
    page.keyboard.press("Enter")
    assert body_of(page) == "<p><strong>Words</strong></p>"
    assert button(page, "bold").get_attribute("aria-pressed") == "true"

    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className") == "body-line"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.prose-editor')") is None


def test_buttons_and_save_stay_in_sight_on_a_phone_and_nothing_runs_over(page):
    page.set_viewport_size(PHONE)
    paste(page, "<p>Line.</p>" * 120)
    try:
        page.locator(".tiptap p").nth(60).scroll_into_view_if_needed()
        page.mouse.wheel(0, 100)
        bar, save = page.get_by_role("toolbar"), page.get_by_role("button", name="Save", exact=True).last
        expect(bar).to_be_in_viewport()
        expect(save).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        heights = [each.bounding_box()["height"] for each in bar.get_by_role("button").all() if each.is_visible()]
        assert min(heights) >= 44
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})
