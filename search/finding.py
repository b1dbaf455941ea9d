"""What was found, the best first, each with the words around the first place."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import BooleanField, Case, When
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kit.texts.search_texts import sources
from search.asking import Asked, asked_for
from search.models import SearchEntry
from search.words import Word, words_of

AROUND = 120  # characters to each side
MOST_FOUND = 1000  # nobody reads on so far
READ = 20_000  # characters of a text, in which the first place is looked for
FOR_LISTS = ("kind", "title", "summary", "text", "address")


@dataclass(frozen=True)
class Hit:
    title: SafeString
    address: str
    label: str
    excerpt: SafeString


@dataclass(frozen=True)
class Found:
    """`pks` of entries, the best first; `is_part` says that nothing has all that was asked for."""

    asked: Asked
    pks: list[int]
    is_part: bool = False


def find(text: str) -> Found:
    """Everything that has all the words, or, where nothing has, everything that has one of them."""
    asked = asked_for(text)
    if not asked:
        return Found(asked, [])
    pks = _best_first(asked)
    if len(asked.phrases) > 1 and not pks:
        return Found(asked.any(), _best_first(asked.any()), is_part=True)
    return Found(asked, pks)


def hits(pks: Sequence[int], asked: Asked) -> list[Hit]:
    """Of those on one page. What was found was sorted without its texts: a database carries along what it sorts."""
    entries = SearchEntry.objects.only(*FOR_LISTS).in_bulk(pks)
    return [
        Hit(_marked(entry.title, asked), entry.address, sources()[entry.kind].label, _excerpt(entry, asked))
        for entry in (entries[pk] for pk in pks if pk in entries)
    ]


def _best_first(asked: Asked) -> list[int]:
    """Those that say it in their title; then by kind, the newest first."""
    in_title = Case(When(title_words__match_plainly=asked, then=True), default=False, output_field=BooleanField())
    kinds = [kind for kind, source in sources().items() if source.is_open()]
    found = SearchEntry.objects.live().filter(words__match=asked, kind__in=kinds)
    best = found.order_by(in_title.desc(), "position", "-live_from", "pk")
    return list(best.values_list("pk", flat=True)[:MOST_FOUND])


def _excerpt(entry: SearchEntry, asked: Asked) -> SafeString:
    """The words around the first place, where neither title nor summary has one."""
    if any(_is_asked(word, asked) for word in words_of(f"{entry.title} {entry.summary}")) or not entry.text:
        return _marked(entry.summary, asked)
    text = entry.text[:READ]
    first = next((word for word in words_of(text) if _is_asked(word, asked)), None)
    return _marked(_around(text, first) if first else entry.summary, asked)


def _around(text: str, word: Word) -> str:
    """From a blank to a blank, with dots where it goes on."""
    start = text.rfind(" ", 0, max(word.start - AROUND, 0)) + 1 if word.start > AROUND else 0
    end = text.find(" ", word.end + AROUND)
    return f"{'… ' if start else ''}{text[start : end if end > 0 else None]}{' …' if end > 0 else ''}"


def _marked(text: str, asked: Asked) -> SafeString:
    parts, at = [], 0
    for word in words_of(text):
        if _is_asked(word, asked):
            parts.append((text[at : word.start], format_html("<mark>{}</mark>", text[word.start : word.end])))
            at = word.end
    return format_html_join("", "{}{}", [*parts, (text[at:], "")])


def _is_asked(word: Word, asked: Asked) -> bool:
    return word.stem in asked.stems or bool(asked.beginning and word.stem.startswith(asked.beginning))
