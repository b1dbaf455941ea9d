"""What a checker of HTML and one of accessibility refuse in a page, as far as no browser is needed to see it."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
CONTROLS = {"input", "select", "textarea"}
NEEDS_NO_NAME = {"hidden", "submit", "button", "reset", "image"}
NAMING = ("aria-label", "aria-labelledby", "title")
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)?T?(\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:?\d\d)?)?")


@dataclass
class _Open:
    tag: str
    attrs: dict[str, str]
    has_text: bool = False
    terms: list[str] = field(default_factory=list)
    legend: bool = False


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[_Open] = []
        self.found: list[str] = []
        self.labelled: set[str] = set()
        self.unnamed: list[tuple[str, str]] = []
        self.title = self.doctype = self.lang = ""
        self.term: str | None = None

    def handle_decl(self, decl: str) -> None:
        self.doctype = decl

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.lang = values.get("lang", "")
        elif tag == "label":
            self.labelled.add(values.get("for", ""))
        elif tag == "legend":
            self._inner("fieldset").legend = True
        elif tag == "time" and not MOMENT.fullmatch(values.get("datetime", "")):
            self.found.append(f"no moment: {values['datetime']}")
        elif tag == "dt":
            self.term = ""
        self._look_at_control(tag, values)
        if tag not in VOID:
            self.open.append(_Open(tag, values))

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1].tag == "title" and not any(each.tag == "svg" for each in self.open):
            self.title += data.strip()
        if self.term is not None:
            self.term += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "dt" and self.term is not None:
            self._inner("dl").terms.append(" ".join(self.term.split()))
            self.term = None
        if not any(each.tag == tag for each in self.open):
            return
        while (closed := self.open.pop()).tag != tag:
            pass
        twice = {each for each in closed.terms if closed.terms.count(each) > 1}
        self.found += [f"explained twice: {each}" for each in sorted(twice)]
        if tag == "fieldset" and not closed.legend and not any(closed.attrs.get(name) for name in NAMING):
            self.found.append(f"a group without a name: {closed.attrs}")

    def close(self) -> None:
        super().close()
        self.found += [f"a field without a name: {name}" for name, id in self.unnamed if id not in self.labelled]
        whole = {"a doctype": self.doctype, "a language": self.lang, "a title": self.title}
        self.found += [f"without {what}" for what, value in whole.items() if not value]

    def _look_at_control(self, tag: str, values: dict[str, str]) -> None:
        if tag not in CONTROLS:
            return
        kind = values.get("type", "")
        if kind == "hidden":
            self.found += [f"hidden, with {name}" for name in values if name.startswith("aria-")]
        if tag == "select" and "maxlength" in values:
            self.found.append("a select with a length")
        in_label = any(each.tag == "label" for each in self.open)
        if kind not in NEEDS_NO_NAME and not in_label and not any(values.get(name) for name in NAMING):
            self.unnamed.append((values.get("name", ""), values.get("id", "")))

    def _inner(self, tag: str) -> _Open:
        return next((each for each in reversed(self.open) if each.tag == tag), _Open(tag, {}))


def complaints(html: str) -> list[str]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found
