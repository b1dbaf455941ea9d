"""The desk's page of a series: who was at how much of each workshop, and who has a certificate for the whole."""

from django.contrib.admin import ModelAdmin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from courses.models import WorkshopSeries
from kit.desk.desk_pages import desk_page, needs
from kit.guard.security_log import note
from learning.series_attendance import as_csv, bought, table_of
from learning.series_picture import picture_of

PERMISSION = "learning.change_attendance"
A_PAGE = 50


@require_safe
def attendance_page(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponseBase:
    series = _series(request, pk)
    page = Paginator(bought(series), A_PAGE).get_page(request.GET.get("page"))
    table = table_of(list(page.object_list))
    context = {
        "opts": WorkshopSeries._meta,
        "row": series,
        "here": "Attendance",
        "title": f"Attendance: {series}",
        "page": page,
        "table": table,
        "picture": picture_of(table),
    }
    return desk_page(request, model_admin, "admin/learning/attendance/series.html", context)


@require_safe
def attendance_file(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponseBase:
    series = _series(request, pk)
    note("attendance downloaded", series=series.pk, request=request)
    answer = StreamingHttpResponse(as_csv(series), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="attendance-{series.slug}.csv"'
    return answer


@needs(PERMISSION)
def _series(request: HttpRequest, pk: int) -> WorkshopSeries:
    return get_object_or_404(WorkshopSeries, pk=pk)
