"""Whether a name is one that people see: some letters have no shape, and would leave an empty certificate."""

import unicodedata

BLANK = {"\u115f", "\u1160", "\u2800", "\u3164", "\uffa0"}  # letters and signs by their class, and yet nothing to see
UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Zl", "Zp", "Zs"}


def can_be_seen(name: str) -> bool:
    return any(letter not in BLANK and unicodedata.category(letter) not in UNSEEN for letter in name)
