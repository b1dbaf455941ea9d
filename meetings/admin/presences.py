from django.contrib import admin

from kit.desk.desk_admin import DeskAdmin, ReadOnly
from kit.desk.desk_pages import desk_path
from meetings.admin.upload_desk import upload_page
from meetings.models import Presence


@admin.register(Presence)
class PresenceAdmin(ReadOnly, DeskAdmin):
    """Row by row as Zoom told them; who is credited with what follows from them elsewhere."""

    list_display = ["who", "session", "joined_at", "left_at", "source"]
    list_filter = ["source", "joined_at"]
    search_fields = ["name", "email", "session__workshop__slug"]
    search_help_text = "How a name, an address or the end of the workshop’s address begins."
    date_hierarchy = "joined_at"
    list_select_related = ["session__workshop"]
    fields = ["session", "name", "email", "joined_at", "left_at", "source", "recorded_at", "instance", "registrant"]
    readonly_fields = fields

    def get_urls(self) -> list:
        return [desk_path(self, "upload/", upload_page, "meetings_presence_upload"), *super().get_urls()]

    @admin.display(description="who", ordering="name")
    def who(self, presence: Presence) -> str:
        return presence.name or presence.email or "somebody without a name"
