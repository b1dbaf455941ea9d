"""The desk's pages that say when an article goes live and when it leaves the site."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from operator import itemgetter
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from articles import publishing
from articles.editing import reviewing, schedules
from articles.editing.comparing import what_waits
from articles.editing.models import PublicationPlan
from articles.editing.reasons import ReasonedForm, hindrances_but_the_reason
from articles.editing.working_copies import SHAPE, edited
from articles.models import Article
from articles.publishing import NotReady
from kit.desk.confirm import Act
from kit.desk.desk_pages import desk_page
from kit.desk.snapshots import take
from kit.forms.forms import MomentField
from kit.local.locales import written
from practice import clock

TOO_LATE = "This moment is over. Choose one that is still to come."
MOST = 500  # that the list of what is scheduled shows


def _moment(label: str, help_text: str) -> MomentField:
    widget = forms.SplitDateTimeWidget(
        date_attrs={"type": "date", "aria-label": f"{label}: day"},
        time_attrs={"type": "time", "aria-label": f"{label}: time"},
        date_format="%Y-%m-%d",
        time_format="%H:%M",
    )
    return MomentField(label=label, required=False, widget=widget, help_text=help_text)


class ScheduleForm(ReasonedForm):
    goes_live_at = _moment("Goes live", "By the practice’s clock. What is in the form now goes live then.")
    goes_off_at = _moment("Goes off the site", "If it is to end. It is in the archive from then on.")

    field_order = ["goes_live_at", "goes_off_at", "why", "seen"]

    def __init__(self, *args: Any, row: Article, initial: dict[str, Any], **kwargs: Any) -> None:
        plan = PublicationPlan.objects.filter(article=row).first()
        planned = {name: plan and getattr(plan, name) for name in ("goes_live_at", "goes_off_at")}
        super().__init__(*args, row=row, initial={**planned, **initial}, **kwargs)

    def clean(self) -> None:
        super().clean()
        live, off = (self.cleaned_data.get(name) for name in ("goes_live_at", "goes_off_at"))
        for name, moment in (("goes_live_at", live), ("goes_off_at", off)):
            if moment and moment <= timezone.now():
                self.add_error(name, TOO_LATE)
        if live and off and off <= live:
            self.add_error("goes_off_at", "That is before it goes live. Choose a later moment, or leave it empty.")
        if not self.errors and not (live or off):
            self.add_error("goes_live_at", "Give a day and a time, here or below.")
        if not self.errors and not schedules.may_schedule(self.row, goes_live_at=live):
            self.add_error("goes_live_at", _nothing_to_schedule(self.row))
        if live and not self.errors:
            self.refuse_what_is_missing()


def _nothing_to_schedule(article: Article) -> str:
    if article.is_published:
        return "No changes wait, so nothing can go live. Change something in the form first."
    if article.status == Article.Status.PUBLISHED:
        return "It goes live by itself on the day that it has. For another moment, take it back first."
    return "It is not on the site. Say when it goes live."


def _schedule_context(article: Article) -> dict[str, Any]:
    shown = edited(article)
    return {
        "may_press": True,
        "is_live": article.is_published,
        "hindrances": hindrances_but_the_reason(shown),
        "review": reviewing.unsettled(article),
        "differences": what_waits(article, take(shown, SHAPE)) if article.is_published else [],
    }


def _plan(article: Article) -> PublicationPlan:
    return PublicationPlan.objects.get(article=article)


def _no_plan(article: Article) -> tuple[int, str] | None:
    is_planned = PublicationPlan.objects.filter(article=article).exists()
    return None if is_planned else (messages.INFO, "Nothing is scheduled.")


def archived(article: Article) -> tuple[int, str] | None:
    return (messages.INFO, "It is archived. Bring it back first.") if article.is_archived else None


SCHEDULE = Act(
    verb="Schedule",
    template="admin/articles/article/schedule.html",
    do=lambda article, answers: schedules.schedule(article, **answers),
    facts=publishing.facts_seen,
    context=_schedule_context,
    done=lambda article: "It is scheduled. The worker does it when the time has come.",
    over=archived,
    refusals=(NotReady,),
    form=ScheduleForm,
)
UNSCHEDULE = Act(
    verb="Unschedule",
    template="admin/articles/article/unschedule.html",
    do=lambda article, answers: schedules.unschedule(article, seen=answers["seen"]),
    facts=publishing.facts_seen,
    context=lambda article: {"may_press": True, "plan": _plan(article)},
    done=lambda article: "Nothing is scheduled any more.",
    over=_no_plan,
)


# What is scheduled ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Scheduled:
    """An article with what is planned for it: by a plan to the minute, or by a day ahead that it has of its own."""

    article: Article
    goes_live: str
    goes_off: str
    by: str
    hindrance: str = ""


@require_http_methods(("GET", "HEAD"))
def scheduled(request: HttpRequest, model_admin: ModelAdmin) -> HttpResponse:
    if not model_admin.has_view_or_change_permission(request):
        raise PermissionDenied
    context = {"title": "What is scheduled", "plans": [row for _, row in sorted(_planned(), key=itemgetter(0))]}
    return desk_page(request, model_admin, "admin/articles/article/scheduled.html", context)


def _planned() -> Iterator[tuple[datetime, Scheduled]]:
    """With the moment at which something happens first, by the practice's clock, which is the desk's."""
    plans = PublicationPlan.objects.select_related("article", "made_by").defer("article__body", "article__cover")
    for plan in plans[:MOST]:
        by = plan.made_by.name if plan.made_by else "the site"
        live, off = plan.goes_live_at, plan.goes_off_at
        yield live or off, Scheduled(plan.article, _in_words(live), _in_words(off), by, plan.hindrance)
    own_day = Article.objects.filter(status=Article.Status.PUBLISHED, published_on__gt=clock.today())
    for article in own_day.defer("body", "cover").order_by("published_on", "pk")[:MOST]:
        day = article.published_on
        begins = timezone.make_aware(datetime.combine(day, time()))
        yield begins, Scheduled(article, written(day, "D j M Y"), "", "its own day")


def _in_words(moment: datetime | None) -> str:
    if moment is None:
        return ""
    return written(timezone.localtime(moment), "D j M Y, H:i")
