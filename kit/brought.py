"""Rows that belong to another one, brought by the question that asks for it: a question of its own costs more.

references = Brought(Reference.objects.filter(article=OuterRef("pk")), "number", "title")
article = Article.objects.annotate(its_references=references).get(slug="tired-in-march")

rows_of(references, article.its_references)

They come as one text: where it is the same, so is whatever is made from it.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import BooleanField, DateField, DateTimeField, Field, QuerySet, Subquery, TextField
from django.utils.dateparse import parse_datetime

IN_JSON = {
    "postgresql": "(SELECT json_agg(json_build_array(%(columns)s))::text FROM (%(subquery)s) brought)",
    "sqlite": "(SELECT json_group_array(json_array(%(columns)s)) FROM (%(subquery)s) AS brought)",
}
NONE = "[]"  # PostgreSQL brings nothing at all for it


class Brought(Subquery):
    """In the order that the rows have. For texts, sealed ones too, whole numbers, days, moments, yes and no."""

    output_field = TextField()

    def __init__(self, rows: QuerySet, *names: str) -> None:
        super().__init__(rows.values_list(*names))
        self.model, self.names = rows.model, names
        self.fields = [rows.model._meta.get_field(name) for name in names]

    def as_sql(self, compiler: Any, connection: Any, template: str | None = None, **extra: Any) -> tuple[str, Any]:
        columns = ", ".join(connection.ops.quote_name(field.column) for field in self.fields)
        return super().as_sql(compiler, connection, IN_JSON[connection.vendor], columns=columns, **extra)


def rows_of(asked: Brought, found: str | None) -> list[Any]:
    """As instances that know these columns; the others would be asked for."""
    read = [_how_to_read(field) for field in asked.fields]
    return [asked.model.from_db("default", asked.names, _values(read, row)) for row in json.loads(found or NONE)]


def _values(read: Sequence[Callable[[Any], Any] | None], row: Sequence[Any]) -> list[Any]:
    return [own(value) if own else value for own, value in zip(read, row, strict=True)]


def _how_to_read(field: Field) -> Callable[[Any], Any] | None:
    """Days and moments come as texts, and SQLite says 1 and 0."""
    if isinstance(field, DateTimeField):
        return _moment
    if isinstance(field, DateField | BooleanField):
        return field.to_python
    own = getattr(field, "from_db_value", None)
    return own and (lambda value: own(value, None, None))


def _moment(text: str | None) -> datetime | None:
    """SQLite stores it without its zone."""
    moment = parse_datetime(text) if text else None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
