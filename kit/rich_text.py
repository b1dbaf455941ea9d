"""Bodies that editors write: stored as plain, sanitised HTML; anchors, contents and marks are made by render()."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

import nh3
from django.utils.html import escape, format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django_prose_editor.fields import ProseEditorField

RENDERER = 1  # one more whenever render() makes something else of the same body; what is kept is then made anew
WORDS_PER_MINUTE = 220
EDITOR_EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto", "tel"]},
    "HardBreak": True,
    "History": True,
}
TAGS = {"h2", "h3", "p", "ul", "ol", "li", "blockquote", "strong", "em", "a", "br"}
HEADING = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)
MARK = re.compile(r"\s*\[(\d{1,3})\]")
RESERVED = {"main", "author", "refs", "brief", "crisis", "toc-h", "offer-h", "aside-h"}  # ids that pages use themselves

_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href"}},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener",
)


def sanitise(html: str) -> str:
    """The one gate for rich text, called by admin, import and demo alike."""
    cleaned = _cleaner.clean(html).strip()
    return cleaned if strip_tags(cleaned).strip() else ""


class RichTextField(ProseEditorField):
    """A body with headings, lists, quotes and links."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, extensions=EDITOR_EXTENSIONS, sanitize=sanitise, **kwargs)


@dataclass(frozen=True)
class Heading:
    anchor: str
    text: str


@dataclass(frozen=True)
class Rendered:
    html: SafeString
    contents: list[Heading]


def render(body: str, *, references: Collection[int] = ()) -> Rendered:
    """Adds anchors to the headings and links `[3]` to reference 3 where there is one.

    The body must have passed sanitise() when it was stored.
    """
    contents: list[Heading] = []

    def with_anchor(match: re.Match[str]) -> str:
        text = strip_tags(match[1])
        taken = RESERVED | {heading.anchor for heading in contents}
        contents.append(heading := Heading(_free_anchor(text, taken), text))
        return f'<h2 id="{heading.anchor}">{match[1]}</h2>'

    html = HEADING.sub(with_anchor, body)
    html = MARK.sub(lambda match: _reference_link(match, references), html)
    return Rendered(mark_safe(html), contents)  # noqa: S308  sanitised when it was stored


def fingerprint(body: str, *, references: Collection[int] = ()) -> str:
    """Of all that render() makes its answer from. Where it is the same, what was made before is still right."""
    return sha256(f"{RENDERER} {sorted(references)} {body}".encode()).hexdigest()


def minutes_to_read(body: str) -> int:
    return max(1, round(len(strip_tags(body).split()) / WORDS_PER_MINUTE))


def _free_anchor(text: str, taken: Collection[str]) -> str:
    anchor = base = slugify(text)[:60] or "part"
    number = 2
    while anchor in taken:
        anchor, number = f"{base}-{number}", number + 1
    return escape(anchor)


def _reference_link(match: re.Match[str], references: Collection[int]) -> str:
    number = int(match[1])
    if number not in references:
        return match[0]
    return format_html('<sup><a href="#r{0}" aria-label="Reference {0}">{0}</a></sup>', number)
