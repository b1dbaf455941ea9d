"""What changed in a row, from what to what, and by whom: the desk shows it on the row's page, and to whoever had the
form open meanwhile.

Statuses are recorded by the tables that move them (`accounts.audit`); here are the others that a person may edit.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Max
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEntry
from kit.guard.sealed_fields import SealedField

Row = tuple[str, int]  # "courses.session", 12
Values = dict[str, Any]
Difference = tuple[Row, str, dict[str, list[str]]]

RECORDED_ELSEWHERE = {"status", "last_login"}
UNTOLD = {"password", "secret"}  # that they changed is told, not from what to what
ADDED, DELETED = "added", "deleted"


@contextmanager
def recording(page: models.Model, *rows: models.QuerySet, reason: str = "") -> Iterator[None]:
    """Writes down what becomes of these rows within, or of `page` alone; they are edited on its page at the desk.

    To be used in the transaction that makes the changes. What a recording around this one watches, that one records.
    """
    rows = rows or (type(page)._base_manager.filter(pk=page.pk),)
    watched = _watched.get()
    before = {row: values for row, values in _snapshot(rows).items() if row not in watched}
    token = _watched.set(watched | before.keys())
    try:
        yield
    finally:
        _watched.reset(token)
    after = {row: values for row, values in _snapshot(rows).items() if row not in watched}
    _store(page, _differences(before, after), reason)


def record_added(row: models.Model) -> None:
    audit.record(row, after=ADDED)


def record_deleted(rows: Iterable[models.Model]) -> None:
    """That they are gone, not what stood in them: whoever deletes a person's data means it."""
    audit.record_all(audit.Change(row, "", DELETED) for row in rows)


def changes_of(*pages: models.Model) -> models.QuerySet[AuditEntry]:
    """All that is recorded of these rows and of those that are edited on their pages, the latest first."""
    keys = [audit.key_of(page) for page in pages]
    return AuditEntry.objects.filter(page__in=keys).select_related("user").order_by("-pk")


def last_changed(rows: Iterable[models.Model]) -> dict[int, datetime]:
    """When something on its page at the desk last changed, for each of these rows of one model; those of which nothing
    is recorded are not in it.
    """
    keys = {audit.key_of(row): row.pk for row in rows}
    found = AuditEntry.objects.filter(page__in=keys).order_by().values_list("page").annotate(last=Max("at"))
    return {keys[page]: last for page, last in found} if keys else {}


def last_number() -> int:
    """Of the latest entry that is known by now; what changes from here on has a higher one."""
    return AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


_watched: ContextVar[frozenset[Row]] = ContextVar("watched", default=frozenset())


def _snapshot(rows: Iterable[models.QuerySet]) -> dict[Row, Values]:
    found: dict[Row, Values] = {}
    for queryset in rows:
        meta = queryset.model._meta
        names = [field.attname for field in meta.concrete_fields if _is_told(field)]
        plain = queryset.model._base_manager.filter(pk__in=queryset.order_by().values("pk"))
        for values in plain.values("pk", *names):
            found[meta.label_lower, values.pop("pk")] = values
        for field in meta.many_to_many:
            _add_chosen(found, field, plain)
    return found


def _is_told(field: models.Field) -> bool:
    return field.editable and not field.primary_key and field.name not in RECORDED_ELSEWHERE


def _add_chosen(found: dict[Row, Values], field: models.ManyToManyField, rows: models.QuerySet) -> None:
    label = field.model._meta.label_lower
    for row, values in found.items():
        if row[0] == label:
            values[field.name] = []
    source, target = field.m2m_field_name(), field.m2m_reverse_field_name()
    links = field.remote_field.through._base_manager.filter(**{f"{source}__in": rows})
    for pk, chosen in links.order_by(f"{target}_id").values_list(f"{source}_id", f"{target}_id"):
        found[label, pk][field.name].append(chosen)


def _differences(before: dict[Row, Values], after: dict[Row, Values]) -> Iterator[Difference]:
    """The row, what happened to it as a whole if anything did, and old and new words of each column."""
    for row in sorted(before.keys() | after.keys()):
        if row not in after:
            yield row, DELETED, {}
        elif row not in before:
            yield row, ADDED, {}
        elif changed := {name for name, value in after[row].items() if value != before[row][name]}:
            yield row, "", _in_words(row[0], changed, before[row], after[row])


def _in_words(label: str, changed: set[str], before: Values, after: Values) -> dict[str, list[str]]:
    meta = apps.get_model(label)._meta
    fields = {field.attname: field for field in (*meta.concrete_fields, *meta.many_to_many)}
    return {
        fields[name].name: [_words(fields[name], values[name]) for values in (before, after)]
        for name in sorted(changed)
    }


def _words(field: models.Field, value: Any) -> str:
    """As the desk would say it."""
    if field.name in UNTOLD or isinstance(field, SealedField):
        return ""
    if field.many_to_many:
        return ", ".join(str(row) for row in field.related_model._base_manager.filter(pk__in=value))
    if field.is_relation:
        return str(field.related_model._base_manager.filter(pk=value).first() or "")
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M %Z}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(dict(field.flatchoices).get(value, "" if value is None else value))


def _store(page: models.Model, differences: Iterable[Difference], reason: str) -> None:
    audit.store(
        [
            audit.entry_of(row, page=page, after=whole, changes=changes, reason=reason)
            for row, whole, changes in differences
        ]
    )
