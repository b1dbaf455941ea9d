from base64 import b64encode
from zoneinfo import ZoneInfo

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import F, QuerySet
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.bin_desk import DeletesIntoBin
from courses import publishing, schedule
from courses.change_desk import AsksBeforeChanges
from courses.cited import follow_numbers, taken, with_references
from courses.city_echo import city_echo
from courses.city_times import city_times
from courses.copies import COPYING
from courses.desk_forms import CourseForm, SessionForm, SessionFormSet, TicketTypeForm, TicketTypeFormSet, WorkshopForm
from courses.models import (
    Course,
    CourseInterest,
    CourseReference,
    SeriesWaitingEntry,
    Session,
    Subject,
    TicketType,
    WaitingListEntry,
    Workshop,
    WorkshopSeries,
)
from courses.publishing_desk import ACTS
from courses.repeating_desk import repeating_page
from courses.seats import waiting_offers
from courses.seats.capacity import fit_places
from courses.series_desk import WorkshopSeriesAdmin
from courses.views import course_page, workshop_page
from courses.waiting_desk import SeriesWaitingEntryAdmin, WaitingListEntryAdmin
from courses.zone_law_desk import zone_law_page
from kit.desk.cited_works import CitedWorkForm, CitedWorkFormSet, missing_numbers, missing_words
from kit.desk.confirm import act_urls, fieldsets_without
from kit.desk.copies import copying_url
from kit.desk.desk_admin import DeskAdmin, DeskStackedInline, DeskTabularInline
from kit.desk.desk_pages import desk_path
from kit.desk.reference_marks import moved_words
from kit.desk.typed_choice import TypedChoices
from kit.local.times import short_day
from kit.pages.http import private_page
from practice.old_addresses import KeepsOldAddresses


@admin.register(Subject)
class SubjectAdmin(DeletesIntoBin, KeepsOldAddresses, DeskAdmin):
    keeps_a_copy = True
    list_display = ["name", "position"]
    list_filter = [("courses", admin.EmptyFieldListFilter)]
    search_fields = ["name"]
    list_editable = ["position"]
    prepopulated_fields = {"slug": ["name"]}


class CourseReferenceInline(DeskTabularInline):
    model = CourseReference
    form = CitedWorkForm
    formset = CitedWorkFormSet
    extra = 0


@admin.register(Course)
class CourseAdmin(DeletesIntoBin, KeepsOldAddresses, AsksBeforeChanges, TypedChoices, DeskAdmin):
    keeps_a_copy = True
    form = CourseForm
    list_display = ["title", "subject", "level", "cpd_hours", "is_published"]
    list_filter = ["is_published", "subject", "level"]
    list_select_related = ["subject"]
    search_fields = ["title", "blurb"]
    prepopulated_fields = {"slug": ["title"]}
    filter_horizontal = ["presenters"]
    autocomplete_fields = ["picture"]
    listed = ("picture",)
    inlines = [CourseReferenceInline]
    fieldsets = [
        (None, {"fields": ["title", "slug", "subject", "is_published", "blurb", "summary"]}),
        (
            "What is taught",
            {
                "fields": ["body", "aims", "audience", "level", "care_note", "programme", "cpd_hours"],
                "description": "Where you say what research shows, say by whom: the references stand at the foot of "
                "this page; [2] in the body becomes a link to number 2.",
            },
        ),
        ("Who teaches", {"fields": ["presenters"]}),
        (
            "Cover",
            {
                "fields": ["picture", "cover_motif", "cover_paper"],
                "classes": ["collapse"],
                "description": "A picture of the library, or else a drawing: it is made once, from the end of the "
                "address, when the course is first saved.",
            },
        ),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("cover")

    def get_urls(self) -> list:
        own = [desk_path(self, "<int:pk>/preview/", course_preview, "courses_course_preview")]
        return [*own, copying_url(self, COPYING), *super().get_urls()]

    def booked_workshops(self, row: Course) -> QuerySet[Workshop]:
        return row.workshops.upcoming()

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        known = [each for rows in formsets for each in rows.initial_forms]
        before = taken(form.initial.get("body", ""), [(each.instance.pk, each.initial["number"]) for each in known])
        if moved := follow_numbers(form.instance, before):
            self.message_user(request, moved_words(moved), messages.INFO)
        if missing := missing_numbers(form.instance.body, form.instance.references.all()):
            self.message_user(request, missing_words(missing), messages.WARNING)

    def get_view_on_site_url(self, obj: Course | None = None) -> str | None:
        return super().get_view_on_site_url(obj) if obj and obj.is_published else None


class WhenFilter(admin.SimpleListFilter):
    title = "date"
    parameter_name = "when"

    def lookups(self, request, model_admin):
        return [("upcoming", "to come"), ("past", "past")]

    def queryset(self, request, queryset):
        if self.value() == "upcoming":
            return queryset.filter(ends_at__gt=timezone.now())
        if self.value() == "past":
            return queryset.filter(ends_at__lte=timezone.now())
        return queryset


class SessionInline(DeskStackedInline):
    model = Session
    form = SessionForm
    formset = SessionFormSet
    extra = 0
    min_num = 1
    fields = [("day", "start_time", "end_time"), "city_times", "title", "programme", "join_url", "passcode", "dial_in"]
    readonly_fields = ["city_times"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    @admin.display(description="In every city")
    def city_times(self, session: Session) -> SafeString | str:
        return city_times(session) if session.pk else "Shown as you type, or once it is saved."


class TicketTypeInline(DeskStackedInline):
    model = TicketType
    form = TicketTypeForm
    formset = TicketTypeFormSet
    fields = [
        ("name", "price"),
        ("access", "is_full_price", "is_concession"),
        "description",
        ("last_day", "position"),
        "vat_treatment",
    ]
    extra = 0


@admin.register(Workshop)
class WorkshopAdmin(DeletesIntoBin, KeepsOldAddresses, AsksBeforeChanges, DeskAdmin):
    keeps_a_copy = True
    form = WorkshopForm
    list_display = ["course", "first_day", "taken", "status", "time_zone"]
    list_filter = ["status", WhenFilter, "course__subject"]
    list_select_related = ["course"]
    search_fields = ["course__title", "slug"]
    readonly_fields = ["standing", "page"]
    inlines = [SessionInline, TicketTypeInline]
    fieldsets = [
        (None, {"fields": ["course", "slug", "standing", "page", "time_zone", "capacity", "catch_up_days", "note"]}),
        ("After it", {"fields": ["attendance_percent", "certificate_needs_feedback"], "classes": ["collapse"]}),
        (
            "Price for groups",
            {
                "fields": [("group_places", "group_percent")],
                "classes": ["collapse"],
                "description": "Of a group price and a discount code, the one counts that is better for the buyer.",
            },
        ),
        ("When it is sold", {"fields": ["sales_open_at", "sales_close_at"], "classes": ["collapse"]}),
    ]

    def get_urls(self) -> list:
        own = [desk_path(self, "<int:pk>/preview/", preview, "courses_workshop_preview"), *act_urls(self, ACTS)]
        own.append(desk_path(self, "<int:pk>/hours/", zone_law_page, "courses_workshop_hours"))
        own.append(desk_path(self, "cities/", city_echo, "courses_workshop_cities"))
        own.append(desk_path(self, "<int:pk>/use-again/", repeating_page, "courses_workshop_use_again"))
        return [*own, *super().get_urls()]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj else fieldsets_without(fieldsets, "standing")

    def get_queryset(self, request):
        return Workshop.objects.select_related("course").defer("course__cover", "course__body").with_places_taken()

    def booked_workshops(self, row: Workshop) -> QuerySet[Workshop]:
        return Workshop.objects.filter(pk=row.pk)

    def get_ordering(self, request):
        return [F("starts_at").desc(nulls_last=True), "-pk"]

    def get_view_on_site_url(self, obj: Workshop | None = None) -> str | None:
        is_public = obj and obj.status != Workshop.Status.DRAFT and obj.course.is_published
        return super().get_view_on_site_url(obj) if is_public else None

    def save_model(self, request, obj, form, change):
        if change:
            fit_places(obj, capacity=obj.capacity)
        super().save_model(request, obj, form, change)

    def save_formset(self, request, form, formset, change):
        if formset.model is not Session:
            super().save_formset(request, form, formset, change)
            return
        formset.save(commit=False)
        schedule.store_sessions(
            form.instance,
            kept=[session for session, _ in formset.changed_objects],
            new=formset.new_objects,
            removed=formset.deleted_objects,
        )

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        waiting_offers.offer_places_of(form.instance.pk)  # more places, or other days of sale
        for session in form.instance.sessions.all():
            self.message_user(request, city_times(session), messages.INFO)
        if form.instance.status == Workshop.Status.PUBLISHED and not form.instance.ticket_types.exists():
            self.message_user(request, "It has no ticket type yet, so nobody can book it.", messages.WARNING)

    @admin.display(description="status")
    def standing(self, workshop: Workshop) -> str:
        return publishing.standing(workshop)

    @admin.display(description="page")
    def page(self, workshop: Workshop) -> str:
        if not workshop.pk:
            return "Save the workshop to see its page."
        return format_html(
            '<a href="{}">See the page as visitors will</a>',
            reverse("admin:courses_workshop_preview", args=[workshop.pk]),
        )

    @admin.display(description="first day", ordering="starts_at", empty_value="no date yet")
    def first_day(self, workshop: Workshop) -> str | None:
        if workshop.starts_at is None:
            return None
        local = workshop.starts_at.astimezone(ZoneInfo(workshop.time_zone))
        return f"{short_day(local)} {local:%Y}"

    @admin.display(description="places")
    def taken(self, workshop: Workshop) -> str:
        return f"{workshop.places_taken} of {workshop.capacity} taken"


admin.site.register(WorkshopSeries, WorkshopSeriesAdmin)


admin.site.register(WaitingListEntry, WaitingListEntryAdmin)
admin.site.register(SeriesWaitingEntry, SeriesWaitingEntryAdmin)


@admin.register(CourseInterest)
class CourseInterestAdmin(DeskAdmin):
    """Who would like to hear of the next run of a course, and who was told. The mail goes out by itself."""

    list_display = ["email", "course", "created_at", "confirmed_at", "told_at"]
    list_filter = [
        "course",
        ("confirmed_at", admin.EmptyFieldListFilter),
        ("told_at", admin.EmptyFieldListFilter),
        "created_at",
    ]
    list_select_related = ["course"]
    search_fields = ["email", "course__title"]
    fields = list_display
    readonly_fields = fields
    view_on_site = False

    def get_queryset(self, request):
        return super().get_queryset(request).defer("course__cover", "course__body")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@private_page
def course_preview(request, pk, model_admin):
    """The page as it would be if published."""
    course = get_object_or_404(with_references(Course.objects.select_related("subject")), pk=pk)
    if not model_admin.has_view_or_change_permission(request, course):
        raise PermissionDenied
    change_url = reverse("admin:courses_course_change", args=[pk])
    context = {"is_preview": True, "change_url": change_url, "cover_src": cover_within(course), **course_page(course)}
    return render(request, "courses/course.html", context)


@private_page
def preview(request, pk, model_admin):
    """The page as it would be if published."""
    rows = with_references(Workshop.objects.for_lists().defer(None), course="course")
    workshop = get_object_or_404(rows, pk=pk)
    if not model_admin.has_view_or_change_permission(request, workshop):
        raise PermissionDenied
    change_url = reverse("admin:courses_workshop_change", args=[pk])
    if not workshop.session_list:
        model_admin.message_user(request, "Give the workshop a session first; its page needs a date.", messages.WARNING)
        return redirect(change_url)
    if workshop.is_draft:
        workshop.status = Workshop.Status.PUBLISHED
    workshop.course.is_published = True
    shown = {"cover_src": cover_within(workshop.course), **workshop_page(workshop)}
    return render(request, "courses/workshop.html", {"is_preview": True, "change_url": change_url, **shown})


def cover_within(course: Course) -> str:
    """Within the page: a draft's has no address."""
    return f"data:image/svg+xml;base64,{b64encode(course.cover.encode()).decode()}"
