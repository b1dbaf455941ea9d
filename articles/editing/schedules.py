"""When a version goes live, and when an article leaves the site again; the worker does it when the time has come.

What is scheduled is a version: what is typed afterwards waits, and does not go live with it.
"""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from articles import publishing
from articles.editing.models import PublicationPlan, Revision
from articles.editing.revisions import note_revision
from articles.editing.working_copies import SHAPE, edited, store_copy, stored
from articles.models import Article
from articles.publishing import NoDay, NotReady
from articles.states import move
from kit.desk.snapshots import FIELDS, Content, plain, take
from kit.forms.seen import check_seen
from kit.guard.acting import who_acts
from kit.work.rounds import do_for_each, in_any_order
from practice.models import Practice

AS_SCHEDULED = "As scheduled."


def schedule(
    article: Article,
    *,
    goes_live_at: datetime | None,
    goes_off_at: datetime | None,
    seen: str | None = None,
    why: str = "",
) -> bool:
    """In place of what was scheduled before. False if there is nothing to go live, or no page to go off.

    Raises kit.forms.seen.ChangedMeanwhile and NotReady.
    """
    with transaction.atomic():
        locked = publishing.lock_article(article.pk)
        if not may_schedule(locked, goes_live_at=goes_live_at):
            return False
        if seen is not None:
            check_seen(seen, publishing.facts_seen(locked))
        content = take(edited(locked), SHAPE)
        if goes_live_at and (reasons := publishing.hindrances(edited(locked), why=why)):
            raise NotReady(reasons)
        revision = note_revision(locked, content, kind=Revision.Kind.SAVED) if goes_live_at else None
        values = {"revision": revision, "goes_live_at": goes_live_at, "goes_off_at": goes_off_at}
        values |= {"made_by_id": who_acts().user_id, "why": why, "hindrance": ""}
        PublicationPlan.objects.update_or_create(article=locked, defaults=values)
    return True


def unschedule(article: Article, *, seen: str | None = None) -> bool:
    """False if nothing was scheduled. Raises kit.forms.seen.ChangedMeanwhile."""
    with transaction.atomic():
        locked = publishing.lock_article(article.pk)
        if seen is not None:
            check_seen(seen, publishing.facts_seen(locked))
        return bool(PublicationPlan.objects.filter(article=locked).delete()[0])


def may_schedule(article: Article, *, goes_live_at: datetime | None) -> bool:
    """Only what readers do not have can go live, and only what they have can go off alone."""
    return publishing.may_publish(article) if goes_live_at else article.is_published


def do_what_is_scheduled() -> int:
    """For the worker. What cannot be done is told once, and waits for a person."""
    now = timezone.now()
    due = PublicationPlan.objects.filter(Q(goes_live_at__lte=now) | Q(goes_live_at=None, goes_off_at__lte=now))
    return do_for_each(in_any_order(due.filter(hindrance="")).iterator(), partial(_do, now=now))


def _do(plan: PublicationPlan, *, now: datetime) -> int:
    with transaction.atomic():
        locked = publishing.lock_article(plan.article_id)
        plan = PublicationPlan.objects.select_related("revision").filter(article=locked, hindrance="").first()
        if plan is None:
            return 0
        if plan.goes_live_at and plan.goes_live_at <= now:
            return _go_live(locked, plan)
        if plan.goes_live_at is None and plan.goes_off_at <= now:
            plan.delete()
            move(locked, Article.Status.ARCHIVED, why=AS_SCHEDULED)
            return 1
    return 0


def _go_live(locked: Article, plan: PublicationPlan) -> int:
    typed_since = _typed_since(locked, plan.revision)
    try:
        publishing.publish_content(locked, _dated(locked, plan), why=plan.why or AS_SCHEDULED)
    except (NoDay, NotReady) as error:
        PublicationPlan.objects.filter(pk=plan.pk).update(hindrance=str(error) or "It has no day.")
        return 0
    if typed_since is not None:
        typed_since[FIELDS]["published_on"] = typed_since[FIELDS]["published_on"] or stored(locked).published_on
        store_copy(locked, plain(typed_since))
    publishing.end_going_live(locked)
    return 1


def _typed_since(article: Article, revision: Revision) -> Content | None:
    """What has been changed after it was scheduled stays where it waits."""
    now = take(edited(article), SHAPE)
    return now if now != revision.content else None


def _dated(article: Article, plan: PublicationPlan) -> Content:
    """What readers never had bears the day on which it goes live."""
    content = plan.revision.content
    if article.is_published:
        return content
    day = timezone.localdate(plan.goes_live_at, timezone=Practice.current().zone)
    return content | {FIELDS: content[FIELDS] | {"published_on": day.isoformat()}}
