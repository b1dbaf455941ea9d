"""What readers write is plain text: no markup, and nothing that cannot be seen or turns other words around."""

import re
import unicodedata

from kit.texts.names import BLANK

MOST_MARKS = 3  # accents on one letter; some scripts have two
MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
HEAPS = re.compile(f"([{MARKS}]{{{MOST_MARKS}}})[{MARKS}]+")
LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# The flags of England, Scotland and Wales are spelt with signs that are removed everywhere else.
FLAG_OR_SIGN = re.compile("(\U0001f3f4[\U000e0061-\U000e007a]{2,6}\U000e007f)|(.)", re.DOTALL)
JOINERS = "\u200c\u200d"  # within emoji, and within words of Persian or Hindi
LOOSE_JOINERS = re.compile(rf"(?<![^\x00-\u024f])[{JOINERS}]+|[{JOINERS}]+(?![^\x00-\u024f])")
UNSEEN = {"Cc", "Cf", "Co", "Cs"}


def plain_lines(text: str) -> str:
    """With its paragraphs; between two of them one empty line."""
    lines = [line.rstrip() for line in _seen(LINE_ENDS.sub("\n", text)).split("\n")]
    return re.sub("\n{3,}", "\n\n", "\n".join(lines)).strip()


def plain_line(text: str) -> str:
    return " ".join(_seen(LINE_ENDS.sub(" ", text)).split())


def _seen(text: str) -> str:
    text = FLAG_OR_SIGN.sub(lambda match: match[1] or _shown(match[2]), text)
    return HEAPS.sub(r"\1", LOOSE_JOINERS.sub("", unicodedata.normalize("NFC", text)))


def _shown(sign: str) -> str:
    if sign == "\n" or sign in JOINERS:
        return sign
    if sign == "\t" or sign in BLANK:
        return " "
    return "" if unicodedata.category(sign) in UNSEEN else sign
