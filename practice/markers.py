"""Words that legal pages take from the rows they speak of, so that no page promises what the site does not do.

`[refund policy]` in a page is filled with the words of the moment, and they are kept with the version: whoever booked
under it can read it as it was. Where the rows have changed since, the desk is told that a new version is due.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.html import escape, format_html_join, strip_tags

from kit.work import said_by_apps
from practice.models import Page

MARKER = re.compile(r"\[([a-zA-Z][a-zA-Z\s]{1,40})\]")
SPAN = re.compile(r"\d+ (?:days?|years?)")
LIST = re.compile(r"<p>\s*\[([a-zA-Z][a-zA-Z\s]{1,40})\]\s*</p>")

Words = str | list[str]


@dataclass(frozen=True)
class Marker:
    name: str
    means: str
    words: Callable[[], Words]
    kind: str = ""  # of the page that cannot do without it


_markers: dict[str, Marker] = {}


def markers() -> dict[str, Marker]:
    """Of all apps, by their names: in their `legal_words.py`, or in their `privacy.py` beside the rule itself."""
    said_by_apps.load("legal_words")
    said_by_apps.load("privacy")
    return dict(sorted(_markers.items()))


def marker(name: str, means: str, *, kind: str = "") -> Callable[[Callable[[], Words]], Callable[[], Words]]:
    """Each app names the words of its own rows and rules."""

    def register(words: Callable[[], Words]) -> Callable[[], Words]:
        _markers[name] = Marker(name, means, words, kind)
        return words

    return register


def fill(page: Page) -> Page:
    """Keeps with the page what its markers say now; whoever writes a page calls it before saving."""
    page.filled = words_now(page.body)
    return page


def words_now(body: str) -> dict[str, Words]:
    known = markers()
    return {name: known[name].words() for name in sorted(_named(body) & known.keys())}


def unknown(body: str) -> list[str]:
    """Markers that nobody fills: readers would see the brackets."""
    return sorted(_named(body) - markers().keys())


def missing(page: Page) -> list[Marker]:
    """Those without which a page of its kind says nothing of what the site really does."""
    return [each for each in markers().values() if each.kind == page.kind and each.name not in _named(page.body)]


def by_hand(page: Page) -> dict[str, list[str]]:
    """Numbers of days or years that stand in it as such, which nobody would mend if the rule changed; each with the
    markers that say the same now."""
    said, found = " ".join(strip_tags(page.body).split()), {}
    for each in markers().values():
        words = each.words()
        if isinstance(words, str) and SPAN.fullmatch(words) and re.search(rf"\b{words}\b", said):
            found.setdefault(words, []).append(each.name)
    return found


def differing(page: Page) -> list[str]:
    """Markers whose words are not those of today's rows any more."""
    now = words_now(page.body)
    return [name for name, words in now.items() if page.filled.get(name) != words]


def filled_html(page: Page) -> str:
    """The body with its words: those that were kept with it, else today's. A marker alone in its line may be a list."""
    words = page.filled
    if unfilled := _named(page.body) - words.keys():
        known = markers()
        words = words | {name: known[name].words() for name in unfilled & known.keys()}
    body = LIST.sub(lambda match: _as_block(words.get(_name(match)), match[0]), page.body)
    return MARKER.sub(lambda match: _in_line(words.get(_name(match)), match[0]), body)


def _named(body: str) -> set[str]:
    return {_name(match) for match in MARKER.finditer(strip_tags(body))}


def _name(match: re.Match[str]) -> str:
    """In one line, however the body is broken into lines."""
    return " ".join(match[1].split())


def _as_block(words: Words | None, otherwise: str) -> str:
    if not isinstance(words, list):
        return otherwise
    return f"<ul>{format_html_join('', '<li>{}</li>', ((line,) for line in words))}</ul>"


def _in_line(words: Words | None, otherwise: str) -> str:
    if words is None:
        return otherwise
    return escape(" ".join(words) if isinstance(words, list) else words)
