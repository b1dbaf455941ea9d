"""Passwords that somebody guesses who knows people: a word that is in every list, with a year and a sign behind it."""

import re
from functools import cache

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

AT_THE_ENDS = re.compile(r"^[\W\d_]+|[\W\d_]+$")
AS_LETTERS = [str.maketrans("013457@$!", letters) for letters in ("oleastasi", "oieastasi")]
MONTHS = "january february march april may june july august september october november december"
DAYS = "monday tuesday wednesday thursday friday saturday sunday"
CALENDAR = {*MONTHS.split(), *DAYS.split(), "spring", "summer", "autumn", "fall", "winter", "christmas", "easter"}
ROWS = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop", "abcdefghijklmnopqrstuvwxyz"]
FEW = 4  # different signs


class NotGuessableValidator:
    """A word that many choose stays one with a year behind it, in capitals, or with a nought for an o."""

    def validate(self, password: str, user: object = None) -> None:
        for word in cores(password):
            if word in CALENDAR or word in _common() or _is_a_row_of_keys(word):
                raise ValidationError("This is a word that people try first, even with figures and signs.", "guessable")
        if len(set(password.casefold())) <= FEW or not re.search(r"[^\W\d_]", password):
            raise ValidationError("This has too few different letters and signs.", "guessable")

    def get_help_text(self) -> str:
        return "No word that many people choose, also not with a year behind it."


def cores(password: str) -> set[str]:
    """The words that may be hidden in it: without figures and signs at its ends, and with those inside as letters."""
    small = password.casefold()
    spellings = [small, AT_THE_ENDS.sub("", small)]
    spellings += [spelling.translate(letters) for spelling in spellings for letters in AS_LETTERS]
    return {AT_THE_ENDS.sub("", spelling) for spelling in spellings} - {""}


def _is_a_row_of_keys(word: str) -> bool:
    return len(word) >= FEW and any(word in row or word[::-1] in row for row in ROWS)


@cache
def _common() -> set[str]:
    """Django ships the twenty thousand that are most often found in stolen lists."""
    return CommonPasswordValidator().passwords
