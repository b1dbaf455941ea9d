"""Who was there: a sheet for each session that is over, and the minutes of each place, which may be corrected."""

from django.contrib import admin
from django.http import HttpRequest

from courses.workshop_filter import WorkshopFilter
from kit.desk.desk_admin import DeskAdmin, ReadOnly
from kit.desk.desk_pages import desk_path
from kit.local.times import moment_label
from learning.admin import attendance_desk, series_desk
from learning.models import Attendance, AttendanceSheet


class ToDoFilter(admin.SimpleListFilter):
    title = "to do"
    parameter_name = "todo"

    def lookups(self, request, model_admin):
        return [("unknown", "somebody to recognise"), ("untold", "nobody told who was there")]

    def queryset(self, request, queryset):
        if self.value() == "unknown":
            return queryset.filter(unknown__gt=0)
        if self.value() == "untold":
            return queryset.filter(is_told=False)
        return queryset


@admin.register(AttendanceSheet)
class AttendanceSheetAdmin(ReadOnly, DeskAdmin):
    list_display = ["session_of", "when", "presences", "is_told", "unknown", "counted_at"]
    list_filter = [ToDoFilter, ("session__workshop", WorkshopFilter)]
    list_select_related = ["session__workshop__course"]
    search_fields = ["session__workshop__course__title", "session__workshop__slug", "session__title"]
    fields = ["session_of", "when", "presences", "is_told", "unknown", "counted_at"]
    readonly_fields = fields

    def get_urls(self) -> list:
        own = desk_path(self, "<int:pk>/who/", attendance_desk.who_page, "learning_attendancesheet_who")
        return [own, *super().get_urls()]

    @admin.display(description="session")
    def session_of(self, sheet: AttendanceSheet) -> str:
        return str(sheet)

    @admin.display(description="when", ordering="session__starts_at")
    def when(self, sheet: AttendanceSheet) -> str:
        return moment_label(sheet.session.starts_at, sheet.session.workshop.time_zone)


@admin.register(Attendance)
class AttendanceAdmin(DeskAdmin):
    """Counted by itself. Whoever knows better corrects it, with a reason; both numbers are kept."""

    list_display = ["attendee", "session_of", "minutes", "corrected_minutes", "corrected_because"]
    list_filter = [("corrected_minutes", admin.EmptyFieldListFilter), ("session__workshop", WorkshopFilter)]
    list_select_related = ["ticket", "session__workshop__course"]
    search_fields = ["ticket__attendee_name", "ticket__attendee_email", "session__workshop__slug"]
    fields = ["attendee", "session_of", "minutes", "corrected_minutes", "corrected_because"]
    readonly_fields = ["attendee", "session_of", "minutes"]

    def get_urls(self) -> list:
        own = [
            desk_path(self, "series/<int:pk>/", series_desk.attendance_page, "learning_attendance_series"),
            desk_path(self, "series/<int:pk>/file/", series_desk.attendance_file, "learning_attendance_series_file"),
        ]
        return [*own, *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Attendance | None = None) -> bool:
        return False

    @admin.display(description="attendee", ordering="ticket__attendee_name")
    def attendee(self, row: Attendance) -> str:
        return row.ticket.attendee_name

    @admin.display(description="session", ordering="session__starts_at")
    def session_of(self, row: Attendance) -> str:
        return f"{row.session.workshop.title}, {row.session.heading}"
