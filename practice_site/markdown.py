"""The little Markdown that the guides of this house are written in, made into HTML."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from django.utils.html import escape, format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

HEADING = re.compile(r"(#{1,3}) (.+)")
ITEM = re.compile(r"(-|\d+\.) ")
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
RULE = re.compile(r"\|[-|: ]+\|")
CELL_END = re.compile(r"\|(?=(?:[^`]*`[^`]*`)*[^`]*$)")  # not within code
CODE = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*", re.DOTALL)
SLANTED = re.compile(r"\*(?=\S)(.+?)(?<=\S)\*", re.DOTALL)


@dataclass(frozen=True)
class Chapter:
    level: int
    anchor: str
    title: str


Source = Callable[[str], str]  # of a picture: its name in the text, and the address that it has for a browser


def chapters_of(text: str) -> list[Chapter]:
    """Its headings, with the anchors that they have wherever Markdown is shown."""
    found = (HEADING.fullmatch(line) for line in text.splitlines())
    return [Chapter(len(each[1]), slugify(each[2]), each[2]) for each in found if each]


def as_html(text: str, *, source: Source) -> SafeString:
    """Headings, paragraphs, lists and tables; in them bold, slanted, code and links. The first heading is left out."""
    blocks = (block for block in re.split(r"\n{2,}", text.strip()) if block)
    html = (part for block in blocks for part in _parts(block.splitlines(), source))
    return mark_safe("\n".join(filter(None, html)))  # noqa: S308  all words are escaped below


def _parts(lines: list[str], source: Source) -> Iterator[str]:
    """A heading, a list or a table may stand right below another line."""
    kinds = [_kind_of(line) for line in lines]
    for at, kind in enumerate(kinds[1:], 1):
        if kind == "words" and kinds[at - 1] == "item":
            kinds[at] = "item"  # it goes on
    for kind, numbered in groupby(range(len(lines)), key=kinds.__getitem__):
        yield _html_of(kind, [lines[each] for each in numbered], source)


def _kind_of(line: str) -> str:
    if HEADING.fullmatch(line):
        return "heading"
    if ITEM.match(line):
        return "item"
    if line.startswith("|"):
        return "row"
    return "picture" if PICTURE.fullmatch(line) else "words"


def _html_of(kind: str, lines: list[str], source: Source) -> str:
    if kind == "heading":
        return "".join(_heading(*match.groups()) for line in lines if (match := HEADING.fullmatch(line)))
    if kind == "item":
        return _list(lines)
    if kind == "row":
        return _table(lines)
    if kind == "picture":
        pictures = (PICTURE.fullmatch(line) for line in lines)
        img = '<p><img src="{}" alt="{}" loading="lazy"></p>'
        return "".join(format_html(img, source(each[2]), each[1]) for each in pictures if each)
    return f"<p>{_words(' '.join(lines))}</p>"


def _heading(marks: str, title: str) -> str:
    if len(marks) == 1:
        return ""
    return f'<h{len(marks)} id="{slugify(title)}">{_words(title)}</h{len(marks)}>'


def _list(lines: Iterable[str]) -> str:
    items: list[list[str]] = []
    is_numbered = False
    for line in lines:
        if mark := ITEM.match(line):
            is_numbered = mark[1] != "-"
            items.append([line[mark.end() :]])
        else:
            items[-1].append(line.strip())
    tag = "ol" if is_numbered else "ul"
    html = "".join(f"<li>{_words(' '.join(item))}</li>" for item in items)
    return f"<{tag}>{html}</{tag}>"


def _table(lines: list[str]) -> str:
    cells = (CELL_END.split(line.strip("|")) for line in lines if not RULE.fullmatch(line))
    head, *rows = ([_words(cell.strip()) for cell in row] for row in cells)
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    name = strip_tags(", ".join(head))  # escaped already
    frame = f'<div class="guide__table" role="region" aria-label="Table: {name}" tabindex="0">'
    return f"{frame}<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"


def _words(text: str) -> str:
    """What stands in code is taken as it is."""
    parts = CODE.split(text)
    return "".join(f"<code>{escape(part)}</code>" if at % 2 else _marked(part) for at, part in enumerate(parts))


def _marked(text: str) -> str:
    html = LINK.sub(lambda link: _link(link[1], link[2]), escape(text))
    return SLANTED.sub(r"<em>\1</em>", BOLD.sub(r"<strong>\1</strong>", html))


def _link(words: str, address: str) -> str:
    """Within the text; other files are named only."""
    return f'<a href="{address}">{words}</a>' if address.startswith("#") else words
