"""Bodies that editors write: stored as plain, sanitised HTML; anchors, contents and marks are made by render().

A table is a `<table>` with its `<caption>`, a callout an `<aside>` that begins with an `<h3>`, a word that the glossary
explains a link to it: whatever reads HTML reads a body.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import unescape
from typing import Any

import nh3
from django.conf import settings
from django.urls import reverse_lazy
from django.utils.html import escape, format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django_prose_editor.fields import ProseEditorField

RENDERER = 4  # one more whenever render() makes something else of the same body; what is kept is then made anew
WORDS_PER_MINUTE = 220
Figure = Callable[[int, str, str], str]
MENU = ("headings", "lists", "nodes -blockType -lists", "marks", "link", "source", "callout", "table", "history")
EDITOR_EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": {"enableListAttributes": False},
    "ListItem": True,
    "Blockquote": True,
    "BodyLink": {
        "enableTarget": False,
        "protocols": ["http", "https", "mailto", "tel"],
        "pages": reverse_lazy("admin:own_pages"),
    },
    "HardBreak": True,
    "History": True,
    "BodyTable": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "Callout": True,
    "BodyMarks": True,
    "BodyField": True,
    "Menu": {"groups": [{"group": group} for group in MENU]},
}
TABLE_TAGS = {"table", "caption", "thead", "tbody", "tr", "th", "td"}
TAGS = {"h2", "h3", "p", "ul", "ol", "li", "blockquote", "strong", "em", "a", "br", "aside", *TABLE_TAGS}
SPANS = {"colspan", "rowspan"}
SPAN = re.compile(r"[2-9]|[12][0-9]")  # of a cell over columns or rows
START = re.compile(r"[1-9][0-9]{0,2}")  # of a list that goes on
NUMBERS = {"start": START, "colspan": SPAN, "rowspan": SPAN}
HEADING = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)
MARKED = r"\d{1,3}(?:(?:, ?|[–-])\d{1,3}){0,20}"  # as in [3], [1, 2], and ranges
MARK = re.compile(rf"\s?\[({MARKED})\]")
MARK_AS_WRITTEN = re.compile(rf"(\[{MARKED}\])")
PICTURE = re.compile(
    r"<p>\s*\[picture ([1-9][0-9]{0,8})(?:\s*\(([^()\[\]<>]*)\))?(?:\s*|:([^\[\]<>]*))\]\s*</p>", re.IGNORECASE
)  # alone in its line; read once from left to right, however many blanks there are
TAG = re.compile(r'(<[^"<>]*(?:"[^"]*"[^"<>]*)*>)')  # as the sanitiser writes it
BLOCK_END = re.compile(r"(?=</(?:p|h[23]|li|t[dh]|caption)>|<br>)")
TABLE = re.compile(r"<table>(\s*<caption>(?!\s*</caption>))?")
ROW = re.compile(r"<tr>(?:(?!</?tr>).)*</tr>", re.DOTALL)  # of a table within a cell, the inner one
HEADER_CELL = re.compile(r"<th(?=[ >])")
CALLOUT = re.compile(r"<aside>(\s*<h3>)?")
LINK = re.compile(r'<a href="([^"]*)"')
LONGEST_RANGE = 50
WITH_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|[/#?]", re.IGNORECASE)
AN_ADDRESS = re.compile(r"[^\s/@?#:]+@[^\s/@?#:]+\.[^\s/@?#:]+")  # without a scheme
A_NUMBER = re.compile(r"\+?[0-9(][0-9 ()-]{5,20}[0-9]")  # to be called
A_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?:[/?#:]\S*)?", re.IGNORECASE)
RESERVED = {"main", "author", "refs", "brief", "crisis", "toc-h", "offer-h", "aside-h"}  # ids that pages use themselves


def _kept(tag: str, attribute: str, value: str) -> str | None:
    """What is kept of an attribute, of those that may be there at all."""
    if attribute == "href":
        return _whole_link(value)
    if attribute in NUMBERS:
        return value if NUMBERS[attribute].fullmatch(value) else None
    return value  # that a link tells the page it leads to nothing of this one


def _whole_link(link: str) -> str:
    """As people type it: `www.example.org` and `noor@example.org` lead where they say, not into this site.

    A page of this site is named without the site, so that it is found wherever the site moves.
    """
    link = link.strip()
    if AN_ADDRESS.fullmatch(link):
        return f"mailto:{link}"
    if A_NUMBER.fullmatch(link):
        return f"tel:{re.sub(r'[^0-9+]', '', link)}"
    whole = link if WITH_SCHEME.match(link) or not A_DOMAIN.fullmatch(link) else f"https://{link}"
    return re.sub(rf"^https?://(?:www\.)?{_own_name()}(?:/+|(?=[?#])|$)", "/", whole, count=1, flags=re.IGNORECASE)


def _own_name() -> str:
    """Of the site, as a part of a pattern; whoever types it may leave out or add the “www.”."""
    return re.escape(settings.SITE_URL.partition("://")[2].removeprefix("www."))


_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href"}, "ol": {"start"}, "td": SPANS, "th": SPANS, "*": set()},
    attribute_filter=_kept,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener",
)


def sanitise(html: str) -> str:
    """The one gate for rich text: of forms, of what is kept while somebody types, and of every row that is written.

    Twice, because the first time a link is judged before it is made whole: behind a blank that is none to the sanitiser
    `javascript:` counts as a page of this site.
    """
    cleaned = _cleaner.clean(_cleaner.clean(html)).strip()
    return cleaned if strip_tags(cleaned).strip() else ""


class RichTextField(ProseEditorField):
    """A body with headings, lists, quotes, links, tables and callouts. Whatever writes it, it passes the gate."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, extensions=EDITOR_EXTENSIONS, sanitize=sanitise, **kwargs)

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return sanitise(value) if isinstance(value, str) else value


@dataclass(frozen=True)
class Heading:
    anchor: str
    text: str


@dataclass(frozen=True)
class Rendered:
    html: SafeString
    contents: list[Heading]


def render(
    body: str,
    *,
    references: Collection[int] = (),
    figure: Figure | None = None,
    meanings: Mapping[str, str] | None = None,
) -> Rendered:
    """Adds anchors to the headings, and links `[3]`, `[1, 2]` and `[1–3]` to references where there are all of them.

    Tables get a frame in which they scroll, and rows and columns that know their headers; callouts get their name.
    A link whose address is among the `meanings` is shown as a word that is explained there.
    `figure` makes the HTML of a picture by its number, what it shows here and the words to stand below it; without it
    none is shown.
    The body must have passed sanitise() when it was stored. Marks are made of text alone, never within a tag or a link.
    """
    contents: list[Heading] = []
    taken = set(RESERVED)
    numbers: dict[str, int] = {}

    def with_anchor(match: re.Match[str]) -> str:
        text = unescape(strip_tags(match[1]))
        contents.append(heading := Heading(_free_anchor(text, taken, numbers), text))
        return f'<h2 id="{heading.anchor}">{match[1]}</h2>'

    html = _with_names(HEADING.sub(with_anchor, body), taken)
    html = LINK.sub(lambda match: _explained(match, meanings), html) if meanings else html
    html = "".join(
        MARK.sub(lambda match: _reference_links(match, references), part) if is_text else part
        for part, is_text in _parts(html)
    )
    html = PICTURE.sub(lambda match: figure(*_picture(match)) if figure else "", html)
    return Rendered(mark_safe(html), contents)  # noqa: S308  sanitised when it was stored


def with_marks(line: str, *, references: Collection[int]) -> SafeString:
    """A plain line with its marks as links, where there are such references."""
    return mark_safe(MARK.sub(lambda match: _reference_links(match, references), escape(line)))  # noqa: S308  escaped


def numbers_marked(body: str) -> set[int]:
    """Of the references that the text points at."""
    marks = (match[1] for part, is_text in _parts(body) if is_text for match in MARK.finditer(part))
    return {number for mark in marks for number in _numbers_of(mark)}


def split_at_marks(body: str) -> list[str]:
    """Every second piece is a mark, as it is written; all together they are the body."""
    pieces = [""]
    for part, is_text in _parts(body):
        first, *others = MARK_AS_WRITTEN.split(part) if is_text else [part]
        pieces[-1] += first
        pieces += others
    return pieces


def renumbered(mark: str, moved: Mapping[int, int]) -> str:
    """`[1–3]` is `[1, 3, 4]` where number 2 is 4 now. A mark that nothing changes stays as it is written."""
    numbers = _numbers_of(mark[1:-1])
    if not numbers & moved.keys():
        return mark
    runs: list[list[int]] = []
    for number in sorted({moved.get(each, each) for each in numbers}):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return f"[{', '.join(f'{run[0]}–{run[-1]}' if len(run) > 2 else ', '.join(map(str, run)) for run in runs)}]"


def pictures_marked(body: str) -> set[int]:
    """The numbers of those that the text shows."""
    return {*pictures_in_order(body)}


def pictures_in_order(body: str) -> list[int]:
    """The same as they come, each once."""
    return list(dict.fromkeys(int(match[1]) for match in PICTURE.finditer(body)))


def links_of(body: str) -> list[str]:
    """Where it leads, each once, in their order."""
    return list(dict.fromkeys(unescape(link) for link in LINK.findall(body)))


def relinked(body: str, leads: Callable[[str], str]) -> str:
    """With each link as `leads` has it."""
    return LINK.sub(lambda link: f'<a href="{escape(leads(unescape(link[1])))}"', body)


def fingerprint(body: str, *, references: Collection[int] = (), meanings: Mapping[str, str] | None = None) -> str:
    """Of all that render() makes its answer from. Where it is the same, what was made before is still right."""
    explained = sorted(meanings.items()) if meanings else ""
    made_from = sha256(f"{sorted(references)} {explained} {body}".encode()).hexdigest()
    return f"{rendered_now()}{made_from[:60]}"


def rendered_now() -> str:
    """How each fingerprint begins that is of this renderer."""
    return f"{RENDERER}:"


def plain(body: str) -> str:
    """Its words alone, with a blank where a paragraph or a line ends."""
    return unescape(strip_tags(BLOCK_END.sub(" ", PICTURE.sub("", body))))


def minutes_to_read(body: str) -> int:
    return max(1, round(len(plain(body).split()) / WORDS_PER_MINUTE))


def _picture(match: re.Match[str]) -> tuple[int, str, str]:
    here, caption = (unescape(words or "").strip() for words in match.groups()[1:])
    return int(match[1]), here, caption


def _parts(html: str) -> Iterator[tuple[str, bool]]:
    """Tags and texts in their order; a text may hold marks unless it is a link's."""
    is_in_link = False
    for number, part in enumerate(TAG.split(html)):
        if number % 2:
            is_in_link = part.startswith("<a ") or part == "<a>" or (is_in_link and part != "</a>")
        yield part, not number % 2 and not is_in_link


def _with_names(html: str, taken: set[str]) -> str:
    """Tables and callouts, each with what it is called."""
    numbers: dict[str, int] = {}

    def framed(match: re.Match[str]) -> str:
        anchor = _free_anchor("table", taken, numbers)
        if not match[1]:
            label = anchor.replace("-", " ").capitalize()
            return f'<div class="scroll" role="region" aria-label="{label}" tabindex="0"><table>'
        frame = f'<div class="scroll" role="region" aria-labelledby="{anchor}" tabindex="0"><table>'
        return f'{frame}<caption id="{anchor}">'

    def named(match: re.Match[str]) -> str:
        if not match[1]:
            return '<aside class="note" aria-label="Note">'
        anchor = _free_anchor("note", taken, numbers)
        return f'<aside class="note" aria-labelledby="{anchor}"><h3 id="{anchor}">'

    html = ROW.sub(_with_headers, html)
    html = TABLE.sub(framed, html).replace("</table>", "</table></div>")
    return CALLOUT.sub(named, html)


def _with_headers(row: re.Match[str]) -> str:
    """Where all cells of a row are headers they stand over their columns, else before their row."""
    scope = "row" if "<td" in row[0] else "col"
    return HEADER_CELL.sub(f'<th scope="{scope}"', row[0])


def _explained(link: re.Match[str], meanings: Mapping[str, str]) -> str:
    meaning = meanings.get(unescape(link[1]))
    return format_html('<a class="term" title="{}" href="{}"', meaning, unescape(link[1])) if meaning else link[0]


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
