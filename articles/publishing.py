"""What an article goes through before it is saved, what readers would still miss, and its publication."""

from contextlib import AbstractContextManager
from datetime import date

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import capfirst

from accounts.history import recording
from articles import figures
from articles.editing.models import PublicationPlan, Revision
from articles.editing.revisions import note_revision
from articles.editing.working_copies import (
    SHAPE,
    discard_copy,
    edited,
    gone_since,
    has_working_copy,
    store_article,
    stored,
)
from articles.evidence import claims_without_source
from articles.glossary import missing_terms
from articles.models import Article
from articles.states import may_move, move
from kit.database.locks import lock
from kit.desk.cited_works import missing_numbers, missing_words
from kit.desk.snapshots import Content, lay_over, take
from kit.forms.seen import Facts, check_seen, facts_of
from kit.texts import rich_text
from practice import clock
from practice.old_addresses import whose_it_was

NO_REVIEWER = "Nobody has reviewed it. Name a reviewer, or give the reason why it is published without one."

TAKEN_MEANWHILE = "Another page was changed at the same moment, and stands in its way. Try again."
VANISHES = "It is on the site now; with a day ahead it would vanish until then. Use “Take back” first."


class NoDay(Exception):
    """A published article has the day of its publication."""


class NotReady(Exception):
    """Something is missing; `reasons` are sentences."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


def prepare(article: Article) -> Article:
    """Clean the body and count the minutes it takes; the admin, an import and the demo call it before they save."""
    article.body = rich_text.sanitise(article.body)
    article.minutes = rich_text.minutes_to_read(article.body)
    return article


def publish_article(article: Article, *, seen: str | None = None, on: date | None = None, why: str = "") -> bool:
    """As it is being edited, on its day; `on` is for one that has none yet. A day ahead waits for itself.

    A version that was to go live later does not any more: it would put older words over these.

    `seen` is what a page sealed of it; None if nobody was asked. False if it is published already, and nothing waits.
    Raises kit.forms.seen.ChangedMeanwhile, NoDay and NotReady.
    """
    with transaction.atomic():
        locked = lock_article(article.pk)
        if not may_publish(locked):
            return False
        if seen is not None:
            check_seen(seen, facts_seen(locked))
        publish_content(locked, take(edited(locked), SHAPE), on=on, why=why)
        end_going_live(locked)
    return True


def publish_content(locked: Article, content: Content, *, on: date | None = None, why: str = "") -> None:
    """From here on readers get this. The article must be locked. Raises NoDay and NotReady."""
    shown = lay_over(stored(locked), content, SHAPE)
    if (day := shown.published_on or on) is None:
        raise NoDay
    if reasons := hindrances(shown, why=why):
        raise NotReady(reasons)
    with recording_all_of(locked, why=why):
        _store(locked, content, shown, why)
        if locked.status != Article.Status.PUBLISHED:
            move(locked, Article.Status.PUBLISHED, published_on=day, why=why)
    note_revision(locked, take(stored(locked), SHAPE), kind=Revision.Kind.PUBLISHED)


def _store(locked: Article, content: Content, shown: Article, why: str) -> None:
    """Whoever took its address while this was being decided is named; nothing of it is written."""
    try:
        with transaction.atomic():
            store_article(locked, content)
    except IntegrityError as error:
        raise NotReady(hindrances(shown, why=why) or [TAKEN_MEANWHILE]) from error


def end_going_live(article: Article) -> None:
    """Of what is planned for it, that it leaves the site again is all that may be left."""
    plan = PublicationPlan.objects.filter(article=article)
    plan.filter(goes_off_at=None).delete()
    plan.update(goes_live_at=None, revision=None, hindrance="")


def may_publish(article: Article) -> bool:
    """Whether there is anything that readers do not have yet."""
    return article.status == Article.Status.DRAFT or (
        article.status == Article.Status.PUBLISHED and has_working_copy(article)
    )


def take_back_article(article: Article, *, seen: str | None = None, why: str = "") -> bool:
    """It is a draft again, and keeps its day. `seen` as for publishing.

    False if it is a draft already. Raises kit.forms.seen.ChangedMeanwhile.
    """
    return _leave_site(article, Article.Status.DRAFT, seen=seen, why=why)


def archive_article(article: Article, *, seen: str | None = None, why: str = "") -> bool:
    """Kept for the team, out of the way; its page is off the site. False if it is archived already."""
    return _leave_site(article, Article.Status.ARCHIVED, seen=seen, why=why)


def bring_back_article(article: Article, *, seen: str | None = None, why: str = "") -> bool:
    """Out of the archive: it is a draft again. False if it is not archived."""
    return _leave_site(article, Article.Status.DRAFT, seen=seen, why=why, only_from=Article.Status.ARCHIVED)


def discard_changes(article: Article, *, seen: str | None = None) -> bool:
    """The working copy goes; as a version it stays. False if there is none. Raises kit.forms.seen.ChangedMeanwhile."""
    with transaction.atomic():
        locked = lock_article(article.pk)
        if not has_working_copy(locked):
            return False
        if seen is not None:
            check_seen(seen, facts_seen(locked))
        note_revision(locked, take(edited(locked), SHAPE), kind=Revision.Kind.AUTOSAVED)
        return discard_copy(locked)


def _leave_site(article: Article, to: str, *, seen: str | None, why: str, only_from: str = "") -> bool:
    """What was planned for it is planned no more: nothing brings it back but a person."""
    with transaction.atomic():
        locked = lock_article(article.pk)
        if not may_move(locked, to) or (only_from and locked.status != only_from):
            return False
        if seen is not None:
            check_seen(seen, facts_seen(locked))
        PublicationPlan.objects.filter(article=locked).delete()
        move(locked, to, why=why)
    return True


def lock_article(article_id: int) -> Article:
    """The article as it stands, locked to the end of the caller's transaction. Raises Http404: deleted meanwhile."""
    return lock(Article.objects.defer("cover"), article_id)


def facts_seen(article: Article) -> Facts:
    """The article as it is being edited, with its parts."""
    shown = edited(article)
    return facts_of(shown, parts=[each for part in SHAPE.every_part for each in part.of(shown)])


def recording_all_of(article: Article, *, why: str) -> AbstractContextManager[None]:
    """Writes down what becomes of the article and of its parts within."""
    parts = (part.model._base_manager.filter(**{part.relation.field.name: article}) for part in SHAPE.every_part)
    return recording(article, Article.objects.filter(pk=article.pk), *parts, reason=why)


def hindrances(article: Article, *, why: str = "") -> list[str]:
    """Sentences that say why this cannot be published. Without a reviewer it takes a reason."""
    found = _invalid(article)
    if article.slug != stored(article).slug and (whose := whose_it_was(article, article.slug)):
        found.append(f"{_label('slug')}: {whose}")
    if missing := missing_references(article):
        found.append(missing_words(missing))
    if article.reviewer_id is None and not why:
        found.append(NO_REVIEWER)
    if _would_vanish(article):
        found.append(VANISHES)
    return found


def _would_vanish(article: Article) -> bool:
    """A version from before it was published may bear a day that has not come."""
    is_ahead = article.published_on is not None and article.published_on > clock.today()
    return is_ahead and article.status == Article.Status.PUBLISHED and stored(article).is_published


def _invalid(article: Article) -> list[str]:
    """What the form would have refused, and what has gone or been taken since it was sent."""
    drawn = {field.name for field in Article._meta.concrete_fields if not field.editable}
    try:
        article.full_clean(exclude=drawn)
    except ValidationError as error:
        return [
            " ".join(words) if name == NON_FIELD_ERRORS else f"{_label(name)}: {' '.join(words)}"
            for name, words in error.message_dict.items()
        ]
    return []


def _label(name: str) -> str:
    return capfirst(str(Article._meta.get_field(name).verbose_name))


def complaints(article: Article, *, once_published: bool = False) -> list[str]:
    """Sentences for the editor about what readers would stumble over. Nothing here stops a publication.

    `once_published` asks of a draft what would be said of it afterwards.
    """
    found = []
    if missing := missing_references(article):
        found.append(f"The text points at {_marks(missing)}, but there is no such reference.")
    if strange := figures.missing_pictures(article.body):
        found.append(f"The text shows {_marks(strange, 'picture ')}, and the library has no such picture.")
    found += [
        f"The text links to “{each}” of the glossary, which does not explain it."
        for each in missing_terms(article.body)
    ]
    if article.reviewer_id is None and (once_published or article.status == Article.Status.PUBLISHED):
        found.append("Nobody has reviewed this article, and its page names no reviewer.")
    if article.reviewer_id and article.reviewed_on is None:
        found.append("It names a reviewer, and no day of the review.")
    found += [
        f"The {each} of the changes is no longer there: the article keeps its own." for each in gone_since(article)
    ]
    if bare := claims_without_source(article):
        found.append(f"Claim {', '.join(map(str, bare))} names no source: add a mark, or call it our view.")
    return found


def missing_references(article: Article) -> list[int]:
    """The numbers of marks such as `[3]` in the body for which there is no reference."""
    return missing_numbers(article.body, article.references.all())


def _marks(numbers: list[int], before: str = "") -> str:
    return ", ".join(f"[{before}{number}]" for number in numbers)
