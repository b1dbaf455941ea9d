from datetime import date, timedelta

from django.contrib import admin
from django.db.models import Subquery

from kit.desk_admin import DeskAdmin, named
from kit.security_log import note
from practice.models import Enquiry, Practice


@admin.register(Enquiry)
class EnquiryAdmin(DeskAdmin):
    """What people wrote can be read, not changed; the list shows no names."""

    list_display = ["__str__", "created_at", "setting", "clinician", "state", "deleted_on"]
    list_filter = ["state", "setting", ("clinician", admin.RelatedOnlyFieldListFilter), "created_at"]
    list_select_related = ["clinician"]
    fields = [
        "created_at",
        "name",
        "email",
        "may_write",
        "phone",
        "may_ring",
        "may_leave_voicemail",
        "setting",
        "asked_for",
        "message",
        "agreed_words",
        "deleted_on",
        "state",
    ]
    asked_for = named("clinician")
    readonly_fields = [field for field in fields if field != "state"]

    def has_add_permission(self, request):
        return False

    def get_queryset(self, request):
        kept_days = Practice.objects.values("enquiries_kept_days")[:1]
        return super().get_queryset(request).annotate(kept_days=Subquery(kept_days))

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        note("enquiry opened", enquiry=object_id, request=request)
        return super().changeform_view(request, object_id, form_url, extra_context)

    @admin.display(description="is deleted on")
    def deleted_on(self, enquiry: Enquiry) -> date | None:
        return (enquiry.created_at + timedelta(days=enquiry.kept_days)).date() if enquiry.kept_days else None
