"""HTML as it reads: without the white space that only lays out the files of its templates."""

import re

from django.http import HttpResponse

BLOCKS = (
    "article|aside|body|br|button|caption|dd|details|div|dl|dt|fieldset|footer|form|h[1-6]|head|header|html|img|input|"
    "label|legend|li|link|main|meta|nav|ol|option|p|script|section|select|summary|table|tbody|td|tfoot|th|thead|title|"
    "tr|ul"
)
AROUND_A_BLOCK = re.compile(rf" ?(</?(?:{BLOCKS})\b[^>]*>) ?")
WITHIN_WORDS = re.compile(r"(<(?:a|small|span|time)\b[^>]*>) | (</(?:a|small|span|time)>)")


def markup(response: HttpResponse) -> str:
    return tidied(response.content.decode())


def tidied(html: str) -> str:
    """White space as one space, and none where a block or a link begins or ends."""
    one_line = AROUND_A_BLOCK.sub(r"\1", re.sub(r"\s+", " ", html).replace(" >", ">"))
    return WITHIN_WORDS.sub(r"\1\2", one_line)
