"""A row with its choices and its parts, taken down as plain data: to be kept, laid over the row, compared, put back.

What a row is taken down with, its `Shape` says. A field or a kind of part that joins a shape later is in no older
snapshot; there it is left as the row has it.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from kit.desk.rows import save_changed

FIELDS, PARTS, KEY = "fields", "parts", "key"
Content = dict[str, Any]  # {"fields": {name: value}, "parts": {"references": [{"key": 5, "number": 1}]}}


@dataclass(frozen=True)
class Shape:
    """`parts` are the names by which the row knows its own rows, for example `references`."""

    label: str
    parts: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @cached_property
    def model(self) -> type[models.Model]:
        from django.apps import apps

        return apps.get_model(self.label)

    @cached_property
    def columns(self) -> list[models.Field]:
        return [each for each in _editable(self.model) if each.name not in self.without]

    @cached_property
    def choices(self) -> list[models.ManyToManyField]:
        return [each for each in self.model._meta.many_to_many if each.editable and each.name not in self.without]

    def part(self, name: str) -> "Part":
        return Part(name, self.model._meta.get_field(name))

    @cached_property
    def every_part(self) -> list["Part"]:
        return [self.part(name) for name in self.parts]


@dataclass(frozen=True)
class Part:
    """One kind of row that belongs to the row. A part that is not stored yet has a key below nought."""

    name: str
    relation: models.ManyToOneRel

    @property
    def model(self) -> type[models.Model]:
        return self.relation.related_model

    @property
    def columns(self) -> list[models.Field]:
        return [each for each in _editable(self.model) if each.name != self.relation.field.name]

    def of(self, row: models.Model) -> list[models.Model]:
        return list(getattr(row, self.relation.get_accessor_name()).all())

    def taken(self, part: models.Model) -> Content:
        return {KEY: part.pk} | {each.name: getattr(part, each.attname) for each in self.columns}

    def made(self, row: models.Model, values: Content) -> models.Model:
        known = {each.attname: each.to_python(values[each.name]) for each in self.columns if each.name in values}
        return self.model(pk=values[KEY], **{self.relation.field.name: row}, **known)

    def made_all(self, row: models.Model, content: Content) -> list[models.Model]:
        return _in_order([self.made(row, values) for values in content[PARTS][self.name]])


def take(row: models.Model, shape: Shape) -> Content:
    """As the row stands in memory."""
    values = {each.name: getattr(row, each.attname) for each in shape.columns}
    values |= {each.name: sorted(other.pk for other in getattr(row, each.name).all()) for each in shape.choices}
    parts = {part.name: [part.taken(each) for each in part.of(row)] for part in shape.every_part}
    return plain({FIELDS: values, PARTS: parts})


def plain(content: Content) -> Content:
    """As it comes back from the database, with the line ends of one kind, so that two can be compared."""
    return json.loads(json.dumps(content, cls=DjangoJSONEncoder).replace("\\r\\n", "\\n"))


def lay_over(row: models.Model, content: Content, shape: Shape) -> models.Model:
    """The row in memory as the content has it, its choices and parts too; nothing is stored.

    Where the content names another row that is gone by now, the row keeps what it has.
    """
    for column in shape.columns:
        if column.name in content[FIELDS]:
            value = column.to_python(content[FIELDS][column.name])
            if value != getattr(row, column.attname) and not _is_gone(column, value):
                setattr(row, column.attname, value)
    found = row.__dict__.setdefault("_prefetched_objects_cache", {})
    for choice in shape.choices:
        if choice.name in content[FIELDS]:
            found[choice.name] = choice.related_model._default_manager.filter(pk__in=content[FIELDS][choice.name])
    for part in _told(shape, content):
        rows = part.model._default_manager.all()
        rows._result_cache, rows._prefetch_done = part.made_all(row, content), True
        found[part.relation.get_accessor_name()] = rows
    return row


def put(row: models.Model, content: Content, shape: Shape) -> None:
    """Stores the row as the content has it. It must be locked, and what must hold has been asked before."""
    stored = type(row)._base_manager.get(pk=row.pk)
    lay_over(row, {**content, PARTS: {}}, shape)
    row.__dict__["_prefetched_objects_cache"] = {}
    save_changed(row)
    for choice in shape.choices:
        if choice.name in content[FIELDS]:
            of_choice = choice.related_model._base_manager.filter(pk__in=content[FIELDS][choice.name])
            getattr(row, choice.name).set(of_choice)
    for part in _told(shape, content):
        _put_parts(stored, part, content)


def _put_parts(row: models.Model, part: Part, content: Content) -> None:
    """What differs is written anew under its own key: two parts may change places, and no number is in the way."""
    stored = {each.pk: part.taken(each) for each in part.of(row)}
    wanted = part.made_all(row, content)
    kept = {each.pk for each in wanted if each.pk in stored and part.taken(each) == stored[each.pk]}
    gone = part.model._base_manager.filter(pk__in=stored.keys() - {each.pk for each in wanted})
    gone.delete()
    changed = [each for each in wanted if each.pk not in kept]
    again = part.model._base_manager.filter(pk__in=[each.pk for each in changed if each.pk in stored])
    again._raw_delete(again.db)  # what points at them still does when they are back, at the end of the transaction
    for each in changed:
        if each.pk not in stored:
            each.pk = None
        each.save(force_insert=True)


def gone_from(content: Content, shape: Shape) -> list[models.Field]:
    """The columns for which the content names a row that is gone by now."""
    return [each for each in shape.columns if _is_gone(each, content[FIELDS].get(each.name))]


def _is_gone(column: models.Field, value: Any) -> bool:
    is_named = column.is_relation and value is not None
    return is_named and not column.related_model._base_manager.filter(pk=value).exists()


def _told(shape: Shape, content: Content) -> Iterator[Part]:
    return (part for part in shape.every_part if part.name in content[PARTS])


def _editable(model: type[models.Model]) -> list[models.Field]:
    return [each for each in model._meta.concrete_fields if each.editable and not each.primary_key]


def _in_order(rows: Iterable[models.Model]) -> list[models.Model]:
    """As the model orders its rows; what has no value comes last."""
    found = list(rows)
    for name in reversed(found[0]._meta.ordering if found else ()):
        attribute = name.lstrip("-")
        found.sort(key=lambda each: _sortable(getattr(each, attribute)), reverse=name.startswith("-"))
    return found


def _sortable(value: Any) -> tuple[bool, Any]:
    return (value is None, "" if value is None else value)
