import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from search.asking import Asked, asked_for
from search.words import stem_of, stems_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("relationships", "Relationship"),
        ("grieving", "GRIEVED"),
        ("café", "CAFE"),
        ("Carla’s", "carlas"),
        ("Carla's", "Carlaʼs"),
        ("Łódź", "lodz"),
        ("Straße", "STRASSE"),
        ("ﬁnding", "finding"),
        ("naïve", "nai\u0308ve"),
    ],
)
def test_words_that_are_written_differently_are_one(one, other):
    assert stem_of(one) == stem_of(other)


def test_people_who_search_at_the_same_moment_have_their_own_words():
    """Within a word the threads take turns so often that one that is shared would be another's."""
    words = [
        f"{word}{end}" for word in ("generational", "hopefulness", "relating") for end in ("", "ly", "ing", "ization")
    ]
    alone = {word: stem_of.__wrapped__(word) for word in words}
    turns, interval = words * 200, sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as people:
            found = list(
                people.map(lambda some: [stem_of.__wrapped__(word) for word in some], [turns, turns[::-1]] * 2)
            )
    finally:
        sys.setswitchinterval(interval)

    assert [
        dict(zip(some, stems, strict=True)) for some, stems in zip([turns, turns[::-1]] * 2, found, strict=True)
    ] == [alone] * 4


@pytest.mark.parametrize("word", ["12", "1e5", "3rd", "日本語", "Приветствие", "🌱", "a" * 300, "'", "²", "x0", "ⅷ"])
def test_no_database_reads_anything_into_a_stem(word):
    assert all(each in "abcdefghijklmnopqrstuvwxyz0123456789" for each in stem_of(word))
    assert not stem_of(word)[:1].isdigit()


def test_a_word_that_parts_titles_from_texts_cannot_be_asked_for():
    assert "x0" not in [stem_of(word) for word in ["x0", "X0", "0", "n0"]]


def test_signs_end_words_and_are_none():
    assert stems_of("secure-base, (1988): _why_/“how”") == ["secur", "base", "n1988", "whi", "how"]


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("", Asked()),
        ("  *&|!():-'\" ", Asked()),
        ("grief", Asked((("grief",),), is_begun=True)),
        ("grief ", Asked((("grief",),))),
        ("how do I grieve", Asked((("griev",),), is_begun=True)),
        ("who are you", Asked((("who",), ("are",), ("you",)), is_begun=True)),
        ("“window of tolerance” trauma", Asked((("window", "of", "toler"), ("trauma",)), is_begun=True)),
        ('trauma "window of', Asked((("trauma",), ("window",)))),
        ("grief OR NOT loss AND", Asked((("grief",), ("loss",)))),
        ("loss loss losses x", Asked((("loss",), ("x",)))),
    ],
)
def test_what_is_typed_is_read_as_words_and_phrases(typed, asked):
    assert asked_for(typed) == asked


def test_what_is_typed_is_bounded():
    asked = asked_for(" ".join(f"word{number}" for number in range(500)))

    assert len(asked.phrases) == 12
