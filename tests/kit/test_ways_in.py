"""Whichever way a hostile body comes to be stored, only what a body may have is: not by forms alone."""

import json
from collections.abc import Callable

import pytest
from django.apps import apps
from django.core import serializers
from django.core.management import call_command
from django.db import connection, models

from accounts.binning import put_back, put_in_bin
from articles.models import Article
from courses.models import Course, WorkshopSeries
from kit.texts.rich_text import RichTextField
from practice.models import Page
from tests.builders import make_article, make_course, make_practice, make_series
from tests.hostile.bodies import hostile_bodies
from tests.hostile.test_bodies import Seen

pytestmark = pytest.mark.django_db
WHOLE = "".join(sent for sent, _ in hostile_bodies())
MAKERS: dict[type[models.Model], Callable[[], models.Model]] = {
    Article: lambda: make_article("Rest", body="<p>Rest.</p>"),
    Course: lambda: make_course("Rest", body="<p>Rest.</p>"),
    WorkshopSeries: make_series,
    Page: lambda: Page.objects.create(kind="about", version="1", title="About", body="<p>Us.</p>"),
}


def saved(row: models.Model, tmp_path) -> None:
    row.body = WHOLE
    row.save()


def made_with_others(row: models.Model, tmp_path) -> None:
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    row._meta.model.objects.filter(pk=row.pk).delete()
    row._meta.model.objects.bulk_create([row._meta.model(**values | {"body": WHOLE})])


def changed_in_place(row: models.Model, tmp_path) -> None:
    row._meta.model.objects.update(body=WHOLE)


def changed_with_others(row: models.Model, tmp_path) -> None:
    row.body = WHOLE
    row._meta.model.objects.bulk_update([row], ["body"])


def loaded_from_a_file(row: models.Model, tmp_path) -> None:
    facts = json.loads(serializers.serialize("json", [row]))
    facts[0]["fields"]["body"] = WHOLE
    (tmp_path / "rows.json").write_text(json.dumps(facts))
    call_command("loaddata", tmp_path / "rows.json", verbosity=0)


def put_back_from_the_bin(row: models.Model, tmp_path) -> None:
    binned = put_in_bin(row)
    binned.rows[0]["fields"]["body"] = WHOLE
    binned.save()
    put_back(binned.pk)


WAYS = [saved, made_with_others, changed_in_place, changed_with_others, loaded_from_a_file, put_back_from_the_bin]


def strange(html: str) -> list[str]:
    seen = Seen()
    seen.feed(html)
    return seen.strange


def kept(model: type[models.Model]) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT body FROM {model._meta.db_table}")
        return cursor.fetchone()[0]


def test_every_kind_of_body_is_tried():
    fields = [field for model in apps.get_models() for field in model._meta.local_fields]

    assert {field.model for field in fields if isinstance(field, RichTextField)} == set(MAKERS)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("model", MAKERS, ids=lambda model: model.__name__)
def test_a_body_passes_the_gate(model, way, tmp_path):
    make_practice()

    way(MAKERS[model](), tmp_path)

    assert (strange(kept(model)), "fired()" in kept(model)) == ([], True)


def test_without_the_gate_it_would_be_stored_as_it_came(monkeypatch):
    monkeypatch.delattr(RichTextField, "get_prep_value")

    changed_in_place(MAKERS[Article](), None)

    assert len(strange(kept(Article))) > 100
