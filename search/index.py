"""Keeps what search finds in step with the rows: soon after a change at the desk, and now and then all of it."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import astuple
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import TypeVar

from accounts.models import AuditEntry
from kit.texts.search_texts import Pks, SearchText, Source, sources
from search.models import SearchEntry
from search.words import stems_of

MAKER = 1  # one more whenever the same text makes other words: all entries are then made anew
MOST_WORDS = 15_000  # of a text; PostgreSQL knows the places of no more
BETWEEN = "x0"  # a word that nobody can ask for: no phrase goes from a title over into the text
LOOK_BACK = timedelta(minutes=2)  # a change that is committed late says that it was made before
AT_A_TIME = 100

Each = TypeVar("Each")


def renew_all() -> int:
    """Returns how many entries were made, made anew or ended."""
    return sum(_renew(source, position, None) for position, source in enumerate(sources().values()))


def renew_changed(since: datetime) -> int:
    """Of the rows that somebody has changed at the desk since then, or that belong to a page that was changed."""
    pages = AuditEntry.objects.filter(at__gt=since - LOOK_BACK).values_list("model", "object_id", "page")
    named = set(chain.from_iterable((f"{model}:{number}", page) for model, number, page in pages))
    changed: dict[str, set[int]] = {}
    for kind, _, number in (each.rpartition(":") for each in named):
        if kind in sources():
            changed.setdefault(kind, set()).add(int(number))
    places = {kind: position for position, kind in enumerate(sources())}
    return sum(_renew(sources()[kind], places[kind], pks) for kind, pks in changed.items())


def _renew(source: Source, position: int, pks: Pks) -> int:
    entries = SearchEntry.objects.filter(kind=source.kind)
    if pks is not None:
        entries = entries.filter(number__in=pks)
    known = dict(entries.values_list("number", "made_from"))
    seen, done = set(), 0
    for texts in _in_parts(source.texts(pks)):
        seen |= {text.pk for text in texts}
        marked = [(text, _mark(text, position)) for text in texts]
        done += _store([_entry(source, position, *each) for each in marked if known.get(each[0].pk) != each[1]])
    gone = [number for number in known if number not in seen]
    for numbers in _in_parts(gone):
        done += SearchEntry.objects.filter(kind=source.kind, number__in=numbers).delete()[0]
    return done


def _store(entries: list[SearchEntry]) -> int:
    columns = [field.name for field in SearchEntry._meta.fields if field.name not in {"id", "kind", "number"}]
    SearchEntry.objects.bulk_create(
        entries, update_conflicts=True, unique_fields=["kind", "number"], update_fields=columns
    )
    return len(entries)


def _entry(source: Source, position: int, text: SearchText, mark: str) -> SearchEntry:
    title = stems_of(text.title)
    words = [*title, BETWEEN, *stems_of(text.summary), BETWEEN, *stems_of(text.body)][:MOST_WORDS]
    return SearchEntry(
        kind=source.kind,
        number=text.pk,
        position=position,
        title=text.title,
        summary=text.summary,
        text=text.body,
        address=text.address,
        live_from=text.live_from,
        live_until=text.live_until,
        words=_spaced(words),
        title_words=_spaced(title),
        made_from=mark,
    )


def _spaced(words: Iterable[str]) -> str:
    return f" {' '.join(words)} "


def _mark(text: SearchText, position: int) -> str:
    return hashlib.sha256(repr((MAKER, position, astuple(text))).encode()).hexdigest()


def _in_parts(rows: Iterable[Each]) -> Iterator[list[Each]]:
    each = iter(rows)
    while part := list(islice(each, AT_A_TIME)):
        yield part
