"""The desk's form of a series, and the pages that put it on sale and take it off."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest

from accounts.bin_desk import DeletesIntoBin
from courses import series
from courses.models import SeriesPart, WorkshopSeries
from courses.series import NotReady
from kit.desk.confirm import Act, act_urls, fieldsets_without
from kit.desk.desk_admin import DeskAdmin, DeskTabularInline
from kit.desk.typed_choice import TypedChoices
from practice.old_addresses import KeepsOldAddresses

Status = WorkshopSeries.Status


def _publish(row: WorkshopSeries, answers: dict[str, Any]) -> bool:
    return series.publish_series(row, seen=answers["seen"], why=answers["why"])


def _publish_context(row: WorkshopSeries) -> dict[str, Any]:
    offer = series.offered(row)
    return {"offer": offer, "may_press": not offer.lacks}


def _take_back(row: WorkshopSeries, answers: dict[str, Any]) -> bool:
    return series.take_back_series(row, seen=answers["seen"], why=answers["why"])


PUBLISH = Act(
    verb="Publish",
    template="admin/courses/workshopseries/publish.html",
    do=_publish,
    facts=series.facts_seen,
    context=_publish_context,
    done=lambda row: "Published: its page is on the site now, and it can be booked.",
    over={Status.PUBLISHED: (messages.INFO, "It is published already.")},
    refusals=(NotReady,),
)
TAKE_BACK = Act(
    verb="Take back",
    template="admin/courses/workshopseries/take_back.html",
    do=_take_back,
    facts=series.facts_seen,
    context=lambda row: {"may_press": True},
    done=lambda row: "Taken back: it is a draft again, and its page is off the site.",
    over={Status.DRAFT: (messages.INFO, "It is a draft already.")},
)
ACTS = [PUBLISH, TAKE_BACK]


class SeriesPartInline(TypedChoices, DeskTabularInline):
    model = SeriesPart
    verbose_name, verbose_name_plural = "workshop", "workshops"
    autocomplete_fields = ["workshop"]
    listed = ("workshop",)
    extra = 0
    min_num = series.FEWEST
    max_num = series.MOST


class WorkshopSeriesAdmin(DeletesIntoBin, KeepsOldAddresses, DeskAdmin):
    """What was bought stays as it was sold: an order keeps its own places and prices, whatever is changed here."""

    keeps_a_copy = True
    list_display = ["title", "status", "price"]
    list_filter = ["status"]
    search_fields = ["title", "slug"]
    prepopulated_fields = {"slug": ["title"]}
    readonly_fields = ["standing"]
    inlines = [SeriesPartInline]
    fieldsets = [(None, {"fields": ["title", "slug", "standing", "price", "blurb", "body"]})]

    def get_urls(self) -> list:
        return [*act_urls(self, ACTS), *super().get_urls()]

    def get_fieldsets(self, request: HttpRequest, obj: WorkshopSeries | None = None) -> list:
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj else fieldsets_without(fieldsets, "standing")

    def get_view_on_site_url(self, obj: WorkshopSeries | None = None) -> str | None:
        return super().get_view_on_site_url(obj) if obj and obj.is_published else None

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if form.instance.is_published:
            for words in series.offered(form.instance).lacks:
                self.message_user(request, f"Nobody can buy the series now. {words}", messages.WARNING)

    @admin.display(description="status")
    def standing(self, row: WorkshopSeries) -> str:
        if row.is_draft:
            return "draft"
        lacks = series.offered(row).lacks
        return f"published, but nobody can buy it now. {' '.join(lacks)}" if lacks else "published, and on sale"
