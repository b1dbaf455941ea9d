"""Rows that belong to another one, brought by the question that asks for it: a question of its own costs more.

references = Brought(Reference.objects.filter(article=OuterRef("pk")), "number", "title")
article = Article.objects.annotate(its_references=references).get(slug="tired-in-march")

rows_of(references, article.its_references)

They come as one text: where it is the same, so is whatever is made from it.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import (
    BooleanField,
    DateField,
    DateTimeField,
    DecimalField,
    Field,
    QuerySet,
    Subquery,
    TextField,
    TimeField,
)
from django.utils.dateparse import parse_datetime

from kit.database.questions import give

Reader = Callable[[Any], Any]

IN_JSON = {
    "postgresql": "(SELECT json_agg(json_build_array(%(columns)s))::text FROM (%(subquery)s) brought)",
    "sqlite": "(SELECT json_group_array(json_array(%(columns)s)) FROM (%(subquery)s) AS brought)",
}
NONE = "[]"  # PostgreSQL brings nothing at all for it


class Brought(Subquery):
    """In the order that the rows have, with these columns; with all of them where none is named. No column of JSON."""

    output_field = TextField()

    def __init__(self, rows: QuerySet, *names: str) -> None:
        self.model, self.names = rows.model, names or tuple(each.attname for each in rows.model._meta.concrete_fields)
        self.fields = [rows.model._meta.get_field(name) for name in self.names]
        self.readers = [_reader(field) for field in self.fields]
        super().__init__(rows.values_list(*self.names))

    def as_sql(self, compiler: Any, connection: Any, template: str | None = None, **extra: Any) -> tuple[str, Any]:
        columns = ", ".join(connection.ops.quote_name(field.column) for field in self.fields)
        return super().as_sql(compiler, connection, IN_JSON[connection.vendor], columns=columns, **extra)


def rows_of(asked: Brought, found: str | None) -> list[Any]:
    """As instances that know these columns; the others would be asked for."""
    rows = json.loads(found or NONE, parse_float=Decimal)
    return [asked.model.from_db("default", asked.names, _values(asked.readers, row)) for row in rows]


def give_brought(asked: Brought, name: str, row: Any, found: str | None) -> None:
    """The row has these now, as `prefetch_related(name)` would have left it."""
    relation, parts = getattr(row, name), rows_of(asked, found)
    if its_key := getattr(relation, "field", None):
        for part in parts:
            its_key.set_cached_value(part, row)
    give(row, name, parts)


def _values(readers: Sequence[Reader | None], row: Sequence[Any]) -> list[Any]:
    return [read(value) if read else value for read, value in zip(readers, row, strict=True)]


def _reader(field: Field) -> Reader | None:
    """Days and hours come as texts; SQLite says 1 and 0, and does not know how many places a number has."""
    if isinstance(field, DateTimeField):
        return _moment
    if isinstance(field, DecimalField):
        return partial(_number, Decimal(1).scaleb(-field.decimal_places))
    if isinstance(field, DateField | TimeField | BooleanField):
        return field.to_python
    own = getattr(field, "from_db_value", None)
    return own and (lambda value: own(value, None, None))


def _number(unit: Decimal, found: Decimal | int | None) -> Decimal | None:
    return None if found is None else Decimal(found).quantize(unit)


def _moment(text: str | None) -> datetime | None:
    """SQLite stores it without its zone."""
    moment = parse_datetime(text) if text else None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
