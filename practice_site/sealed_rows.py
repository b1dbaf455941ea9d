"""All that the site keeps encrypted, and how it comes under a new key.

Whatever else is encrypted (a form that was handed back, a secret being set up) stands in a session, and ends with it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import models, transaction
from django.db.models import F, QuerySet, TextField, Value
from django.db.models.functions import Cast

from kit.guard.encryption import Unreadable, renewed
from kit.guard.sealed_fields import SealedField
from meetings.models import Registrant
from outbox.models import Message

BATCH = 200
STORED = "stored"

Renew = Callable[[Any], Any]


@dataclass(frozen=True)
class SealedColumn:
    """One column of a table, and of which of its rows."""

    rows: QuerySet
    name: str
    renew: Renew

    def __str__(self) -> str:
        return f"{self.rows.model._meta.label}.{self.name}"


@dataclass
class Renewed:
    """Values of one column: under the first key now, and those that no key reads."""

    column: SealedColumn
    count: int = 0
    unreadable: int = 0


def sealed_columns() -> Iterator[SealedColumn]:
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedField):
                yield SealedColumn(model._base_manager.all(), field.name, renewed)
    yield SealedColumn(Registrant.objects.all(), "sealed_url", renewed)
    yield SealedColumn(Message.objects.filter(is_secret=True), "text", renewed)
    yield SealedColumn(Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN), "data", _renew_factor)


def encrypt_anew(column: SealedColumn) -> Renewed:
    """In batches, each a transaction of its own. What is under the first key already is left as it is."""
    done, last = Renewed(column), 0
    while True:
        with transaction.atomic():
            rows = list(_stored(column).filter(pk__gt=last)[:BATCH])
            for pk, value in rows:
                _renew(column, pk, value, done)
        if not rows:
            return done
        last = rows[-1][0]


def _stored(column: SealedColumn) -> QuerySet:
    """As they stand in the table, in order of key, and locked."""
    is_text = isinstance(column.rows.model._meta.get_field(column.name), TextField)
    stored = Cast(column.name, TextField()) if is_text else F(column.name)
    rows = column.rows.select_for_update(of=("self",)).order_by("pk").annotate(**{STORED: stored})
    return rows.values_list("pk", STORED)


def _renew(column: SealedColumn, pk: int, value: Any, done: Renewed) -> None:
    try:
        anew = column.renew(value) if value else value
    except Unreadable:
        done.unreadable += 1
        return
    if anew != value:
        output: models.Field = TextField() if isinstance(anew, str) else models.JSONField()
        column.rows.model._base_manager.filter(pk=pk).update(**{column.name: Value(anew, output_field=output)})
        done.count += 1


def _renew_factor(data: dict[str, Any]) -> dict[str, Any]:
    """Of an app its secret, of recovery codes what they are made from; how many are used stays."""
    secrets = {name: renewed(data[name]) for name in ("secret", "seed") if name in data}
    codes = {name: [renewed(each) for each in data[name]] for name in ("migrated_codes",) if data.get(name)}
    return data | secrets | codes
