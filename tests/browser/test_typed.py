"""Nothing typed at the desk is lost: leaving is asked about, a copy is offered, a late Save is handed back."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.staff_sessions import SEEN_AT, SIGNED_IN_AT
from articles.models import Article, Topic
from courses.models import Course, Workshop
from practice.enquiries import receive_enquiry
from practice.models import Enquiry
from tests.browser.conftest import DESK, PHONE, follow, sign_in, sign_in_by_hand, sign_in_on, wait_until
from tests.browser.inspection import barriers, complaints_about, complaints_at_the_desk

EDITOR, OWNER = "editor@withyrooms.example", "owner@withyrooms.example"
KEYS = "Object.keys(localStorage).filter((key) => key.startsWith('typed:'))"
SAVE = "Save and continue editing"
TICK = 2500


@pytest.fixture
def editor(site, visit) -> Page:
    """Whose site does not answer while she types, so that all depends on the browser."""
    page = visit(expect_errors=True)
    page.route("**/autosave/", lambda route: route.abort())
    page.clock.install()
    return sign_in(page, site, EDITOR)


@pytest.fixture
def article() -> Iterator[Article]:
    """A draft, whose form stores what is saved at once."""
    found = Article.objects.get(slug="rupture-and-repair")
    Article.objects.filter(pk=found.pk).update(status="draft")
    yield found
    Article.objects.filter(pk=found.pk).update(status="published")


def open_article(page: Page, site: str, article: Article) -> Page:
    page.goto(f"{site}/admin/articles/article/{article.pk}/change/")
    page.locator(".prose-editor > .tiptap").last.wait_for()
    return page


def go_to_the_start(page: Page) -> None:
    """Of the text. A moment after it has got the focus the editor puts back the caret that it knows: then once more."""
    editor = page.locator(".tiptap").last

    def is_known_to_be_there() -> bool:
        page.keyboard.press("Control+Home")
        return editor.evaluate("(element) => element.editor.state.selection.head") == 1

    editor.click()
    wait_until(page, is_known_to_be_there)


def leave(page: Page, url: str, *, stay: bool = False) -> list[str]:
    """Goes elsewhere; returns what the browser asked."""
    asked = []

    def answer(dialog):
        asked.append(dialog.type)
        dialog.dismiss() if stay else dialog.accept()

    page.on("dialog", answer)
    if stay:
        page.evaluate("url => { location.href = url }", url)
        wait_until(page, lambda: asked)
    else:
        page.goto(url)
    page.remove_listener("dialog", answer)
    return asked


def save(page: Page, name: str = SAVE) -> None:
    follow(page.get_by_role("button", name=name, exact=True).first)


def copies(page: Page) -> list[str]:
    return page.evaluate(KEYS)


def sessions() -> list[SessionStore]:
    rows = [SessionStore(row.session_key) for row in Session.objects.filter(expire_date__gt=timezone.now())]
    return [row for row in rows if SEEN_AT in row]


def let_pass(*, hours: int, of: str) -> None:
    """For the server alone: as if everybody had signed in, or had last been here, so many hours earlier."""
    for session in sessions():
        session[of] -= hours * 3600
        session.save()


# Leaving -------------------------------------------------------------------------------------------------------------


def test_leaving_is_asked_about_once_something_was_typed_and_not_before(site, editor, article):
    page = open_article(editor, site, article)
    assert leave(page, f"{site}/admin/") == []

    page = open_article(editor, site, article)
    page.locator("#id_title").fill("Another title")
    assert leave(page, f"{site}/admin/", stay=True) == ["beforeunload"]
    assert page.url.endswith("/change/")

    page.locator("#id_title").fill(article.title)  # taken back by hand
    assert leave(page, f"{site}/admin/") == []


def test_words_in_the_rich_text_are_asked_about_too_and_saving_asks_nothing(site, editor, article):
    page = open_article(editor, site, article)
    page.locator(".tiptap").last.click()
    page.keyboard.type("Typed. ")

    assert leave(page, f"{site}/admin/", stay=True) == ["beforeunload"]
    save(page)

    assert "was changed successfully" in page.locator(".messagelist").inner_text()
    assert leave(page, f"{site}/admin/") == []
    assert "Typed." in Article.objects.get(pk=article.pk).body


def test_a_page_that_shows_errors_is_not_yet_saved(site, editor, article):
    page = open_article(editor, site, article)
    page.locator("#id_title").fill("")
    save(page)

    assert page.locator(".errornote").count() == 1
    assert leave(page, f"{site}/admin/") == ["beforeunload"]


@pytest.mark.parametrize("path", ["admin:articles_topic_changelist", "admin:orders_cancel_workshop"])
def test_lists_and_our_own_pages_ask_as_well(site, visit, path):
    page = sign_in(visit(expect_errors=True), site, OWNER)
    workshop = Workshop.objects.published().upcoming().first()
    page.goto(site + reverse(path, args=[workshop.pk] if path.endswith("workshop") else []))

    page.locator("#content form[method=post] :is(input[type=text], input[type=number], textarea)").first.fill("7")

    assert leave(page, f"{site}/admin/") == ["beforeunload"]


# The copy ------------------------------------------------------------------------------------------------------------


def test_everything_typed_is_offered_on_return_and_can_be_saved(site, editor, article):
    course, topic = Course.objects.exclude(articles=article).first(), Topic.objects.exclude(articles=article).first()
    page = open_article(editor, site, article)
    page.locator("#id_title").fill("Typed & “kept”")
    go_to_the_start(page)
    page.keyboard.type("A new beginning. ")
    page.locator("#id_topics_from").select_option(str(topic.pk))
    page.locator("#id_topics_add").click()
    page.locator("#id_related_courses_from").select_option(str(course.pk))
    page.locator("#id_related_courses_add").click()
    page.locator("#references-group .add-row a").click()
    rows = page.locator("#references-group .form-row:not(.empty-form)")
    for name, value in {"number": "77", "authors": "Reed, S.", "year": "2020", "title": "T", "source": "S"}.items():
        rows.last.locator(f"[name$=-{name}]").fill(value)
    page.locator("#id_author").evaluate("(select) => select.replaceChildren(new Option('Chosen', '', true, true))")
    page.clock.run_for(TICK)
    leave(page, f"{site}/admin/")

    page = open_article(editor, site, article)
    said = page.locator(".typed-offer").inner_text()
    page.get_by_role("button", name="Put it back").click()
    go_to_the_start(page)
    page.keyboard.type("And on. ")  # the editor itself has the words again
    author = page.locator("#id_author").input_value()
    page.locator("#id_author").evaluate("(select, pk) => { select.value = pk }", str(article.author_id))
    page.locator("#id_author").evaluate(
        "(select, pk) => { select.replaceChildren(new Option('A', pk, true, true)) }", str(article.author_id)
    )
    page.clock.run_for(TICK)
    assert len(copies(page)) == 1
    save(page)

    saved = Article.objects.get(pk=article.pk)
    assert re.match(r"You typed here on \w{3} \d{1,2} \w{3,4} at \d\d:\d\d and did not save\.", said)
    assert "Changed since" not in said
    assert (author, saved.title, saved.body.startswith("<p>And on. A new beginning.")) == ("", "Typed & “kept”", True)
    assert (topic in saved.topics.all(), course in saved.related_courses.all()) == (True, True)
    assert saved.references.filter(number=77, authors="Reed, S.").count() == 1
    assert (copies(page), page.locator(".typed-offer").count()) == ([], 0)
    saved.references.filter(number=77).delete()


def test_the_first_word_counts_and_so_does_the_last(site, editor):
    """Typed before any script has run, and left before the copy's next turn."""
    page = editor
    page.goto(f"{site}/admin/articles/topic/add/", wait_until="commit")
    page.locator("#id_name").fill("At once")
    page.wait_for_load_state()
    assert leave(page, f"{site}/admin/") == ["beforeunload"]

    page.goto(f"{site}/admin/articles/topic/add/")
    page.get_by_role("button", name="Put it back").click()

    assert page.locator("#id_name").input_value() == "At once"


def test_what_was_put_back_is_never_without_a_copy(site, editor):
    """The browser may die at any moment, also before the copy's next turn."""
    editor.goto(f"{site}/admin/articles/topic/add/")
    editor.locator("#id_name").fill("Twice kept")
    leave(editor, f"{site}/admin/")
    editor.goto(f"{site}/admin/articles/topic/add/")
    put_back = editor.get_by_role("button", name="Put it back")

    kept = put_back.evaluate(f"(button) => {{ button.click(); return {KEYS}.map((key) => localStorage[key]) }}")

    assert [re.findall("Twice kept", each) for each in kept] == [["Twice kept"]]


def test_it_is_said_what_somebody_else_has_changed_meanwhile(site, editor):
    topic = Topic.objects.create(name="Old name", slug="old-name", description="Old words")
    address = f"{site}/admin/articles/topic/{topic.pk}/change/"
    editor.goto(address)
    editor.locator("#id_name").fill("My name")
    editor.clock.run_for(TICK)
    Topic.objects.filter(pk=topic.pk).update(name="Their name", description="Their words")
    leave(editor, f"{site}/admin/")

    editor.goto(address)
    said = editor.locator(".typed-offer").inner_text()
    editor.get_by_role("button", name="Put it back").click()

    assert "Changed since then: Name. Putting yours back writes over that." in said
    assert (editor.locator("#id_name").input_value(), editor.locator("#id_description").input_value()) == (
        "My name",
        "Their words",
    )


def test_a_copy_that_is_thrown_away_is_gone(site, editor):
    editor.goto(f"{site}/admin/articles/topic/add/")
    editor.locator("#id_name").fill("Not wanted")
    leave(editor, f"{site}/admin/")
    editor.goto(f"{site}/admin/articles/topic/add/")

    editor.get_by_role("button", name="Throw it away").click()
    editor.reload()

    assert (copies(editor), editor.locator(".typed-offer").count()) == ([], 0)


def test_a_save_that_was_refused_leaves_the_copy_and_one_that_succeeds_takes_it_away(site, editor):
    editor.goto(f"{site}/admin/articles/topic/add/")
    editor.locator("#id_name").fill("Halfway")
    editor.locator("#id_slug").fill("two words")
    save(editor)
    refused = (editor.locator(".errornote").count(), len(copies(editor)), editor.locator(".typed-offer").count())
    editor.locator("#id_description").fill("More")
    editor.clock.run_for(TICK)
    [key] = copies(editor)
    kept = editor.evaluate("key => Object.keys(JSON.parse(localStorage[key]).fields).sort()", key)

    editor.locator("#id_slug").fill("halfway")
    save(editor)

    assert refused == (1, 1, 0)
    assert kept == ["description", "name", "slug"]
    assert (Topic.objects.get(slug="halfway").name, copies(editor)) == ("Halfway", [])


def test_a_copy_ends_after_seven_days_and_there_are_at_most_twenty(site, editor):
    editor.goto(f"{site}/admin/")
    editor.evaluate(
        """() => { for (let i = 0; i < 30; i += 1) {
          const at = Date.now() - i * 36e5 - (i > 15 ? 7 * 864e5 : 0);
          localStorage.setItem(`typed:1:/admin/x/:${i}`, JSON.stringify({at, fields: {}}));
          localStorage.setItem(`typed:2:/admin/y/:${i}`, JSON.stringify({at: at - 1, fields: {}}));
        } localStorage.setItem("typed:1:/admin/z/:0", "no copy at all") }"""
    )

    editor.reload()

    assert sorted(copies(editor)) == sorted(
        f"typed:{who}:/admin/{'xy'[who - 1]}/:{i}" for who in (1, 2) for i in range(10)
    )


def test_a_text_too_long_is_asked_about_though_not_kept(site, editor):
    editor.goto(f"{site}/admin/articles/topic/add/")
    editor.locator("#id_description").evaluate("(area) => { area.value = 'x'.repeat(400000) }")
    editor.locator("#id_name").fill("Long")
    editor.clock.run_for(TICK)

    assert copies(editor) == []
    assert leave(editor, f"{site}/admin/") == ["beforeunload"]


@pytest.mark.parametrize("way", ["the desk", "the account"])
def test_signing_out_leaves_no_copy(site, editor, way):
    editor.goto(f"{site}/admin/articles/topic/add/")
    editor.locator("#id_name").fill("Mine")
    editor.clock.run_for(TICK)
    editor.evaluate("() => localStorage.setItem('typed:999:/admin/x/:1', JSON.stringify({at: Date.now(), fields: {}}))")
    assert len(copies(editor)) == 2

    if way == "the account":
        leave(editor, f"{site}/accounts/logout/")
        follow(editor.get_by_role("main").get_by_role("button", name="Sign out"))
    else:
        editor.once("dialog", lambda dialog: dialog.accept())
        follow(editor.get_by_role("button", name="Log out"))

    assert copies(editor) == ["typed:999:/admin/x/:1"]


def test_what_is_about_people_is_never_copied(site, visit):
    page = sign_in(visit(expect_errors=True), site, OWNER)
    enquiry = receive_enquiry(Enquiry(name="Noor", email="noor@example.org", setting="online", message="On a Tuesday?"))
    page.clock.install()
    page.goto(f"{site}/admin/practice/enquiry/{enquiry.pk}/change/")
    page.locator("#id_notes").fill("Rang, nobody answered.")
    page.clock.run_for(TICK)

    assert copies(page) == []
    assert leave(page, f"{site}/admin/") == ["beforeunload"]


# The session ---------------------------------------------------------------------------------------------------------


def test_typing_says_once_a_minute_that_somebody_is_here(site, editor, article):
    page, pings = open_article(editor, site, article), []
    page.on("request", lambda request: pings.append(request.url) if "still-here" in request.url else None)

    page.clock.run_for(59_000)
    page.locator("#id_title").press_sequentially("x")
    before_the_minute = len(pings)
    for _ in range(12):
        page.locator(".tiptap").last.press("y")
        page.clock.run_for(10_000)
    page.clock.run_for(10_000)
    wait_until(page, lambda: len(pings) >= 3)  # one hears of a request after it has left
    after_two_more = len(pings)
    page.clock.run_for(600_000)  # nobody types

    page.wait_for_timeout(200)
    assert (before_the_minute, after_two_more, len(pings)) == (0, 3, 3)
    assert [line for line in page.locator(".typed-line").all_inner_texts() if line] == []


def test_an_ended_session_is_said_while_one_types_and_nothing_is_lost(site, editor, article):
    page = open_article(editor, site, article)
    page.locator("#id_title").fill("Before")
    let_pass(hours=1, of=SEEN_AT)
    page.clock.run_for(61_000)

    expect(page.locator(".typed-line")).to_have_text(
        "You are signed out. Sign in (in a new tab), come back to this tab and save. "
        "What you type stays here, and you lose nothing."
    )
    page.locator("#id_title").fill("After")
    page.clock.run_for(TICK)
    [key] = copies(page)
    assert page.evaluate("key => JSON.parse(localStorage[key]).fields.title.is", key) == ["After"]

    with page.expect_popup() as popup:
        page.get_by_role("link", name="Sign in (in a new tab)").click()
    sign_in_on(popup.value, EDITOR)
    save(page)
    follow(page.get_by_role("button", name="Go on where you were"))

    assert Article.objects.get(pk=article.pk).title == "After"
    assert copies(page) == []
    Article.objects.filter(pk=article.pk).update(title=article.title)


def test_ten_minutes_before_the_twelve_hours_end_it_is_said(site, editor, article):
    editor.goto(f"{site}/admin/")
    let_pass(hours=11, of=SIGNED_IN_AT)
    page = open_article(editor, site, article)

    page.clock.run_for(49 * 60_000)
    early = page.locator(".typed-line").inner_text()
    page.clock.run_for(2 * 60_000)

    assert early == ""
    assert re.match(r"Your 12 hours end at \d\d:\d\d: you are then asked to", page.locator(".typed-line").inner_text())


# Handed back ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_a_late_save_is_handed_back_in_the_same_tab(site, visit, script, viewport):
    page = sign_in(visit(expect_errors=True, java_script_enabled=script, viewport=viewport), site, EDITOR)
    name = f"Late {viewport['width']} {script}"
    page.goto(f"{site}/admin/articles/topic/add/")
    page.locator("#id_name").fill(name)
    page.locator("#id_slug").fill(f"late-{viewport['width']}-{script}".lower())
    page.locator("#id_description").fill("Words\nin two lines, and more of them")
    let_pass(hours=1, of=SEEN_AT)

    save(page)
    asked = page.get_by_role("main").inner_text()
    sign_in_on(page, EDITOR)
    shown, greeted = page.locator("#content").inner_text(), page.locator(".messagelist").inner_text()
    waiting = len(copies(page)) if script else 1
    follow(page.get_by_role("button", name="Go on where you were"))

    assert "You were signed out. Sign in, and you get back what you typed." in asked
    assert "It belongs to Add topic." in shown
    assert (greeted, waiting) == (f"You are signed in as {EDITOR}.", 1)  # a success, but nothing is saved yet
    assert Topic.objects.get(name=name).description == "Words\r\nin two lines, and more of them"
    if script:
        assert copies(page) == []


@pytest.mark.parametrize("script", [True, False])
def test_a_sign_in_in_a_second_tab_costs_one_click(site, visit, script):
    page = sign_in(visit(expect_errors=True, java_script_enabled=script), site, EDITOR)
    page.goto(f"{site}/admin/articles/topic/add/")
    page.locator("#id_name").fill(f"Second {script}")
    page.locator("#id_slug").fill(f"second-{script}".lower())
    let_pass(hours=1, of=SEEN_AT)
    second = page.context.new_page()
    sign_in_by_hand(second, site, EDITOR)

    save(page)
    follow(page.get_by_role("button", name="Go on where you were"))

    assert Topic.objects.filter(name=f"Second {script}").count() == 1


def test_somebody_else_at_the_same_browser_sees_nothing_of_it(site, visit):
    page = sign_in(visit(expect_errors=True), site, EDITOR)
    page.goto(f"{site}/admin/articles/topic/add/")
    page.locator("#id_name").fill("Private thought")
    wait_until(page, lambda: copies(page))
    let_pass(hours=1, of=SEEN_AT)

    save(page)
    sign_in_on(page, OWNER)
    page.locator("#content").wait_for()
    handed = page.content()
    page.goto(f"{site}/admin/articles/topic/add/")

    assert ("Private thought" in handed, page.locator(".typed-offer").count()) == (False, 0)


@pytest.mark.parametrize("script", [True, False])
def test_a_booking_whose_token_is_stale_is_sent_again_by_a_click(site, visit, script):
    page = visit(expect_errors=True, java_script_enabled=script)
    workshop = next(each for each in Workshop.objects.published().upcoming() if each.is_on_sale and each.places_left())
    page.goto(f"{site}/book/{workshop.slug}/")
    page.get_by_label("Your name").fill("Stale Token")
    page.context.clear_cookies(name="csrftoken")

    follow(page.get_by_role("button", name="Apply the code"))
    found = complaints_about(page) if script else []
    follow(page.get_by_role("button", name="Send it again"))

    assert (found, page.get_by_label("Your name").input_value()) == ([], "Stale Token")


# How it looks --------------------------------------------------------------------------------------------------------


def test_what_is_said_about_typed_words_is_accessible(site, editor):
    page, address = editor, f"{site}/admin/articles/topic/add/"
    page.goto(address)
    page.locator("#id_description").fill("Long enough to be read on the page")
    page.clock.run_for(TICK)
    let_pass(hours=1, of=SEEN_AT)
    page.clock.run_for(61_000)
    expect(page.locator(".typed-line")).to_contain_text("You are signed out.")
    sign_in_on_new_tab(page, site)
    leave(page, f"{site}/admin/")

    found = complaints_at_the_desk(page, address)
    page.get_by_role("button", name="Put it back").click()
    save(page, "Save")
    page.goto(address)
    page.get_by_role("button", name="Put it back").click()
    let_pass(hours=1, of=SEEN_AT)
    save(page, "Save")
    sign_in_on(page, EDITOR)
    page.get_by_text("Read what you typed").click()
    found += complaints_here(page)

    assert found == []


def sign_in_on_new_tab(page: Page, site: str) -> None:
    tab = page.context.new_page()
    sign_in_by_hand(tab, site, EDITOR)
    tab.close()


def complaints_here(page: Page) -> list[str]:
    page.evaluate(AXE_SCRIPT)
    return barriers(page)


def test_the_words_of_the_home_page_are_kept_too(site, editor):
    page = editor
    page.goto(f"{site}/admin/practice/sitewords/1/change/")
    page.locator("#id_headline").fill("Typed and left")
    page.clock.run_for(TICK)
    leave(page, f"{site}/admin/")

    page.goto(f"{site}/admin/practice/sitewords/1/change/")
    page.get_by_role("button", name="Put it back").click()

    assert page.locator("#id_headline").input_value() == "Typed and left"
