"""Whatever the site stores about people is said, with why and for how long; a new column that is not fails here."""

import re

import pytest
from django.apps import apps
from django.db.models import BooleanField, Field

from kit.guard.privacy import all_kept, columns_about_nobody

PERSONAL = re.compile(
    r"(^|_)(e?mail|name|phone|ip|address|addresses|agent|payload|facts|note|notes|needs|secret|message|changes|reason"
    r"|text|html|to|subject|body|words|label|token|key|url|repr|data|attachments|headers|organisation|password)($|_)"
    r"|email|phone|^issued_to$|^session_key$"
)
COLUMNS = [
    f"{model._meta.label_lower}.{field.name}"
    for model in apps.get_models()
    for field in model._meta.concrete_fields
    if not field.is_relation and not isinstance(field, BooleanField) and PERSONAL.search(field.name)
]


def said(column):
    model = column.rpartition(".")[0]
    kept = {f"{each.model}.{one}" for each in all_kept() for one in each.columns}
    return column in kept or {column, f"{model}.*", f"{model.partition('.')[0]}.*"} & columns_about_nobody() != set()


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_that_may_hold_a_person_is_said_to_or_said_not_to(column):
    assert said(column), f"Say in the app's privacy.py what {column} holds, or that it is about nobody."


def test_what_is_said_is_there():
    for kept in all_kept():
        model = apps.get_model(kept.model)
        assert {*kept.columns, *kept.names, *kept.within} <= {field.name for field in model._meta.concrete_fields}
        assert bool(kept.by) != bool(kept.within)
        assert [kept.why[-1], kept.until == ""] == [".", False]
    for column in columns_about_nobody():
        model, _, name = column.rpartition(".")
        if name != "*":
            assert isinstance(apps.get_model(model)._meta.get_field(name), Field)
        elif "." in model:
            apps.get_model(model)


def test_a_kind_of_row_is_told_of_once():
    assert len(all_kept()) == len({kept.model for kept in all_kept()})


def test_all_is_told_in_the_same_order_whatever_was_loaded_first():
    models = [kept.model for kept in all_kept()]

    assert models == sorted(models)
