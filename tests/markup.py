"""HTML as it reads: without the white space that only lays out the files of its templates."""

import re

from django.http import HttpResponse

BLOCKS = (
    "article|aside|body|br|button|caption|dd|details|div|dl|dt|fieldset|footer|form|h[1-6]|head|header|html|img|input|"
    "label|legend|li|link|main|meta|nav|ol|option|p|script|section|select|summary|table|tbody|td|tfoot|th|thead|title|"
    "tr|ul"
)
AROUND_A_BLOCK = re.compile(rf" ?(</?(?:{BLOCKS})\b[^>]*>) ?")
ANSWER = re.compile(r'<(?:h1 class="answer"|div class="alert done")[^>]* tabindex="-1" autofocus>(.*?)</(?:h1|div)>')
WITHIN_WORDS = re.compile(r"(<(?:a|small|span|time)\b[^>]*>) | (</(?:a|small|span|time)>)")


def markup(response: HttpResponse) -> str:
    return tidied(response.content.decode())


def words_of(response: HttpResponse) -> str:
    """The page's text without its tags, one space between words."""
    return _without_tags(response.content.decode())


def heading(response: HttpResponse) -> str:
    """The first of the page, whether or not it has the focus."""
    return response.content.decode().split("<h1", 1)[1].partition(">")[2].partition("</h1>")[0].strip()


def answered(response: HttpResponse) -> str:
    """What the page says first of what was just pressed: its heading, or words beside it, if they have the focus."""
    return _without_tags(found[1]) if (found := ANSWER.search(markup(response))) else ""


def tidied(html: str) -> str:
    """White space as one space, and none where a block or a link begins or ends."""
    one_line = AROUND_A_BLOCK.sub(r"\1", re.sub(r"\s+", " ", html).replace(" >", ">"))
    return WITHIN_WORDS.sub(r"\1\2", one_line)


def _without_tags(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())
