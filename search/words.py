"""Words as they are searched: folded and stemmed here alone, so that both databases find the same.

A stem is made of a-z and 0-9 and nothing else. One with a digit in it begins with `n`, one in another script with `u`:
whatever a database takes for a number or a separator, it is shown none.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from snowballstemmer.english_stemmer import EnglishStemmer

APOSTROPHES = dict.fromkeys(map(ord, "'’ʼ‘`´"))
WORD = re.compile(r"[^\W_]+(?:['’ʼ‘`´][^\W_]+)*")
SPELT_OUT = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i"})
PLAIN = re.compile(r"[a-z]+")
LONGEST = 40  # characters of a stem
SEEN = 50_000  # words whose stems a process remembers


class Word(NamedTuple):
    stem: str
    start: int
    end: int


def words_of(text: str) -> Iterator[Word]:
    """With the place of each in the text."""
    for found in WORD.finditer(text):
        if stem := stem_of(found[0]):
            yield Word(stem, found.start(), found.end())


def stems_of(text: str) -> list[str]:
    return [word.stem for word in words_of(text)]


@lru_cache(maxsize=SEEN)
def stem_of(word: str) -> str:
    """`Carla’s` and `carlas` are one, as are `café` and `CAFE`; a word of another script stands for itself."""
    folded = _folded(word)
    if PLAIN.fullmatch(folded):
        return _english().stemWord(folded)[:LONGEST]
    if folded.isascii():
        return f"n{folded}"[:LONGEST] if folded else ""
    return f"u{folded.encode().hex()}"[:LONGEST]


def _english() -> "EnglishStemmer":
    """One for each word, because it holds the word that it works on, and threads would share that. It is loaded for the
    first: thirty languages come with it, which no other page needs."""
    import snowballstemmer

    return snowballstemmer.stemmer("english")


def _folded(word: str) -> str:
    bare = word.translate(APOSTROPHES).casefold().translate(SPELT_OUT)
    return "".join(each for each in unicodedata.normalize("NFKD", bare) if each.isalnum()).casefold()
