"""Two texts compared as people read them: paragraph by paragraph, and word by word within those that changed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

SAME, GONE, NEW = "same", "gone", "new"
ELEMENTS = {SAME: "{}", GONE: "<del>{}</del>", NEW: "<ins>{}</ins>"}
MOST_WORDS = 4000  # that one paragraph is compared by; a longer one is shown as a whole, before and after
WORD = re.compile(r"\s+|[^\W_]+(?:[’'][^\W_]+)*|.", re.DOTALL)


@dataclass(frozen=True)
class Run:
    kind: str
    words: str

    @property
    def html(self) -> SafeString:
        return format_html(ELEMENTS[self.kind], self.words)


@dataclass
class Paragraph:
    runs: list[Run] = field(default_factory=list)

    @property
    def html(self) -> SafeString:
        """What is gone and what is new in the elements that say so."""
        return format_html_join("", "{}", ((run.html,) for run in self.runs))

    @property
    def is_changed(self) -> bool:
        return any(run.kind != SAME for run in self.runs)


def compare(before: str, after: str) -> list[Paragraph]:
    """A paragraph is a line."""
    old, new = before.splitlines(), after.splitlines()
    found: list[Paragraph] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found += [Paragraph([Run(SAME, line)]) for line in old[i1:i2]]
        else:
            found += _pairs(old[i1:i2], new[j1:j2])
    return found


def changed_only(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    return [each for each in paragraphs if each.is_changed]


def _pairs(old: Sequence[str], new: Sequence[str]) -> Iterator[Paragraph]:
    both = min(len(old), len(new))
    for before, after in zip(old[:both], new[:both], strict=True):
        yield Paragraph(list(_runs(before, after)))
    yield from (Paragraph([Run(GONE, line)]) for line in old[both:])
    yield from (Paragraph([Run(NEW, line)]) for line in new[both:])


def _runs(before: str, after: str) -> Iterator[Run]:
    old, new = WORD.findall(before), WORD.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        yield from (Run(GONE, before), Run(NEW, after))
        return
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Run(SAME, "".join(old[i1:i2]))
            continue
        if i2 > i1:
            yield Run(GONE, "".join(old[i1:i2]))
        if j2 > j1:
            yield Run(NEW, "".join(new[j1:j2]))
