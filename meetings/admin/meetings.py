"""What Zoom has, and whether it is what it should be."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from kit.desk.desk_admin import DeskAdmin, ReadOnly
from kit.desk.desk_pages import desk_path, needs
from meetings import syncing
from meetings.models import Meeting, Registrant

PERMISSION = "meetings.change_meeting"
ASKED = "The worker asks Zoom within seconds, and tells it again what this session is. Open the page again to see."


@admin.register(Meeting)
class MeetingAdmin(ReadOnly, DeskAdmin):
    list_display = ["session", "workshop", "starts_at", "host", "standing", "last_error"]
    list_filter = ["starts_at", "host", ("last_error", admin.EmptyFieldListFilter)]
    search_fields = ["session__workshop__slug", "host__email"]
    search_help_text = "How the end of the workshop’s address begins, or a host’s address."
    date_hierarchy = "starts_at"
    list_select_related = ["session__workshop", "host"]
    fields = [
        *("session", "starts_at", "ends_at", "standing", "last_error", "attempts", "next_attempt_at"),
        *("host", "number", "synced_at", "checked_at", "ended_at", "report_at", "mark"),
    ]
    readonly_fields = fields

    def get_urls(self) -> list:
        return [desk_path(self, "<int:pk>/sync/", sync_page, "meetings_meeting_sync"), *super().get_urls()]

    @admin.display(description="workshop", ordering="session__workshop__slug")
    def workshop(self, meeting: Meeting) -> str:
        return meeting.session.workshop.slug if meeting.session else "called off"

    @admin.display(description="standing")
    def standing(self, meeting: Meeting) -> str:
        return meeting.standing


@admin.register(Registrant)
class RegistrantAdmin(ReadOnly, DeskAdmin):
    """Who has a link of their own. The link itself is shown to the attendee alone."""

    list_display = ["name", "email", "meeting", "registered_at", "ended_at", "cancelled_at", "last_error"]
    list_filter = ["registered_at", ("ended_at", admin.EmptyFieldListFilter), "attempts"]
    search_fields = ["name", "email", "number"]
    search_help_text = "How a name, an address or Zoom’s number begins."
    list_select_related = ["meeting"]
    fields = [
        *("meeting", "ticket", "name", "email", "address", "number", "registered_at", "ended_at", "cancelled_at"),
        *("last_error", "attempts", "next_attempt_at"),
    ]
    readonly_fields = fields


@require_POST
@needs(PERMISSION)
def sync_page(request: HttpRequest, pk: int, model_admin: admin.ModelAdmin) -> HttpResponse:
    """A press asks for it once more; the worker does it, so that a silent Zoom keeps nobody here waiting."""
    meeting = get_object_or_404(Meeting, pk=pk)
    syncing.sync_soon(meeting)
    model_admin.log_change(request, meeting, "Asked to agree with Zoom once more.")
    messages.success(request, ASKED)
    return redirect("admin:meetings_meeting_change", meeting.pk)
