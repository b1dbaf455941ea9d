"""Whatever is sent as a body: of it come the tags and attributes that a body may have, and no others."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

from kit.texts.rich_text import TAGS, sanitise
from tests.hostile.bodies import hostile_bodies

ADDED = {"div", "sup"}
ATTRIBUTES = {
    "a": {"href", "rel", "class", "title", "aria-label"},
    "div": {"class", "role", "aria-label", "aria-labelledby", "tabindex"},
    "aside": {"class", "aria-label", "aria-labelledby"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "ol": {"start"},
    **{tag: {"id"} for tag in ("h2", "h3", "caption")},
}
CLASSES = {"scroll", "note", "term"}
SCHEMES = {"", "http", "https", "mailto", "tel"}


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.strange: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS | ADDED:
            self.strange.append(tag)
        for name, value in attrs:
            is_known = name in ATTRIBUTES.get(tag, set())
            is_ours = name != "class" or value in CLASSES
            leads_well = name != "href" or urlsplit(value or "").scheme in SCHEMES
            if not (is_known and is_ours and leads_well):
                self.strange.append(f"{tag} {name}={value}")


def test_nothing_but_what_a_body_may_have_comes_of_hostile_html():
    bodies = list(hostile_bodies())
    found = {}
    for sent, shown in bodies:
        seen = Seen()
        seen.feed(shown)
        if seen.strange:
            found[sent] = seen.strange

    assert (found, len(bodies) > 350) == ({}, True)


def test_what_is_stored_of_hostile_html_passes_the_gate_unchanged():
    bodies = [sanitise(sent) for sent, _ in hostile_bodies()]

    assert [body for body in bodies if sanitise(body) != body] == []
