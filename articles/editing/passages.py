"""The passage that a comment of a review is about: copied from the text, and looked for in it each time it is shown."""

import re
from collections.abc import Iterable

from articles.editing.models import ReviewRequest
from articles.editing.working_copies import edited
from articles.models import Article
from kit.texts.rich_text import MARK, plain

QUOTES = str.maketrans("‘’“”", "''\"\"")


def stands_in(article: Article, passage: str) -> bool:
    """Whether the article, as it is being edited, says this."""
    return _says(_readings(article), passage)


def note_changed(article: Article, requests: Iterable[ReviewRequest]) -> None:
    """With each comment of these that is about a passage, whether it has changed since."""
    about = [each for asked in requests for each in asked.comments.all() if each.passage]
    readings = _readings(article) if about else []
    for comment in about:
        comment.passage_has_changed = not _says(readings, comment.passage)


def _readings(article: Article) -> list[str]:
    """As one copies it from its form, or from its page, where marks are numbers without brackets."""
    text = _words_of(edited(article))
    return [_spelled(each) for each in (text, MARK.sub("", text), MARK.sub(r"\1", text))]


def _says(readings: list[str], passage: str) -> bool:
    return any(_spelled(passage) in each for each in readings)


def _words_of(article: Article) -> str:
    claims = (words for claim in article.claims.all() for words in (claim.sentence, claim.basis))
    text = [article.title, article.summary, article.in_brief, plain(article.body), article.would_change]
    return " ".join([*text, *claims])


def _spelled(words: str) -> str:
    """However it is broken into lines, and whichever quotes a program made of it."""
    return re.sub(r"\s+", " ", words).strip().translate(QUOTES).casefold()
