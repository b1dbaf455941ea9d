"""A guide of this house, which is written in Markdown, as a page of the desk."""

from collections.abc import Callable, Iterable, Iterator

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

Source = Callable[[str], str]  # of a picture: its name in the text, and the address that it has for a browser


def as_html(text: str, *, source: Source) -> SafeString:
    """The first heading is left out: the page has it. Links to other files of the house are named only."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = [_adapted(token, source) for token in parser.parse(text)]
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", slugify(tokens[at + 1].content))
        elif token.type == "table_open":
            token.attrSet("aria-label", _columns(tokens, at))
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", lambda *_: "</table></div>\n")
    return mark_safe(parser.renderer.render(_without_title(tokens), parser.options, {}))  # noqa: S308  html is off


def _adapted(token: Token, source: Source) -> Token:
    if token.type == "th_open":
        token.attrSet("scope", "col")
    elif token.type == "image":
        token.attrs = {"src": source(str(token.attrs["src"])), "alt": "", "loading": "lazy"}
    elif token.type == "inline":
        adapted = (_adapted(child, source) for child in token.children or ())
        token.children = list(_without_links_elsewhere(adapted))
    return token


def _without_links_elsewhere(children: Iterable[Token]) -> Iterator[Token]:
    leads_elsewhere = False
    for each in children:
        if each.type == "link_open":
            leads_elsewhere = not str(each.attrs["href"]).startswith("#")
        if not (leads_elsewhere and each.type in {"link_open", "link_close"}):
            yield each


def _columns(tokens: list[Token], at: int) -> str:
    row = [token.type for token in tokens[at:]].index("tr_close")
    heads = (token.children or () for token in tokens[at : at + row] if token.type == "inline")
    return f"Table: {', '.join(''.join(child.content for child in head) for head in heads)}"


def _table_open(renderer, tokens: list[Token], at: int, *_) -> str:
    """It scrolls by itself, by the keyboard too."""
    frame = '<div class="guide__table" role="region" aria-label="{}" tabindex="0"><table>\n'
    return format_html(frame, tokens[at].attrGet("aria-label"))


def _without_title(tokens: list[Token]) -> list[Token]:
    is_title = bool(tokens) and (tokens[0].type, tokens[0].tag) == ("heading_open", "h1")
    return tokens[3:] if is_title else tokens
