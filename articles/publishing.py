"""What an article goes through before it is saved, what readers would still miss, and its publication."""

from datetime import date

from django.db import transaction

from articles import figures
from articles.evidence import claims_without_source
from articles.models import Article
from articles.states import move
from kit import rich_text
from kit.seen import Facts, check_seen, facts_of
from kit.times import short_day
from practice import clock


class NoDay(Exception):
    """A published article has the day of its publication."""


def prepare(article: Article) -> Article:
    """Clean the body and count the minutes it takes; the admin, an import and the demo call it before they save."""
    article.body = rich_text.sanitise(article.body)
    article.minutes = rich_text.minutes_to_read(article.body)
    return article


def publish_article(article: Article, *, seen: str | None = None, on: date | None = None, why: str = "") -> bool:
    """On its day; `on` is for one that has none yet. A day ahead waits for itself.

    `seen` is what a page sealed of it; None if nobody was asked. False if it is published already. Raises
    kit.seen.ChangedMeanwhile and NoDay.
    """
    with transaction.atomic():
        locked = lock_article(article.pk)
        if locked.status == Article.Status.PUBLISHED:
            return False
        if seen is not None:
            check_seen(seen, facts_seen(locked))
        day = locked.published_on or on
        if day is None:
            raise NoDay
        move(locked, Article.Status.PUBLISHED, published_on=day, why=why)
    return True


def take_back_article(article: Article, *, seen: str | None = None, why: str = "") -> bool:
    """It is a draft again, and keeps its day. `seen` as for publishing.

    False if it is a draft already. Raises kit.seen.ChangedMeanwhile.
    """
    with transaction.atomic():
        locked = lock_article(article.pk)
        if locked.status == Article.Status.DRAFT:
            return False
        if seen is not None:
            check_seen(seen, facts_seen(locked))
        move(locked, Article.Status.DRAFT, why=why)
    return True


def lock_article(article_id: int) -> Article:
    """The article as it stands, locked to the end of the caller's transaction."""
    return Article.objects.select_for_update(of=("self",)).defer("cover").get(pk=article_id)


def facts_seen(article: Article) -> Facts:
    """The article with its references, claims and changes."""
    return facts_of(article, parts=[*article.references.all(), *article.claims.all(), *article.changes.all()])


def standing(article: Article) -> str:
    """`goes live on Mon 30 Nov 2026`, `published since Thu 1 Jan 2026`, `draft`."""
    day = article.published_on
    if article.status == Article.Status.DRAFT or day is None:
        return article.get_status_display()
    words = "goes live on" if day > clock.today() else "published since"
    return f"{words} {short_day(day)} {day.year}"


def complaints(article: Article, *, once_published: bool = False) -> list[str]:
    """Sentences for the editor about what readers would stumble over. Nothing here stops a publication.

    `once_published` asks of a draft what would be said of it afterwards.
    """
    found = []
    if missing := missing_references(article):
        found.append(f"The text points at {_marks(missing)}, but there is no such reference.")
    if strange := figures.missing_pictures(article.body):
        found.append(f"The text shows {_marks(strange, 'picture ')}, and the library has no such picture.")
    if article.reviewer_id is None and (once_published or article.status == Article.Status.PUBLISHED):
        found.append("Nobody has reviewed this article, and its page names no reviewer.")
    if article.reviewer_id and article.reviewed_on is None:
        found.append("It names a reviewer, and no day of the review.")
    if bare := claims_without_source(article):
        found.append(f"Claim {', '.join(map(str, bare))} names no source: add a mark, or call it our view.")
    return found


def missing_references(article: Article) -> list[int]:
    """The numbers of marks such as `[3]` in the body for which there is no reference."""
    marks = rich_text.numbers_marked(article.body)
    return sorted(marks - set(article.references.values_list("number", flat=True)))


def _marks(numbers: list[int], before: str = "") -> str:
    return ", ".join(f"[{before}{number}]" for number in numbers)
