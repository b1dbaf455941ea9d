"""Hostile HTML in the field for bodies itself, pasted and stored; without the policy that would hold scripts back."""

from collections.abc import Iterator

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page

from kit.texts.rich_text import sanitise
from tests.browser.conftest import sign_in
from tests.browser.test_body_field import EDITOR, PASTE
from tests.builders import make_article
from tests.hostile.bodies import hostile_bodies

COUNTING = "window.count = 0; window.fired = () => { window.count += 1; };"

# A picture that is not there says so after all those that were asked for before it.
SETTLED = "new Promise((done) => { const last = new Image(); last.onerror = done; last.src = 'data:x'; })"


@pytest.fixture
def page(site: str, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(bypass_csp=True, reduced_motion="reduce", locale="en-GB")
    context.add_init_script(COUNTING)
    page = sign_in(context.new_page(), site, EDITOR)
    page.on("dialog", lambda dialog: dialog.accept())
    yield page
    context.close()


def open_form(page: Page, site: str, body: str) -> list[str]:
    """Returns what is asked of others from then on."""
    begun = make_article("Begun", status="draft", summary="", body="")
    with connection.cursor() as cursor:  # as if it had come past the gate
        cursor.execute("UPDATE articles_article SET body = %s WHERE id = %s", [body, begun.pk])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site}/admin/articles/article/{begun.pk}/change/")
    page.locator(".tiptap").wait_for()
    page.locator(".body-keys").wait_for()
    return asked


def foreign(asked: list[str], site: str) -> list[str]:
    return [address for address in asked if not address.startswith((site, "data:"))]


def test_nothing_of_a_hostile_paste_runs_or_asks_for_anything(site, page):
    vectors = [sent for sent, _ in hostile_bodies()]
    asked = open_form(page, site, "")

    page.locator(".tiptap").focus()
    page.evaluate(f"(vectors) => vectors.forEach((html) => ({PASTE})(['text/html', html]))", vectors)
    page.evaluate(SETTLED)

    assert (page.evaluate("window.count"), foreign(asked, site), len(vectors) > 350) == (0, [], True)
    body = page.locator("#id_body").input_value()
    assert ("fired()" in body, "<script" in sanitise(body)) == (True, False)


def test_nothing_of_a_hostile_body_runs_where_it_is_edited(site, page):
    asked = open_form(page, site, "".join(sent for sent, _ in hostile_bodies()))

    page.evaluate(SETTLED)

    assert (page.evaluate("window.count"), foreign(asked, site)) == (0, [])


def test_it_would_run_if_it_were_drawn_as_it_came(site, page):
    open_form(page, site, "")

    page.evaluate("document.querySelector('.tiptap').parentElement.innerHTML = '<img src=x onerror=fired()>'")
    page.wait_for_function("window.count === 1")
