from django.contrib import admin
from django.db.models import URLField

from accounts.bin_desk import DeletesIntoBin
from kit.desk.desk_admin import DeskAdmin
from practice import clock
from practice.models import CrisisLine

CHECKED_FOR = CrisisLine.CHECKED_FOR


class Checked(admin.SimpleListFilter):
    title = "check"
    parameter_name = "check"

    def lookups(self, request, model_admin):
        return [("overdue", f"overdue (more than {CHECKED_FOR.days} days ago)"), ("done", "done")]

    def queryset(self, request, queryset):
        if self.value() == "overdue":
            return queryset.check_overdue()
        if self.value() == "done":
            return queryset.checked()
        return queryset


@admin.register(CrisisLine)
class CrisisLineAdmin(DeletesIntoBin, DeskAdmin):
    keeps_a_copy = True
    list_display = [
        "name",
        "kind",
        "country",
        "phone",
        "sms",
        "hours",
        "is_in_footer",
        "checked_on",
        "last_check",
        "position",
    ]
    list_editable = ["checked_on", "position"]
    list_filter = [Checked, "kind", "country", "is_in_footer"]
    search_fields = ["name", "country", "phone", "sms"]
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    fieldsets = [
        (None, {"fields": ["name", "kind", "country", "hours", "note"]}),
        (
            "How to reach it",
            {"fields": ["phone", "sms", "sms_word", "url"], "description": "At least one of number, text and address."},
        ),
        (
            "On this site",
            {
                "fields": ["is_in_footer", "position", "source", "checked_on"],
                "description": f"Read the service’s own page every {CHECKED_FOR.days} days: a dead number is worse "
                "than none. Readers see where and when you did.",
            },
        ),
    ]

    @admin.display(description="last check")
    def last_check(self, line: CrisisLine) -> str:
        if not line.is_check_overdue:
            return "checked"
        if line.checked_on is None:
            return "nobody has yet"
        return f"overdue: {(clock.today() - line.checked_on).days} days ago"
