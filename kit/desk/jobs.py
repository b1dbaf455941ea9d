"""What waits for a person, as each app finds it in its `jobs.py`: the desk, `reconcile` and /health/ read it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse_lazy
from django.utils.text import format_lazy

from kit.work import said_by_apps


@dataclass(frozen=True)
class Job:
    """`lines` name each row by what the desk can search for, never a person; a command prints them, or the words.

    `url` is lazy: /health/ asks for none, and the first one loads the whole desk.
    """

    words: str
    url: str
    lines: Iterable[str] = field(default=(), compare=False)


Find = Callable[[], Iterator[Job]]


@dataclass(frozen=True)
class Finder:
    name: str
    permission: str
    find: Find
    is_of_money: bool
    is_alarm: bool


_finders: list[Finder] = []


def finders() -> list[Finder]:
    """Of all apps."""
    said_by_apps.load("jobs")
    return _finders


def finds(permission: str, *, of_money: bool = False, alarm: bool = False) -> Callable[[Find], Find]:
    """Registers a function that yields what waits; the desk shows it to those who have the permission.

    `of_money` is listed by `manage.py reconcile`, too. An `alarm` means that the site itself does not work:
    it stands first, and /health/ answers 503. It asks few statements, of what an index finds.
    """

    def register(find: Find) -> Find:
        _finders.append(Finder(f"{find.__module__}.{find.__name__}", permission, find, of_money, alarm))
        return find

    return register


def counted(rows: QuerySet, query: str, one: str, many: str, line: Callable[[Any], str] = str) -> Iterator[Job]:
    """One job for all rows, if there are any: it leads to their list at the desk. `line` says a row for a command."""
    if count := rows.count():
        meta = rows.model._meta
        where = reverse_lazy(f"admin:{meta.app_label}_{meta.model_name}_changelist")
        url = format_lazy("{}{}", where, query)
        yield Job(f"{count} {one if count == 1 else many}", url, _lines(rows, line))


def _lines(rows: QuerySet, line: Callable[[Any], str]) -> Iterator[str]:
    """Reads no row until a command asks for the first: a generator expression would read all at once."""
    for row in rows.order_by("pk"):
        yield line(row)
