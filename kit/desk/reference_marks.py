"""Marks such as `[2]` follow their reference when it gets another number, or a wrong source would stand there.

A mark that stood in the text before means the reference that had its number then. One that somebody has typed since
means the numbers as they are now. The words around a mark tell the two apart.
"""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from kit.desk.snapshots import FIELDS, KEY, PARTS, Content
from kit.texts import rich_text

Numbers = Mapping[int, int]  # by the number before, the number now


def follow(before: Content, after: Content) -> tuple[Content, Numbers]:
    """What was saved with its marks mended, and which numbers they follow. Neither content is changed."""
    moved = _moved(before, after)
    if not moved:
        return after, {}
    bodies = [each[FIELDS]["body"] for each in (before, after)]
    known = {claim[KEY]: claim["basis"] for claim in before[PARTS].get("claims", ())}
    claims = [
        claim | {"basis": _with_marks(known.get(claim[KEY], ""), claim["basis"], moved)}
        for claim in after[PARTS].get("claims", ())
    ]
    mended = {
        FIELDS: after[FIELDS] | {"body": _with_marks(*bodies, moved)},
        PARTS: after[PARTS] | {"claims": claims},
    }
    return mended, moved if mended != after else {}


def moved_words(moved: Numbers) -> str:
    """For who has saved it."""
    pairs = ", ".join(f"[{before}] is [{now}]" for before, now in sorted(moved.items()))
    return f"The marks follow their references: {pairs} now."


def _moved(before: Content, after: Content) -> Numbers:
    """A deleted reference whose number another one has now gets a number that none has: it is then complained of."""
    old, new = _numbers(before), _numbers(after)
    moved = {old[key]: new[key] for key in old.keys() & new.keys() if old[key] != new[key]}
    free = max([0, *old.values(), *new.values()]) + 1
    lost = sorted(old[key] for key in old.keys() - new.keys() if old[key] in new.values())
    return moved | {number: free + place for place, number in enumerate(lost)}


def _numbers(content: Content) -> dict[int, int]:
    return {each[KEY]: each["number"] for each in content[PARTS].get("references", ())}


def _with_marks(before: str, after: str, moved: Numbers) -> str:
    pieces = rich_text.split_at_marks(after)
    for place in _as_before(rich_text.split_at_marks(before), pieces):
        pieces[place] = rich_text.renumbered(pieces[place], moved)
    return "".join(pieces)


def _as_before(old: Sequence[str], new: Sequence[str]) -> list[int]:
    """The places of those marks that stood after the same word before."""
    old_words, old_marks = _read(old)
    new_words, new_marks = _read(new)
    same = {0: 0}  # how many words stand before the mark, now and then
    for block in SequenceMatcher(None, old_words, new_words, autojunk=False).get_matching_blocks():
        same |= {block.b + each + 1: block.a + each + 1 for each in range(block.size)}
    found: list[int] = []
    for gap, places in new_marks.items():
        then = old_marks.get(same.get(gap, -1), [])
        if [old[place] for place in then] == [new[place] for place in places]:
            found += places
    return found


def _read(pieces: Sequence[str]) -> tuple[list[str], dict[int, list[int]]]:
    """The words, and the places of the marks by the number of words before them."""
    words: list[str] = []
    marks: dict[int, list[int]] = {}
    for place, piece in enumerate(pieces):
        if place % 2:
            marks.setdefault(len(words), []).append(place)
        else:
            words += piece.split()
    return words, marks
