"""How an article stands, in words: each of them a tag in the list and on its page."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.utils import timezone

from articles.editing.models import PublicationPlan, ReviewRequest, WorkingCopy
from articles.models import Article
from kit.local.locales import written
from practice import clock


@dataclass(frozen=True)
class Tag:
    words: str
    kind: str  # draft, live, waiting, scheduled, review, archived


def with_standing(articles: QuerySet) -> QuerySet:
    """All that tags_of() asks of each, in the same statement."""
    plan = PublicationPlan.objects.filter(article=OuterRef("pk"))
    review = ReviewRequest.objects.filter(article=OuterRef("pk"), answered_at=None)
    return articles.annotate(
        has_copy=Exists(WorkingCopy.objects.filter(article=OuterRef("pk"))),
        goes_live_at=Subquery(plan.values("goes_live_at")[:1]),
        goes_off_at=Subquery(plan.values("goes_off_at")[:1]),
        hindrance=Subquery(plan.values("hindrance")[:1]),
        in_review_by=Subquery(review.values("reviewer__name")[:1]),
    )


def tags_of(article: Article) -> list[Tag]:
    if not hasattr(article, "has_copy"):
        article = with_standing(Article.objects.defer("cover", "body", "body_html", "contents")).get(pk=article.pk)
    found = [_first(article)]
    if article.has_copy:
        found.append(Tag("changes waiting" if article.is_published else "typed and not saved", "waiting"))
    if article.in_review_by is not None:
        found.append(Tag(f"in review by {article.in_review_by or 'a colleague'}", "review"))
    if article.hindrance:
        found.append(Tag("could not go live", "waiting"))
    elif article.goes_live_at:
        found.append(Tag(f"scheduled for {_moment(article.goes_live_at)}", "scheduled"))
    if article.goes_off_at:
        found.append(Tag(f"goes off the site on {_moment(article.goes_off_at)}", "scheduled"))
    return found


def unfinished() -> QuerySet[Article]:
    """What is scheduled, the next one first; then drafts, changes that wait and what is in review, the newest first."""
    rows = with_standing(Article.objects.defer("cover", "body", "body_html", "contents"))
    has_plan = Q(goes_live_at__isnull=False) | Q(goes_off_at__isnull=False)
    is_at_work = Q(status=Article.Status.DRAFT) | Q(has_copy=True) | Q(in_review_by__isnull=False)
    to_come = Q(status=Article.Status.PUBLISHED, published_on__gt=clock.today())
    soonest_first = F("goes_live_at").asc(nulls_last=True), F("goes_off_at").asc(nulls_last=True)
    day_first = Case(When(to_come, then="published_on")).asc(nulls_last=True)
    return rows.filter(is_at_work | has_plan | to_come).order_by(*soonest_first, day_first, "-pk")


def standing(article: Article) -> str:
    """`goes live on Mon 30 Nov 2026`, `published since Thu 1 Jan 2026`, `draft`."""
    return _first(article).words


def _first(article: Article) -> Tag:
    day = article.published_on
    if article.status != Article.Status.PUBLISHED or day is None:
        return Tag(article.get_status_display(), article.status)
    if day > clock.today():
        return Tag(f"goes live on {written(day, 'D j M Y')}", "scheduled")
    return Tag(f"published since {written(day, 'D j M Y')}", "published")


def _moment(moment: datetime) -> str:
    """In the practice's zone, which is the desk's."""
    return written(timezone.localtime(moment), "D j M Y, H:i")
