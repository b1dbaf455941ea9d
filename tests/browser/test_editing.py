"""An editor's week with one article: typed, read by a colleague, scheduled, changed, compared, restored, archived.

The presses are counted: a desk that asks for more of them than it did is a worse one.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from articles.editing.models import WorkingCopy
from articles.models import Article
from tests.browser.conftest import DESK, PHONE, follow, sign_in
from tests.browser.inspection import complaints_at_the_desk
from tests.browser.test_typed import wait_until

EDITOR, OWNER = "editor@withyrooms.example", "owner@withyrooms.example"
OF_STOCK_WIDGETS = ("aria-input-field-name", "aria-prohibited-attr", "empty-table-header")


@pytest.fixture
def editor(site, visit) -> Page:
    return sign_in(visit(expect_errors=True), site, EDITOR)


@pytest.fixture
def owner(site, visit) -> Page:
    return sign_in(visit(expect_errors=True), site, OWNER)


@pytest.fixture
def article() -> Iterator[Article]:
    """On the site, and nobody has changed anything of it."""
    found = Article.objects.published().latest("pk")
    WorkingCopy.objects.filter(article=found).delete()
    yield found
    WorkingCopy.objects.filter(article=found).delete()
    Article.objects.filter(pk=found.pk).update(status="published", title=found.title)


class Presses:
    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def link(self, name: str) -> None:
        self._press(self.page.get_by_role("link", name=name, exact=True).first)

    def button(self, name: str) -> None:
        self._press(self.page.get_by_role("button", name=name, exact=True).last)

    def _press(self, what) -> None:
        follow(what)
        self.count += 1


def open_article(page: Page, site: str, article: Article) -> Page:
    page.goto(f"{site}/admin/articles/article/{article.pk}/change/")
    page.locator(".prose-editor > .tiptap").last.wait_for()
    return page


def test_a_slip_is_mended_in_three_presses_and_nothing_else_goes_live(site, editor, article):
    presses = Presses(editor)
    editor.goto(f"{site}/admin/articles/article/")

    presses.link(article.title)
    editor.locator("#id_title").fill("A better title")
    presses.button("Save, then publish…")
    assert editor.locator(".differences ins").first.inner_text() != ""
    assert Article.objects.get(pk=article.pk).title == article.title
    presses.button("Publish")

    assert (Article.objects.get(pk=article.pk).title, presses.count) == ("A better title", 3)


def test_what_is_typed_is_kept_by_itself_from_the_first_second_on_and_leaving_asks_nothing(site, editor, article):
    page = open_article(editor, site, article)
    page.locator("#id_title").fill("Typed at once")  # and then no further key

    expect(page.locator("[data-kept]").last).to_contain_text("readers see none of it")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{site}/admin/")

    assert (asked, Article.objects.get(pk=article.pk).title) == ([], article.title)
    assert open_article(page, site, article).locator("#id_title").input_value() == "Typed at once"


def test_words_in_the_rich_text_are_kept_and_typing_goes_on_after_it(site, editor, article):
    page = open_article(editor, site, article)
    line = page.locator("[data-kept]").last
    for words in ("First. ", "Second. "):
        page.locator(".tiptap").last.click()
        page.keyboard.type(words)
        with page.expect_response(re.compile("/autosave/")) as answer:
            pass
        assert answer.value.status == 200
        expect(line).to_contain_text("Kept at")
    follow(page.get_by_role("button", name="Save and continue editing", exact=True).first)

    assert "Changed since you opened this page" not in page.content()
    kept = WorkingCopy.objects.get(article=article).content["fields"]
    assert ("First." in kept["body"], "Second." in kept["body"]) == (True, True)
    assert kept["topics"] == sorted(article.topics.values_list("pk", flat=True)) != []


def test_who_saves_while_words_are_being_kept_meets_no_copy_of_their_own_rows(site, editor, article):
    let_go = []
    editor.route("**/autosave/", lambda route: let_go.append((route, route.fetch())))
    page = open_article(editor, site, article)
    page.get_by_role("button", name="Add another Claim").click()
    number = article.claims.count()
    for name, words in {"number": number + 1, "sentence": "It is new.", "basis": "We say so."}.items():
        page.locator(f"#id_claims-{number}-{name}").fill(str(words))
    page.locator(f"#id_claims-{number}-strength").select_option(index=1)
    wait_until(page, lambda: let_go)

    page.get_by_role("button", name="Save and continue editing", exact=True).first.click()
    page.wait_for_timeout(500)
    route, answer = let_go[0]
    with page.expect_navigation():
        route.fulfill(response=answer)

    assert page.locator(".faults, .meanwhile").count() == 0
    kept = WorkingCopy.objects.get(article=article).content["parts"]["claims"]
    assert [each["sentence"] for each in kept].count("It is new.") == 1


def test_what_was_typed_without_a_line_is_kept_once_there_is_one_again_however_late(site, editor, article):
    editor.clock.install()
    editor.route("**/autosave/", lambda route: route.abort())
    page = open_article(editor, site, article)
    line = page.locator("[data-kept]").last
    page.locator("#id_title").fill("Typed in a tunnel")
    for _ in range(12):
        page.clock.run_for(20_000)
    expect(line).to_contain_text("It is tried again by itself")

    page.unroute("**/autosave/")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.clock.run_for(2000)

    expect(line).to_contain_text("Kept at")
    assert WorkingCopy.objects.get(article=article).content["fields"]["title"] == "Typed in a tunnel"


def test_of_a_text_that_is_too_long_to_be_kept_nobody_is_told_that_they_are_signed_out(site, editor, article):
    editor.route("**/autosave/", lambda route: route.fulfill(status=413))
    page = open_article(editor, site, article)
    page.locator("#id_title").fill("As long as a book")

    said = "it is too long for one page. Make two of it."
    expect(page.locator("[data-kept]").last).to_contain_text(said)


def test_the_box_of_the_rich_text_is_called_as_its_field_and_its_label_leads_there(site, editor, article):
    page = open_article(editor, site, article)

    box = page.get_by_role("textbox", name="Body", exact=True)
    page.locator("label", has_text="Body:").click()

    expect(box).to_be_focused()


def test_two_editors_see_each_other_and_neither_overwrites_the_other(site, editor, owner, article):
    open_article(owner, site, article)
    open_article(editor, site, article)
    expect(editor.locator("[data-others]")).to_contain_text("has had this open since")

    owner.locator("#id_title").fill("The owner's")
    expect(owner.locator("[data-kept]").last).to_contain_text("Kept at")
    editor.locator("#id_title").fill("The editor's")

    expect(editor.locator("[data-kept]").last).to_contain_text("has changed this meanwhile")
    assert WorkingCopy.objects.get(article=article).content["fields"]["title"] == "The owner's"
    follow(editor.get_by_role("button", name="Save", exact=True).first)
    assert "Changed since you opened this page" in editor.content()


def test_what_is_in_the_form_is_shown_on_a_phone_and_on_a_desktop(site, editor, article):
    page = open_article(editor, site, article)
    page.locator("#id_title").fill("Only typed")

    with page.expect_popup() as popup:
        page.get_by_role("button", name="Preview", exact=True).last.click()
    shown = popup.value
    shown.wait_for_load_state()

    for frame in shown.frames[1:]:
        assert frame.locator("h1").inner_text() == "Only typed"
    assert [frame.evaluate("innerWidth") for frame in shown.frames[1:]] == [390, 1280]


def test_what_is_typed_after_a_preview_is_kept_as_before(site, editor, article):
    page = open_article(editor, site, article)
    with page.expect_popup():
        page.get_by_role("button", name="Preview", exact=True).last.click()

    page.locator("#id_title").fill("Typed after the preview")

    expect(page.locator("[data-kept]").last).to_contain_text("Kept at")
    assert WorkingCopy.objects.get(article=article).content["fields"]["title"] == "Typed after the preview"


def test_versions_are_compared_and_one_restored_in_three_presses(site, editor, article):
    page, presses = open_article(editor, site, article), Presses(editor)
    for title in ("One title", "Two titles"):
        page.locator("#id_title").fill(title)
        follow(page.get_by_role("button", name="Save and continue editing", exact=True).first)
        page.locator(".prose-editor > .tiptap").last.wait_for()

    presses.link("Versions")
    page.get_by_role("link", name=re.compile("^Restore")).nth(1).click()
    presses.count += 1
    assert page.locator(".differences").inner_text() != ""
    presses.button("Restore")

    assert (open_article(page, site, article).locator("#id_title").input_value(), presses.count) == ("One title", 3)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_bar_with_the_buttons_stays_in_sight(site, editor, article, size):
    page = open_article(editor, site, article)
    page.set_viewport_size(size)

    for share in (0, 0.5, 1):
        page.evaluate("share => scrollTo(0, share * document.body.scrollHeight)", share)
        box = page.get_by_role("button", name="Save, then publish…").last.bounding_box()
        assert 0 <= box["y"] <= size["height"] - box["height"]


@pytest.mark.parametrize("name", ["change", "schedule", "review", "versions", "links", "publish", "archive"])
def test_the_pages_of_an_article_have_no_barriers(site, editor, name):
    changed = Article.objects.filter(working_copy__isnull=False).earliest("pk")

    found = complaints_at_the_desk(editor, f"{site}/admin/articles/article/{changed.pk}/{name}/")

    stock = OF_STOCK_WIDGETS + ("second: ",) * (name == "change")  # what another engine finds in Django's own forms
    assert [each for each in found if not each.startswith(stock)] == []
