"""Questions that become SQL once: to build and compile one takes far longer than to have it answered.

    @compiled_once
    def _page(slug: Asked) -> ArticleQuerySet:
        return Article.objects.published().filter(slug=slug)

    rows = _page(slug="tired-in-march")

For what public pages ask again and again. The answer is a list of rows; nothing can be added to such a question.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from functools import cache, wraps
from inspect import signature
from typing import Any, NamedTuple, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import NotSupportedError, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError
from django.http import Http404

from kit.database.moments import Later, compiling

Row = TypeVar("Row")


class Asked(Value):
    """A text or a whole number that is known when the question is asked."""

    def __init__(self, name: str, place: int | None = None) -> None:
        super().__init__(None)
        self.name, self.place = name, place

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [Later(self._value)]

    def _value(self, answers: dict[str, Any]) -> Any:
        return answers[self.name] if self.place is None else answers[self.name][self.place]


class Among(Func):
    """`name IN (…)` for a list that is asked: Django's own lookup takes no expressions where the name is a relation."""

    output_field = BooleanField()

    def __init__(self, name: str, answers: Sequence[Asked]) -> None:
        super().__init__(F(name), *answers)

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        (name, params), *answers = [compiler.compile(each) for each in self.source_expressions]
        if not answers:
            raise EmptyResultSet
        listed = ", ".join(sql for sql, _ in answers)
        return f"{name} IN ({listed})", [*params, *(each for _, own in answers for each in own)]


class Compiled(NamedTuple):
    rows: QuerySet
    compiler: SQLCompiler
    sql: str
    params: tuple[Any, ...]


def compiled_once(build: Callable[..., QuerySet[Any, Row]]) -> Callable[..., list[Row]]:
    """For a function that gives a QuerySet. Each parameter stands for a value, or for a list of them."""
    return _kept(build, _rows)


def written_once(build: Callable[..., QuerySet[Any, Row]]) -> Callable[..., list[Row]]:
    """The same for what is asked within transactions, too, and for locks: an upgrade can break none of them, because
    none uses a plan that was kept.
    """
    return _kept(build, _rows_planned_outside)


def _kept(build: Callable[..., QuerySet[Any, Row]], ask_it: Callable[..., list[Row]]) -> Callable[..., list[Row]]:
    names = tuple(signature(build).parameters)

    @cache
    def compiled(alias: str, lengths: tuple[int | None, ...]) -> Compiled | None:
        rows = build(*[_asked(name, length) for name, length in zip(names, lengths, strict=True)])
        try:
            return _compiled(rows, alias)
        except EmptyResultSet:
            return None

    @wraps(build)
    def ask(**answers: Any) -> list[Row]:
        found = compiled("default", tuple(_length(answers[name]) for name in names))
        return ask_it(found, answers) if found else []

    return ask


def first_or_404(rows: Sequence[Row]) -> Row:
    if not rows:
        raise Http404
    return rows[0]


def give(row: models.Model, name: str, parts: list[Any]) -> None:
    """All of these are the row's: as `prefetch_related(name)` would have left it."""
    related = getattr(row, name).get_queryset()
    related._result_cache, related._prefetch_done = parts, True
    row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = related


def _compiled(rows: QuerySet, alias: str) -> Compiled:
    compiler = rows.query.get_compiler(alias)
    with compiling():
        sql, params = compiler.as_sql()
    _settle_columns(compiler)
    return Compiled(rows, compiler, sql, tuple(params))


def _settle_columns(compiler: Any) -> None:
    """How values of the database become Python's is found once, too: Django looks at each column for each answer."""
    columns = [each[0] for each in compiler.select[: compiler.col_count]]
    converters, are_composite = compiler.get_converters(columns), compiler.has_composite_fields(columns)
    compiler.get_converters = lambda expressions: converters
    compiler.has_composite_fields = lambda expressions: are_composite


def _asked(name: str, length: int | None) -> Asked | list[Asked]:
    return Asked(name) if length is None else [Asked(name, place) for place in range(length)]


def _length(answer: Any) -> int | None:
    return len(answer) if isinstance(answer, Collection) and not isinstance(answer, str) else None


def _rows(found: Compiled, answers: dict[str, Any]) -> list[Any]:
    connection = connections[found.compiler.using]
    try:
        with _planned_once(connection):
            return _rows_unplanned(found, answers)
    except NotSupportedError:  # a column has another type since: whoever upgrades migrates before the restart
        if connection.in_atomic_block:
            raise
        return _rows_unplanned(found, answers)


def _rows_planned_outside(found: Compiled, answers: dict[str, Any]) -> list[Any]:
    ask_it = _rows_unplanned if connections[found.compiler.using].in_atomic_block else _rows
    return ask_it(found, answers)


def _rows_unplanned(found: Compiled, answers: dict[str, Any]) -> list[Any]:
    connection = connections[found.compiler.using]
    if found.rows.query.select_for_update and not connection.in_atomic_block:
        raise TransactionManagementError("A lock lasts as long as a transaction, and there is none.")
    params = tuple(each.value(answers) if isinstance(each, Later) else each for each in found.params)
    return list(_asking(found, params, connection))


def _asking(found: Compiled, params: tuple[Any, ...], connection: BaseDatabaseWrapper) -> QuerySet:
    """The rows are made as Django makes them; only the compiler has nothing left to compile."""
    compiler = copy(found.compiler)
    compiler.connection = connection
    compiler.as_sql = lambda *args, **kwargs: (found.sql, params)  # type: ignore[method-assign]
    rows = found.rows._chain()
    rows.query.get_compiler = lambda *args, **kwargs: compiler
    return rows


@contextmanager
def _planned_once(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """PostgreSQL plans what is asked within once for each connection, which takes it longer than to answer (settings,
    `prepare_threshold`). Not all that Django asks may be prepared: it writes the same value twice, as two parameters.
    """
    if connection.vendor != "postgresql":
        yield
        return
    from django.db.backends.postgresql.base import Cursor, ServerBindingCursor

    connection.ensure_connection()
    connection.connection.cursor_factory = ServerBindingCursor
    try:
        yield
    finally:
        if connection.connection is not None:
            connection.connection.cursor_factory = Cursor
