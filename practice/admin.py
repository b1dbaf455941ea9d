from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, Subquery, URLField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kit import rich_text
from kit.desk_admin import DeskAdmin, DeskTabularInline
from kit.rows import RowsFormSet
from practice.models import City, CrisisLine, Enquiry, Fee, Location, Page, Person, Practice, RefundTier, Service

CHECKED_FOR = CrisisLine.CHECKED_FOR
INVOICING = ["takes_invoices", "invoice_days", "invoice_min_days_before", "bank_details"]
HTTPS = {URLField: {"assume_scheme": "https"}}


class RefundTierFormSet(RowsFormSet):
    numbered = "days_before"


class RefundTierInline(DeskTabularInline):
    model = RefundTier
    formset = RefundTierFormSet
    extra = 0


@admin.register(Practice)
class PracticeAdmin(DeskAdmin):
    """There is one row, so its list leads straight to it."""

    keeps_a_copy = True
    save_on_top = True
    fieldsets = [
        (None, {"fields": ["name", "tagline"], "description": "On every page and in every mail."}),
        ("Home page", {"fields": ["headline", "introduction"]}),
        (
            "Therapy page",
            {
                "fields": ["therapy_headline", "therapy_introduction", "approach", "fees_note"],
                "description": "Services, people, places and fees are lists of their own.",
            },
        ),
        (
            "Enquiries",
            {
                "fields": ["reply_promise", "enquiries_kept_days"],
                "description": "People who write to you are anxious about what comes next. Promise only what you keep.",
            },
        ),
        ("How to reach you", {"fields": ["email", "phone", "address", "opening_hours", "time_zone"]}),
        (
            "Who you are in law",
            {
                "fields": [
                    "legal_name",
                    "company_number",
                    "registered_in",
                    "registered_address",
                    "professional_body",
                    "vat_number",
                    "vat_rate",
                ],
                "description": "Shown at the foot of every page and on receipts.",
            },
        ),
        (
            "Bookings",
            {
                "fields": ["refund_in_words", "refund_free_days", "refund_note"],
                "description": "The steps stand at the end of this page. A change counts for new bookings only; "
                "earlier ones keep their own numbers and words.",
            },
        ),
        (
            "Organisations that pay by invoice",
            {
                "fields": INVOICING,
                "description": "Organisers decide here, editors see it. Buyers choose it at the end of the checkout. "
                "Unpaid, the places go back on sale a week after the due date, and the day before the workshop at the "
                "latest.",
            },
        ),
    ]
    readonly_fields = ["refund_in_words"]
    inlines = [RefundTierInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Practice | None = None) -> list[str]:
        """Where people send money to is not for everybody who tends the words."""
        decides = request.user.has_perm("practice.decide_invoicing_of_practice")
        return self.readonly_fields if decides else [*self.readonly_fields, *INVOICING]

    @admin.display(description="what people read")
    def refund_in_words(self, practice: Practice) -> SafeString | str:
        if not practice.pk:
            return "Shown once it is saved."
        lines = ((line,) for line in practice.refund_lines)
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", lines))

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        if Practice.objects.exists() and self.has_view_or_change_permission(request):
            return redirect("admin:practice_practice_change", Practice.current().pk)
        return super().changelist_view(request, extra_context)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Practice.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Practice | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Practice, form: Any, change: bool) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)


@admin.register(City)
class CityAdmin(DeskAdmin):
    """Every session's times are shown for these cities, beside the organiser's own."""

    keeps_a_copy = True
    list_display = ["name", "time_zone", "position"]
    list_filter = ["time_zone"]
    search_fields = ["name", "time_zone"]
    list_editable = ["position"]


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


@admin.register(Service)
class ServiceAdmin(DeskAdmin):
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
class LocationAdmin(DeskAdmin):
    keeps_a_copy = True
    list_display = ["name", "address", "step_free", "position"]
    list_filter = [("address", admin.EmptyFieldListFilter), ("step_free", admin.EmptyFieldListFilter)]
    search_fields = ["name", "address"]
    list_editable = ["position"]
    formfield_overrides = HTTPS


@admin.register(Fee)
class FeeAdmin(DeskAdmin):
    keeps_a_copy = True
    list_display = ["name", "minutes", "amount", "position"]
    list_filter = ["minutes"]
    search_fields = ["name"]
    list_editable = ["minutes", "amount", "position"]


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
        "phone",
        "may_leave_voicemail",
        "setting",
        "clinician",
        "message",
        "deleted_on",
        "state",
    ]
    readonly_fields = [field for field in fields if field != "state"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Enquiry]:
        kept_days = Practice.objects.values("enquiries_kept_days")[:1]
        return super().get_queryset(request).annotate(kept_days=Subquery(kept_days))

    @admin.display(description="is deleted on")
    def deleted_on(self, enquiry: Enquiry) -> date | None:
        return (enquiry.created_at + timedelta(days=enquiry.kept_days)).date() if enquiry.kept_days else None


class Checked(admin.SimpleListFilter):
    title = "check"
    parameter_name = "check"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("overdue", f"overdue (more than {CHECKED_FOR.days} days ago)"), ("done", "done")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[CrisisLine]) -> QuerySet[CrisisLine]:
        if self.value() == "overdue":
            return queryset.check_overdue()
        if self.value() == "done":
            return queryset.checked()
        return queryset


@admin.register(CrisisLine)
class CrisisLineAdmin(DeskAdmin):
    keeps_a_copy = True
    list_display = ["name", "country", "phone", "sms", "hours", "is_in_footer", "checked_on", "last_check", "position"]
    list_editable = ["checked_on", "position"]
    list_filter = [Checked, "country", "is_in_footer"]
    search_fields = ["name", "country", "phone", "sms"]
    formfield_overrides = HTTPS
    fieldsets = [
        (None, {"fields": ["name", "country", "hours", "note"]}),
        (
            "How to reach it",
            {"fields": ["phone", "sms", "sms_word", "url"], "description": "At least one of number, text and address."},
        ),
        (
            "On this site",
            {
                "fields": ["is_in_footer", "position", "checked_on"],
                "description": f"Ring or look it up every {CHECKED_FOR.days} days: a dead number is worse than none.",
            },
        ),
    ]

    @admin.display(description="last check")
    def last_check(self, line: CrisisLine) -> str:
        if not line.is_check_overdue:
            return "checked"
        return f"overdue: {(timezone.localdate() - line.checked_on).days} days ago"


@admin.register(Page)
class PageAdmin(DeskAdmin):
    """Words that people agreed to stay as they were; a change is a new version."""

    keeps_a_copy = True
    list_display = ["title", "kind", "version", "published_on", "standing"]
    list_filter = ["kind"]
    search_fields = ["title", "version", "body"]
    actions = None
    fieldsets = [
        (
            None,
            {
                "fields": ["kind", "version", "title", "body", "published_on"],
                "description": "From its first day on, a version can no longer be changed: people booked under it. "
                "To change something, write a new version.",
            },
        )
    ]
    published_fields = ["kind", "version", "title", "words", "published_on"]

    def get_fieldsets(self, request: HttpRequest, obj: Page | None = None) -> list:
        if not _is_published(obj):
            return super().get_fieldsets(request, obj)
        return [(None, {**self.fieldsets[0][1], "fields": self.published_fields})]

    def get_readonly_fields(self, request: HttpRequest, obj: Page | None = None) -> list[str]:
        return self.published_fields if _is_published(obj) else []

    def has_delete_permission(self, request: HttpRequest, obj: Page | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not _is_published(obj)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """`?from=3` begins a new version with the words of page 3."""
        number = request.GET.get("from", "")
        earlier = Page.objects.filter(pk=number).first() if number.isdecimal() and len(number) < 10 else None
        if earlier is None:
            return super().get_changeform_initial_data(request)
        return {"kind": earlier.kind, "title": earlier.title, "body": earlier.body}

    @admin.display(description="body")
    def words(self, page: Page) -> SafeString:
        return rich_text.render(page.body).html

    @admin.display(description="standing")
    def standing(self, page: Page) -> str:
        if not _is_published(page):
            return "waits for its day"
        return "shown now" if Page.objects.current(page.kind) == page else "earlier version"


def _is_published(page: Page | None) -> bool:
    return page is not None and page.published_on <= timezone.localdate()
