from django.contrib import admin

from kit.desk.desk_admin import DeskAdmin
from meetings.models import Host


@admin.register(Host)
class HostAdmin(DeskAdmin):
    """One more of them for each session that may be held at the same time."""

    list_display = ["email", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["email"]
    search_help_text = "How the address begins."
    fields = ["email", "is_active"]
