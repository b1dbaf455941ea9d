from django.contrib import admin

from kit.desk_admin import DeskAdmin
from practice.models import Person


@admin.register(Person)
class PersonAdmin(DeskAdmin):
    keeps_a_copy = True
    list_display = ["name", "role", "is_clinician", "openness", "availability", "is_shown", "position"]
    list_editable = ["position"]
    list_filter = ["is_clinician", "openness", "is_shown"]
    search_fields = ["name", "credentials", "role"]
    prepopulated_fields = {"slug": ["name"]}
    save_on_top = True
    fieldsets = [
        (None, {"fields": ["name", "slug", "role", "credentials", "biography", "ink", "is_shown", "position"]}),
        (
            "As a clinician",
            {
                "fields": ["is_clinician", "works_with", "openness", "availability"],
                "description": "People choose by this. Keep the availability true, also when it is “none”.",
            },
        ),
    ]
