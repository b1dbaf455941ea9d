"""Plain text as readers send it."""

import pytest

from articles.commenting.plain_words import plain_line, plain_lines

FAMILY, ENGLAND = "👩\u200d👩\u200d👧", "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a \n\n\n\n\n b", "a\n\n b"),
        ("\n\n a \n\n", "a"),
        ("a\u202eb\u2066c\u200fd", "abcd"),
        ("a\u200bb\ufeffc\u00add\u2060e", "abcde"),
        ("a\x00b\x1bc\x08", "abc"),
        ("a\tb\u2800c\u3164d", "a b c d"),
        ("p\u200dq", "pq"),
        (f"{FAMILY} {ENGLAND} 🌿❤️", f"{FAMILY} {ENGLAND} 🌿❤️"),
        ("x\U000e0067\U000e0062y", "xy"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("Z" + "\u0317" * 50, "Z" + "\u0317" * 3),
        ("e\u0301", "é"),
        ("\ue000a", "a"),
    ],
)
def test_what_cannot_be_seen_or_turns_words_around_is_gone(sent, kept):
    assert plain_lines(sent) == kept


def test_a_name_stands_on_one_line():
    assert plain_line(" Marit\r\n  of\tHull \u202e") == "Marit of Hull"
