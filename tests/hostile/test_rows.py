"""A hostile text in every column that holds words, whoever typed them or wherever they were read from: pasted lists,
files of a bank or of Zoom, what Stripe tells. No page of the site or of the desk has it as it is."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.test import Client

from kit.forms.fields import CoverArtField
from kit.pages import kept
from kit.texts.rich_text import RichTextField
from search import index
from tests.builders import make_user, show_factor
from tests.hostile.addresses import path_of
from tests.hostile.test_access import DESK, ROWS, SITE

HOSTILE = "\"'><img src=x onerror=fired()></textarea></title></script><script>fired()</script>"
LIVE = ("<img src=x", "<script>fired()")
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
def paths() -> Iterator[list[str]]:
    """Of every page, with the text in every column that takes it."""
    parts = ("changelist", "change")
    found = [path_of(f"admin:{label.replace('.', '_')}_{part}") for label in ROWS for part in parts]
    found += [path_of(name) for name in [*SITE, *DESK]]
    columns = list(columns_of_words())
    assert len(columns) > 200
    for model, field in columns:
        write(model, field)
    index.renew_all()
    kept.forget()
    yield found
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


def is_there(html: str) -> bool:
    """With its own brackets: wherever they come out as they went in, a browser runs it."""
    return any(part in html for part in LIVE)


def test_nothing_that_any_row_holds_runs_on_any_page(paths):
    answers = dict(answers_to(paths))

    assert [path for path, html in answers.items() if is_there(html)] == []
    assert sum("fired()" in html for html in answers.values()) > 150


def test_it_would_be_found_if_rows_were_not_escaped(paths, monkeypatch):
    monkeypatch.setattr("django.template.base.conditional_escape", str)

    found = [is_there(html) for _, html in answers_to(["/help-now/", "/admin/practice/crisisline/"])]

    assert found == [True, True]
