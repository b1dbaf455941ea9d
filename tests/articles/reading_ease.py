"""How easily a text is read, by Flesch's formula of 1948: 100 is very easy, 65 is plain English."""

import re
from html import unescape

VOWELS = re.compile(r"[aeiouy]+")
SENTENCE_END = re.compile(r"[.!?]+(?=\s|$)|\n+")
WORD = re.compile(r"[A-Za-z’']+")
BLOCK_END = re.compile(r"</(?:p|h2|h3|li|blockquote)>")
MARKS = re.compile(r"\s?\[[\d, –-]+\]")


def reading_ease(html: str) -> float:
    text = MARKS.sub("", unescape(re.sub(r"<[^>]+>", " ", BLOCK_END.sub(".\n", html))))
    sentences = [words for part in SENTENCE_END.split(text) if (words := WORD.findall(part))]
    words = [word for sentence in sentences for word in sentence]
    syllables = sum(map(_syllables, words))
    return 206.835 - 1.015 * len(words) / len(sentences) - 84.6 * syllables / len(words)


def _syllables(word: str) -> int:
    word = word.lower().strip("’'")
    count = len(VOWELS.findall(word))
    if word.endswith("e") and not word.endswith(("le", "ee")) and count > 1:
        count -= 1
    if word.endswith("ed") and not word.endswith(("ted", "ded")) and count > 1:
        count -= 1
    return max(1, count)
