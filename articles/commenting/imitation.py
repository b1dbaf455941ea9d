"""Whether a name looks like that of somebody here: readers would take what it signs for ours."""

import unicodedata
from collections.abc import Iterable

from practice.models import Person, Practice

SHORTEST = 5  # letters of a name that may not stand within other words either
OF_THE_HOUSE = ("author", "the author", "admin", "administrator", "moderator", "editor", "the practice", "staff")
# Letters of other scripts, figures and signs, by the letter that they look like.
LOOKALIKES = {
    "a": "аα4@",
    "b": "вβ8",
    "c": "сϲ",
    "d": "ԁ",
    "e": "еε3€",
    "g": "ɡ",
    "h": "нһ",
    "i": "іιıl1|!",
    "j": "ј",
    "k": "кκ",
    "m": "м",
    "n": "ηո",
    "o": "оο0σ",
    "p": "рρ",
    "s": "ѕ5$",
    "t": "тτ7",
    "u": "υս",
    "v": "ν",
    "w": "ω",
    "x": "хχ",
    "y": "уγ",
}
READ_AS = str.maketrans({sign: letter for letter, signs in LOOKALIKES.items() for sign in signs})


def imitates_us(name: str) -> bool:
    people = Person.objects.values_list("name", flat=True)
    practice = Practice.current()
    return imitates(name, [*people, practice.name, practice.legal_name, *OF_THE_HOUSE])


def imitates(name: str, taken: Iterable[str]) -> bool:
    """Whether one of these stands within it, in whatever order, script, accents or spacing."""
    words = _words(name)
    whole = "".join(words)
    for each in filter(None, map(_words, taken)):
        joined = "".join(each)
        if whole == joined or (len(each) > 1 and {*each} <= {*words}):
            return True
        if len(joined) >= SHORTEST and len(each) > 1 and joined in whole:
            return True
    return False


def _words(name: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", name).casefold().translate(READ_AS)
    letters = "".join(each if each.isalnum() else "" if unicodedata.combining(each) else " " for each in folded)
    return letters.split()
