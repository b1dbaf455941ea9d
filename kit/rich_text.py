"""Bodies that editors write: stored as plain, sanitised HTML; anchors, contents and marks are made by render()."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from hashlib import sha256
from html import unescape

import nh3
from django.utils.html import escape, format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django_prose_editor.fields import ProseEditorField

RENDERER = 2  # one more whenever render() makes something else of the same body; what is kept is then made anew
WORDS_PER_MINUTE = 220
Figure = Callable[[int, str], str]
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
MARK = re.compile(r"\s?\[(\d{1,3}(?:(?:, ?|[–-])\d{1,3}){0,20})\]")  # [3], [1, 2], and ranges
PICTURE = re.compile(
    r"<p>\s*\[picture ([1-9][0-9]{0,8})(?:\s*|:([^\[\]<>]*))\]\s*</p>", re.IGNORECASE
)  # alone in its line; read once from left to right, however many blanks there are
TAG = re.compile(r'(<[^"<>]*(?:"[^"]*"[^"<>]*)*>)')  # as the sanitiser writes it
BLOCK_END = re.compile(r"(?=</(?:p|h[23]|li)>|<br>)")
LONGEST_RANGE = 50
WITH_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|[/#?]", re.IGNORECASE)
AN_ADDRESS = re.compile(r"[^\s/@?#:]+@[^\s/@?#:]+\.[^\s/@?#:]+")  # without a scheme
A_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?:[/?#:]\S*)?", re.IGNORECASE)
RESERVED = {"main", "author", "refs", "brief", "crisis", "toc-h", "offer-h", "aside-h"}  # ids that pages use themselves


def _whole_link(tag: str, attribute: str, link: str) -> str:
    """As people type it: `www.example.org` and `noor@example.org` lead where they say, not into this site."""
    link = link.strip()
    if AN_ADDRESS.fullmatch(link):
        return f"mailto:{link}"
    return link if WITH_SCHEME.match(link) or not A_DOMAIN.fullmatch(link) else f"https://{link}"


_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href"}, "*": set()},
    attribute_filter=_whole_link,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener",
)


def sanitise(html: str) -> str:
    """The one gate for rich text, called by admin, import and demo alike.

    Twice, because the first time a link is judged before it is made whole: behind a blank that is none to the sanitiser
    `javascript:` counts as a page of this site.
    """
    cleaned = _cleaner.clean(_cleaner.clean(html)).strip()
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


def render(body: str, *, references: Collection[int] = (), figure: Figure | None = None) -> Rendered:
    """Adds anchors to the headings, and links `[3]`, `[1, 2]` and `[1–3]` to references where there are all of them.

    `figure` makes the HTML of a picture by its number and the words to stand below it; without it none is shown.
    The body must have passed sanitise() when it was stored. Marks are made of text alone, never within a tag or a link.
    """
    contents: list[Heading] = []
    taken = set(RESERVED)
    numbers: dict[str, int] = {}

    def with_anchor(match: re.Match[str]) -> str:
        text = unescape(strip_tags(match[1]))
        contents.append(heading := Heading(_free_anchor(text, taken, numbers), text))
        return f'<h2 id="{heading.anchor}">{match[1]}</h2>'

    html = HEADING.sub(with_anchor, body)
    html = "".join(
        MARK.sub(lambda match: _reference_links(match, references), part) if is_text else part
        for part, is_text in _parts(html)
    )
    html = PICTURE.sub(lambda match: figure(int(match[1]), unescape(match[2] or "").strip()) if figure else "", html)
    return Rendered(mark_safe(html), contents)  # noqa: S308  sanitised when it was stored


def with_marks(line: str, *, references: Collection[int]) -> SafeString:
    """A plain line with its marks as links, where there are such references."""
    return mark_safe(MARK.sub(lambda match: _reference_links(match, references), escape(line)))  # noqa: S308  escaped


def numbers_marked(body: str) -> set[int]:
    """Of the references that the text points at."""
    marks = (match[1] for part, is_text in _parts(body) if is_text for match in MARK.finditer(part))
    return {number for mark in marks for number in _numbers_of(mark)}


def pictures_marked(body: str) -> set[int]:
    """The numbers of those that the text shows."""
    return {int(match[1]) for match in PICTURE.finditer(body)}


def fingerprint(body: str, *, references: Collection[int] = ()) -> str:
    """Of all that render() makes its answer from. Where it is the same, what was made before is still right."""
    return sha256(f"{RENDERER} {sorted(references)} {body}".encode()).hexdigest()


def plain(body: str) -> str:
    """Its words alone, with a blank where a paragraph or a line ends."""
    return unescape(strip_tags(BLOCK_END.sub(" ", PICTURE.sub("", body))))


def minutes_to_read(body: str) -> int:
    return max(1, round(len(strip_tags(PICTURE.sub("", body)).split()) / WORDS_PER_MINUTE))


def _parts(html: str) -> Iterator[tuple[str, bool]]:
    """Tags and texts in their order; a text may hold marks unless it is a link's."""
    is_in_link = False
    for number, part in enumerate(TAG.split(html)):
        if number % 2:
            is_in_link = part.startswith("<a ") or part == "<a>" or (is_in_link and part != "</a>")
        yield part, not number % 2 and not is_in_link


def _free_anchor(text: str, taken: set[str], numbers: dict[str, int]) -> str:
    anchor = base = slugify(text)[:60] or "part"
    while anchor in taken:
        numbers[base] = numbers.get(base, 1) + 1
        anchor = f"{base}-{numbers[base]}"
    taken.add(anchor)
    return escape(anchor)


def _numbers_of(mark: str) -> set[int]:
    """`1, 4–6` is 1, 4, 5 and 6. Of a range that runs backwards, or too far, its ends."""
    found: set[int] = set()
    for each in mark.split(","):
        first, last = (int(end) for end in (re.split("[–-]", each) * 2)[:2])
        found |= {first, last, *(range(first, last + 1) if last - first < LONGEST_RANGE else ())}
    return found


def _reference_links(match: re.Match[str], references: Collection[int]) -> str:
    if not _numbers_of(match[1]) <= set(references):
        return match[0]
    return f"<sup>{re.sub(r'[0-9]+', lambda number: _reference_link(int(number[0])), match[1])}</sup>"


def _reference_link(number: int) -> str:
    return format_html('<a href="#r{0}" aria-label="Reference {0}">{0}</a>', number)
