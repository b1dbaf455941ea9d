from itertools import pairwise

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.shortcuts import redirect
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kit.desk.desk_admin import DeskAdmin, DeskTabularInline
from kit.desk.desk_pages import desk_path
from kit.desk.rows import TableFormSet
from kit.local.locales import said
from practice import site_parts
from practice.admin.hours_desk import hours_page
from practice.admin.site_wide import HomeSectionInline, MenuEntryInline
from practice.models import HomeSection, MenuEntry, Page, Practice, RefundTier, SaleTerms, SiteWords

THE_ROW = 1
INVOICING = ["takes_invoices", "invoice_days", "invoice_min_days_before", "bank_details"]


class OneRowAdmin(DeskAdmin):
    """There is one row, so its list leads straight to it."""

    keeps_a_copy = True

    def changelist_view(self, request, extra_context=None):
        if _is_stored(self.model.current()) and self.has_view_or_change_permission(request):
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", THE_ROW)
        return super().changelist_view(request, extra_context)

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not _is_stored(self.model.current())

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        obj.pk = THE_ROW
        super().save_model(request, obj, form, change)


class PartOfPracticeAdmin(OneRowAdmin):
    """What the practice has one of; on a new site the practice itself comes first."""

    def has_add_permission(self, request):
        return super().has_add_permission(request) and _is_stored(Practice.current())


@admin.register(Practice)
class PracticeAdmin(OneRowAdmin):
    def get_urls(self) -> list:
        return [desk_path(self, "hours/", hours_page, "practice_practice_hours"), *super().get_urls()]

    fieldsets = [
        (None, {"fields": ["name", "tagline"], "description": "On every page and in every mail."}),
        ("What the site is for", {"fields": ["has_workshops", "locale", "fees_in"]}),
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
                    "professional_body_until",
                    "vat_number",
                ],
                "description": said(
                    "Shown at the foot of every page and, but for the professional body, on receipts. The VAT rate "
                    "stands in the terms of sale."
                ),
            },
        ),
        (
            "Comments",
            {
                "fields": ["comments_days"],
                "description": "Readers may comment on articles once there is a page of the kind "
                "“community-guidelines”. You read each comment before it is published.",
            },
        ),
        (
            "Enquiries",
            {
                "fields": [
                    *("enquiries_kept_days", "answer_days", "working_week", "closes_at", "closed_on"),
                    *("sees_people_in", "least_age"),
                ],
            },
        ),
    ]


@admin.register(SiteWords)
class SiteWordsAdmin(PartOfPracticeAdmin):
    fieldsets = [
        ("Home page", {"fields": ["headline", "introduction", "therapy_door", "workshops_door"]}),
        ("Lists", {"fields": ["articles_words", "workshops_words"]}),
        (
            "Therapy page",
            {
                "fields": ["therapy_headline", "therapy_introduction", "approach", "fees_note", "insurance_words"],
                "description": "Services, people, places and fees are lists of their own.",
            },
        ),
        (
            "Enquiries",
            {
                "fields": ["reply_promise"],
                "description": "People who write to you are anxious about what comes next. Promise only what you keep.",
            },
        ),
        (
            "Menu, and sections of the home page",
            {
                "fields": ["menu_now", "sections_now"],
                "description": "Each row below says of one of them what is otherwise than usual: shown or not, where, "
                "and in which word. Without a row it stays as it is. Small numbers stand first; usually they are "
                "10, 20, 30 and 40.",
            },
        ),
    ]
    readonly_fields = ["menu_now", "sections_now"]
    inlines = [MenuEntryInline, HomeSectionInline]

    @admin.display(description="the menu now")
    def menu_now(self, words: SiteWords) -> str:
        found = site_parts.menu(Practice.current(), MenuEntry.objects.all(), Page.objects.of_its_own())
        return ", ".join(link.label for link in found) or "Nothing stands in it."

    @admin.display(description="the home page now")
    def sections_now(self, words: SiteWords) -> str:
        found = site_parts.sections(Practice.current(), HomeSection.objects.all())
        return ", ".join(str(HomeSection.Kind(kind).label) for kind in found) or "Its headline alone."


class RefundTierFormSet(TableFormSet):
    """Who cancels later never gets more back than who cancels sooner."""

    numbered = "days_before"

    def clean(self) -> None:
        super().clean()
        left = [form.cleaned_data for form in self.forms if not self._should_delete_form(form)]
        steps = sorted((each["days_before"], each["percent"]) for each in left if {"days_before", "percent"} <= {*each})
        for (later, less), (sooner, more) in pairwise(steps):
            if less > more:
                raise ValidationError(
                    f"By these steps {less} % come back {later} days before, and only {more} % as early as {sooner} "
                    "days before. Who cancels later cannot get more."
                )


class RefundTierInline(DeskTabularInline):
    model = RefundTier
    formset = RefundTierFormSet
    extra = 0


@admin.register(SaleTerms)
class SaleTermsAdmin(PartOfPracticeAdmin):
    fieldsets = [
        (
            "Refunds",
            {
                "fields": ["refund_in_words", "refund_free_days", "refund_note"],
                "description": "The steps stand at the end of this page. A change counts for new bookings only; "
                "earlier ones keep their own numbers and words.",
            },
        ),
        (
            said("VAT and accounts"),
            {
                "fields": ["vat_rate", "financial_year_ends"],
                "description": said("Your VAT number stands under Practice."),
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

    def get_readonly_fields(self, request, obj=None):
        """Where people send money to is not for everybody who tends the rest."""
        decides = request.user.has_perm("practice.decide_invoicing_of_saleterms")
        return self.readonly_fields if decides else [*self.readonly_fields, *INVOICING]

    @admin.display(description="what people read")
    def refund_in_words(self, terms: SaleTerms) -> SafeString | str:
        if not terms.pk:
            return "Shown once it is saved."
        lines = ((line,) for line in terms.refund_lines)
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", lines))


def _is_stored(row: models.Model) -> bool:
    return not row._state.adding
