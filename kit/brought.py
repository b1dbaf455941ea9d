"""Rows that belong to another one, brought by the question that asks for it: a question of its own costs more.

references = Brought(Reference.objects.filter(article=OuterRef("pk")), "number", "title")
article = Article.objects.annotate(its_references=references).get(slug="tired-in-march")

rows_of(references, article.its_references)

They come as one text: where it is the same, so is whatever is made from it.
"""

import json
from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, DateField, QuerySet, Subquery, TextField

IN_JSON = {
    "postgresql": "(SELECT json_agg(json_build_array(%(columns)s))::text FROM (%(subquery)s) brought)",
    "sqlite": "(SELECT json_group_array(json_array(%(columns)s)) FROM (%(subquery)s) AS brought)",
}
NONE = "[]"  # PostgreSQL brings nothing at all for it


class Brought(Subquery):
    """In the order that the rows have. For texts, whole numbers, days, yes and no: what JSON can hold."""

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
    told = [isinstance(field, DateField | BooleanField) for field in asked.fields]
    return [asked.model.from_db("default", asked.names, _values(asked, told, row)) for row in json.loads(found or NONE)]


def _values(asked: Brought, told: list[bool], row: Sequence[Any]) -> list[Any]:
    """Days come as texts, and SQLite says 1 and 0."""
    each = zip(asked.fields, told, row, strict=True)
    return [field.to_python(value) if is_told else value for field, is_told, value in each]
