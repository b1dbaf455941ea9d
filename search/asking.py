"""What somebody typed, as the words that are looked for."""

import re
from dataclasses import dataclass, replace
from functools import cache

from search.words import stem_of, stems_of

LONGEST = 200  # characters that are read
MOST_WORDS = 12
SHORTEST_BEGINNING = 2
QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]+)[\"“”„«»]")
OFTEN = """
a about am an and are as at be but by can could do does for from had has have how i if in is it its me my not of on or
our should so that the their them they this to was we were what when where which who why will with would you your
"""


@dataclass(frozen=True)
class Asked:
    """Phrases of one stem or more, each of which is to be found; the last of all may be the beginning of a word."""

    phrases: tuple[tuple[str, ...], ...] = ()
    is_begun: bool = False
    is_any: bool = False  # one of the phrases is enough

    def __bool__(self) -> bool:
        return bool(self.phrases)

    @property
    def stems(self) -> frozenset[str]:
        return frozenset(stem for phrase in self.phrases for stem in phrase)

    @property
    def beginning(self) -> str:
        """The stem that may go on, or nothing."""
        return self.phrases[-1][-1] if self.is_begun else ""

    def any(self) -> "Asked":
        return replace(self, is_any=True)


def asked_for(text: str) -> Asked:
    """Whatever is typed: signs and operators mean nothing, and small words count only among themselves or in quotes."""
    text = text[:LONGEST]
    quoted = [tuple(stems_of(each)) for each in QUOTED.findall(text)]
    rest = QUOTED.sub(" ", text)
    loose = stems_of(rest)
    named = [stem for stem in loose if stem not in _small_words()] or ([] if any(quoted) else loose)
    phrases = _bounded([phrase for phrase in [*quoted, *((stem,) for stem in dict.fromkeys(named))] if phrase])
    is_begun = rest[-1:].isalnum() and phrases[-1:] == [(loose[-1],)] and len(loose[-1]) >= SHORTEST_BEGINNING
    return Asked(tuple(phrases), is_begun)


@cache
def _small_words() -> frozenset[str]:
    return frozenset(map(stem_of, OFTEN.split()))


def _bounded(phrases: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    kept, words = [], 0
    for phrase in phrases:
        words += len(phrase)
        if words > MOST_WORDS:
            break
        kept.append(phrase)
    return kept
