from django.contrib import admin
from django.db.models import URLField

from accounts.bin_desk import DeletesIntoBin
from kit.desk_admin import DeskAdmin
from practice.models import Fee, Location, Service


@admin.register(Service)
class ServiceAdmin(DeletesIntoBin, DeskAdmin):
    keeps_a_copy = True
    list_display = ["name", "summary", "is_shown", "position"]
    list_filter = ["is_shown"]
    search_fields = ["name", "summary"]
    list_editable = ["position"]
    fieldsets = [
        (None, {"fields": ["name", "summary", "is_shown", "position"]}),
        (
            "For people who want to know more",
            {
                "fields": ["may_help", "what_happens", "evidence"],
                "description": "Opened by a click. Say what is known, and where it ends; promise no result.",
            },
        ),
    ]


@admin.register(Location)
class LocationAdmin(DeletesIntoBin, DeskAdmin):
    keeps_a_copy = True
    list_display = ["name", "address", "step_free", "position"]
    list_filter = [("address", admin.EmptyFieldListFilter), ("step_free", admin.EmptyFieldListFilter)]
    search_fields = ["name", "address"]
    list_editable = ["position"]
    formfield_overrides = {URLField: {"assume_scheme": "https"}}


@admin.register(Fee)
class FeeAdmin(DeletesIntoBin, DeskAdmin):
    keeps_a_copy = True
    list_display = ["name", "minutes", "amount", "position"]
    list_filter = ["minutes"]
    search_fields = ["name"]
    list_editable = ["minutes", "amount", "position"]
