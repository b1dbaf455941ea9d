"""Versions of an article: one at each save, and while somebody types one every few minutes."""

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts.models import User
from articles.editing.models import PublicationPlan, Revision
from articles.models import Article
from kit.desk.snapshots import FIELDS, Content
from kit.guard.acting import who_acts
from kit.texts import rich_text

ONE_STRETCH = timedelta(minutes=5)  # what is typed within it is one version, unless words were taken out
WORDS_OF_A_LOSS = 15
EVERY_ONE_FOR = timedelta(days=30)
AT_A_TIME = 200


def note_revision(article: Article, content: Content, *, kind: str) -> Revision:
    """The version that says this: a new one, unless the last one says it already, or may grow into it."""
    last = article.revisions.first()
    if last and last.content == content and kind != Revision.Kind.PUBLISHED:
        return _as_saved(last) if kind == Revision.Kind.SAVED else last
    if last and kind == Revision.Kind.AUTOSAVED and _grows_into(last, content):
        last.content, last.made_at = content, timezone.now()
        last.save(update_fields=["content", "made_at"])
        return last
    return article.revisions.create(content=content, kind=kind, made_by_id=who_acts().user_id)


def last_by_others(article: Article, user: User) -> Revision | None:
    """What a colleague has saved, or typed, since this person did."""
    last = article.revisions.select_related("made_by").defer("content").first()
    return last if last and last.made_by_id != user.pk else None


def thin_out() -> int:
    """For the worker: of what was not published, the last one of each day is kept after a month."""
    bound = timezone.now() - EVERY_ONE_FOR
    rows = (
        Revision.objects.filter(made_at__lt=bound)
        .exclude(kind=Revision.Kind.PUBLISHED)
        .annotate(day=TruncDate("made_at"))
    )
    later = Revision.objects.annotate(day=TruncDate("made_at")).filter(
        article=OuterRef("article"), day=OuterRef("day"), made_at__gt=OuterRef("made_at")
    )
    planned = PublicationPlan.objects.filter(revision=OuterRef("pk"))
    keys = rows.filter(Exists(later), ~Exists(planned)).order_by("pk").values_list("pk", flat=True)[:AT_A_TIME]
    return Revision.objects.filter(pk__in=list(keys)).delete()[0]


def _as_saved(last: Revision) -> Revision:
    """From here on it grows no more: somebody may have scheduled it."""
    if last.kind == Revision.Kind.AUTOSAVED:
        last.kind = Revision.Kind.SAVED
        last.save(update_fields=["kind"])
    return last


def _grows_into(last: Revision, content: Content) -> bool:
    """Not where words go: what was written and deleted in one stretch is found again, too."""
    goes_on = last.made_by_id == who_acts().user_id and timezone.now() - last.made_at < ONE_STRETCH
    lost = _words(last.content) - _words(content)
    return last.kind == Revision.Kind.AUTOSAVED and goes_on and lost < WORDS_OF_A_LOSS


def _words(content: Content) -> int:
    return len(rich_text.plain(content[FIELDS].get("body", "")).split())
