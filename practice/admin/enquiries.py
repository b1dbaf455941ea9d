from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Subquery
from django.utils import timezone

from accounts.bin_desk import DeletesIntoBin
from kit.desk.confirm import act_urls
from kit.desk.desk_admin import DeskAdmin, LateFilter, named
from kit.desk.desk_pages import desk_path
from kit.guard.security_log import note
from practice import answering
from practice.admin.enquiry_desk import ACTS, numbers_page
from practice.models import AnswerText, Enquiry, Practice


@admin.register(Enquiry)
class EnquiryAdmin(DeskAdmin):
    """What people wrote can be read, not changed; the list shows no names, and no browser keeps the notes."""

    list_display = [
        *(
            "__str__",
            "created_at",
            "setting",
            "location",
            "clinician",
            "assigned",
            "status",
            "answer_due",
            "deleted_on",
        ),
    ]
    list_filter = [
        *("status", LateFilter, "setting", ("location", admin.RelatedOnlyFieldListFilter)),
        ("clinician", admin.RelatedOnlyFieldListFilter),
        *(("assigned_to", admin.RelatedOnlyFieldListFilter), "created_at"),
    ]
    list_select_related = ["location", "clinician", "assigned_to"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    *("created_at", "name", "email", "may_write", "phone", "may_ring", "may_leave_voicemail"),
                    *("setting", "near", "asked_for", "message", "agreed_words"),
                ]
            },
        ),
        (
            "What becomes of it",
            {
                "fields": ["status", "answer_due", "assigned_to", "notes", "answered_at", "answerer", "deleted_on"],
                "description": "Answer from your own mail program or by telephone, in a way that they ticked as safe, "
                "and press “Mark as answered” above.",
            },
        ),
        ("Who opened it", {"fields": ["opened"]}),
    ]
    near, asked_for = named("location", otherwise="no preference"), named("clinician", otherwise="no preference")
    assigned, answerer = named("assigned_to"), named("answered_by")
    readonly_fields = [
        *("created_at", "name", "email", "may_write", "phone", "may_ring", "may_leave_voicemail", "setting"),
        *("near", "asked_for", "message", "agreed_words", "status", "answer_due", "answered_at", "answerer"),
        *("deleted_on", "opened"),
    ]

    def has_add_permission(self, request):
        return False

    def get_urls(self) -> list:
        own = [desk_path(self, "numbers/", numbers_page, "practice_enquiry_numbers"), *act_urls(self, ACTS)]
        return [*own, *super().get_urls()]

    def get_queryset(self, request):
        kept_days = Practice.objects.values("enquiries_kept_days")[:1]
        return super().get_queryset(request).annotate(kept_days=Subquery(kept_days))

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "assigned_to":
            kwargs["queryset"] = answering.who_may_answer()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Without the ways to the accounts themselves, which stand beside such a choice otherwise."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "assigned_to":
            field.widget = field.widget.widget
            field.label_from_instance = answering.name_of
        return field

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        note("enquiry opened", enquiry=object_id, request=request)
        enquiry = self.get_object(request, object_id) if object_id else None
        if enquiry is None or not self.has_view_permission(request, enquiry):
            return super().changeform_view(request, object_id, form_url, extra_context)
        answering.note_opened(enquiry)
        answers = {"answers": answering.answers_to(enquiry, by=request.user.name)}
        return super().changeform_view(request, object_id, form_url, answers | (extra_context or {}))

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if "assigned_to" in form.changed_data and obj.assigned_to and obj.assigned_to != request.user:
            answering.tell_assigned(obj)

    @admin.display(description="answer by", ordering="answer_by")
    def answer_due(self, enquiry: Enquiry) -> str:
        if enquiry.answer_by is None:
            return "-"
        return f"{enquiry.answer_by:%d %b %Y}{', which is over' if enquiry.is_overdue else ''}"

    @admin.display(description="is deleted on")
    def deleted_on(self, enquiry: Enquiry) -> str:
        """By the clock of the desk."""
        if not enquiry.kept_days:
            return "-"
        return f"{timezone.localdate(enquiry.created_at + timedelta(enquiry.kept_days)):%d %b %Y}"

    @admin.display(description="opened")
    def opened(self, enquiry: Enquiry) -> Any:
        return answering.openings_in_words(enquiry)


@admin.register(AnswerText)
class AnswerTextAdmin(DeletesIntoBin, DeskAdmin):
    """Words to begin an answer with, shown on the page of each enquiry."""

    keeps_a_copy = True
    list_display = ["title", "body", "position"]
    list_editable = ["position"]
    search_fields = ["title", "body"]
    list_filter = ["title"]
