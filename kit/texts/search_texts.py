"""What of the site can be searched: each app says it in its `search_texts.py`, and knows nothing of how it is found."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.db.models import QuerySet

from kit.work import said_by_apps


@dataclass(frozen=True)
class SearchText:
    """One page, or a part of one that has an address of its own, as it is found and shown among what was found."""

    pk: int
    title: str
    summary: str
    body: str  # plain words
    address: str
    live_from: date | None = None  # a day of the practice
    live_until: datetime | None = None


Pks = Collection[int] | None  # None: of all
Rows = TypeVar("Rows", bound=QuerySet)


@dataclass(frozen=True)
class Source:
    """`texts` gives those that the public may read, now or from a later day on, and no others."""

    kind: str  # the model, as `articles.article`
    label: str  # over what was found
    texts: Callable[[Pks], Iterable[SearchText]]
    is_open: Callable[[], bool]  # whether its pages can be read at all


_sources: dict[str, Source] = {}


def sources() -> dict[str, Source]:
    """By their kinds, in the order in which these are shown."""
    said_by_apps.load("search_texts")
    return _sources


def searchable(
    kind: str, label: str, *, is_open: Callable[[], bool] = lambda: True
) -> Callable[[Callable[[Pks], Iterable[SearchText]]], Callable]:
    """Registers the texts of a model, in the order in which the kinds are shown."""

    def register(texts: Callable[[Pks], Iterable[SearchText]]) -> Callable:
        _sources[kind] = Source(kind, label, texts, is_open)
        return texts

    return register


def of(pks: Pks, rows: Rows) -> Rows:
    return rows if pks is None else rows.filter(pk__in=pks)
