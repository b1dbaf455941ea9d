"""What an article goes through before it is saved, and what is still missing before people should read it."""

from articles.models import Article
from kit import rich_text


def prepare(article: Article) -> Article:
    """Clean the body and count the minutes it takes; the admin, an import and the demo call it before they save."""
    article.body = rich_text.sanitise(article.body)
    article.minutes = rich_text.minutes_to_read(article.body)
    return article


def complaints(article: Article) -> list[str]:
    """Sentences for the editor about what readers would stumble over. Nothing here stops a publication."""
    found = []
    if missing := missing_references(article):
        found.append(f"The text points at {_marks(missing)}, but there is no such reference.")
    if article.status == Article.Status.PUBLISHED and article.reviewer_id is None:
        found.append("Nobody has reviewed this article; the site tells readers that a second clinician checks them.")
    return found


def missing_references(article: Article) -> list[int]:
    """The numbers of marks such as `[3]` in the body for which there is no reference."""
    marks = {int(number) for number in rich_text.MARK.findall(article.body)}
    return sorted(marks - set(article.references.values_list("number", flat=True)))


def _marks(numbers: list[int]) -> str:
    return ", ".join(f"[{number}]" for number in numbers)
