from django.contrib import admin

from kit.desk.desk_admin import DeskAdmin, ReadOnly
from meetings.models import ZoomEvent


@admin.register(ZoomEvent)
class ZoomEventAdmin(ReadOnly, DeskAdmin):
    list_display = ["type", "number", "received_at", "done_at"]
    list_filter = ["type", "received_at", ("done_at", admin.EmptyFieldListFilter)]
    search_fields = ["type"]
    search_help_text = "How a kind of event begins."
    fields = ["type", "number", "received_at", "done_at"]
    readonly_fields = fields
