"""A body as lines of plain words, so that two of them can be compared as people read them."""

import re
from html import unescape

from django.utils.html import strip_tags

LINK = re.compile(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
HEADING = re.compile(r"<h[1-6][^>]*>")
ITEM = re.compile(r"<li[^>]*>")
CELL_END = re.compile(r"(?:</p>)?\s*</t[dh]>\s*(?=<t[dh][ >])")
END = re.compile(r"</(?:p|h[1-6]|li|blockquote|ul|ol|tr|caption|figcaption|div|aside)>|<br ?/?>")


def lines_of(body: str) -> str:
    """One for each paragraph, heading, item and row of a table; where a link leads stands behind it."""
    marked = CELL_END.sub(" | ", LINK.sub(r"\2 (\1)", body))
    marked = END.sub("\n", ITEM.sub("• ", HEADING.sub("§ ", marked)))
    lines = (" ".join(line.split()) for line in unescape(strip_tags(marked)).splitlines())
    return "\n".join(line for line in lines if line and line != "•")
