"""A hostile text in every column that holds words, whoever typed them or wherever they were read from: pasted lists,
files of a bank or of Zoom, what Stripe tells. Every page of the site and of the desk is read as a browser reads it."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.test import Client
from playwright.sync_api import Browser, Page

from kit import kept
from kit.fields import CoverArtField
from kit.rich_text import RichTextField
from search import index
from tests.browser.test_hostile_bodies import START
from tests.builders import make_user, show_factor
from tests.hostile.addresses import path_of
from tests.hostile.conftest import _add_what_the_demo_lacks
from tests.hostile.test_access import DESK, ROWS, SITE

HOSTILE = "\"'><img src=x onerror=fired()></textarea></title></script><script>fired()</script>"
SHORTEST = 30  # signs of it that run by themselves
NO_WORDS = (models.SlugField, models.URLField, models.EmailField, CoverArtField, RichTextField)
# What the site makes itself, as it needs it; everything else may have come from outside.
ITS_OWN = {
    *("time_zone", "attendee_time_zone", "zone", "email_key", "benefit_key", "address_mark", "network_mark"),
    *("from_network", "from_browser", "session_id", "intent_id", "refund_id", "source_id", "oldest_id", "sealed_url"),
    *("body_html", "rendered_from", "card", "card_drawn_from", "file", "digest", "sizes_of", "password", "kind"),
    *("model", "page", "column", "html", "made_from", "person", "rule"),
    "closed_on",  # days, which are read as such
}


def columns_of_words() -> Iterator[tuple[type[models.Model], models.Field]]:
    for model in apps.get_models():
        for field in model._meta.local_fields:
            holds_words = isinstance(field, models.CharField | models.TextField) and not isinstance(field, NO_WORDS)
            is_free = not (field.choices or field.unique or field.name in ITS_OWN)
            if holds_words and is_free and (field.max_length or SHORTEST) >= SHORTEST:
                yield model, field


@pytest.fixture
def paths(site: str) -> Iterator[list[str]]:
    """Of every page, with the text in every column that takes it. Afterwards the demo is as it was."""
    with transaction.atomic():
        _add_what_the_demo_lacks()
        lists_and_forms = [
            f"admin:{label.replace('.', '_')}_{part}" for label in ROWS for part in ("changelist", "change")
        ]
        found = [path_of(name) for name in [*SITE, *DESK, *lists_and_forms]]
        columns = list(columns_of_words())
        assert len(columns) > 200
        for model, field in columns:
            write(model, field)
        index.renew_all()
        kept.forget()
        yield found
        transaction.set_rollback(True)
    kept.forget()


def write(model: type[models.Model], field: models.Field) -> None:
    try:
        with transaction.atomic():
            model._base_manager.update(**{field.name: HOSTILE[: field.max_length]})
    except IntegrityError:  # the database takes some of its own words alone
        return


def answers_to(paths: list[str]) -> Iterator[tuple[str, str]]:
    """The pages, as whoever may see them is shown them."""
    public, desk = Client(), Client()
    owner = make_user("hostile@example.org", is_staff=True, is_superuser=True)
    desk.force_login(owner)
    show_factor(desk, owner)
    for path in paths:
        with transaction.atomic():
            answer = (desk if path.startswith("/admin/") else public).get(path)
        if answer.get("Content-Type", "").startswith("text/html"):
            yield path, answer.text


def count_of(page: Page, html: str) -> int:
    """How often something ran or could."""
    page.set_content(START + html)
    return page.evaluate("window.count + document.querySelectorAll('[onerror]').length")


def test_nothing_that_any_row_holds_runs_on_any_page(browser: Browser, paths: list[str]):
    page, asked = browser.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    shown, wrong = 0, []

    for path, html in answers_to(paths):
        shown += "fired()" in html
        wrong += [path] if count_of(page, html) else []
    page.close()

    assert wrong == []
    assert [address for address in asked if address.endswith("/x")] == []
    assert shown > 150


def test_it_would_run_if_rows_were_not_escaped(browser: Browser, paths: list[str], monkeypatch):
    monkeypatch.setattr("django.template.base.conditional_escape", str)
    page = browser.new_page()

    counts = [count_of(page, html) for _, html in answers_to(["/help-now/", "/admin/practice/crisisline/"])]
    page.close()

    assert 0 not in counts
