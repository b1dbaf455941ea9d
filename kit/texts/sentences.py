"""Parts of sentences that are the same wherever somebody or something is told of."""

from collections.abc import Sequence

NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


def listed(words: Sequence[str]) -> str:
    """`Ana`, `Ana and Ben`, `Ana, Ben and Carla`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def number_word(number: int) -> str:
    """As a sentence begins: `Two`; in digits from ten on."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)
