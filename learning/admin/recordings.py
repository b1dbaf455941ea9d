from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import Count

from courses.change_desk import LONGEST_NOTE, mails_about
from courses.seats.places import lock_workshop
from courses.workshop_filter import WorkshopFilter
from kit.desk.confirm import Act, ConfirmForm, act_urls, fieldsets_without
from kit.desk.desk_admin import DeskAdmin
from kit.desk.typed_choice import TypedChoices
from kit.local.times import moment_label, until_label
from learning import publishing
from learning.admin.old_files import ForgetsOldFiles
from learning.extensions import tell_of_extension
from learning.forms import ExtensionForm, RecordingForm
from learning.models import Recording, RecordingExtension
from learning.tellings import withdraw_old_ends

Status = Recording.Status


def _publish_context(recording: Recording) -> dict:
    workshop = recording.workshop
    return {
        "may_press": publishing.is_ready(workshop),
        "workshop": workshop,
        "people": publishing.people_who_may_watch(workshop),
    }


def _published(recording: Recording) -> str:
    until = until_label(recording.ends_at, recording.workshop.time_zone) if recording.ends_at else ""
    return f"Published: it is open on the page of everybody's place until {until}."


class NoteForm(ConfirmForm):
    note = forms.CharField(
        label="Your own words to them",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea({"rows": 4, "cols": 70}),
        help_text="If you like: why, and whether it comes back. They stand first in the mail.",
    )

    field_order = ["note", "why", "seen"]

    def clean_note(self) -> str:
        return self.cleaned_data["note"].replace("\r\n", "\n")


def _take_back(recording: Recording, answers: dict[str, Any]) -> bool:
    return publishing.take_back_recording(
        recording, seen=answers["seen"], why=answers["why"], note=answers.get("note", "")
    )


def _take_back_context(recording: Recording) -> dict[str, Any]:
    plan = publishing.loss_of(recording)
    return {"may_press": True, "plan": plan, "mails": mails_about([plan.as_change()]) if plan else []}


PUBLISH = Act(
    verb="Publish",
    template="admin/learning/recording/publish.html",
    do=lambda recording, answers: publishing.publish_recording(recording, seen=answers["seen"], why=answers["why"]),
    facts=publishing.facts_seen,
    context=_publish_context,
    done=_published,
    over={Status.PUBLISHED: (messages.INFO, "It is published already.")},
    refusals=(publishing.NotReady,),
)
TAKE_BACK = Act(
    verb="Take back",
    template="admin/learning/recording/take_back.html",
    do=_take_back,
    facts=publishing.facts_seen,
    context=_take_back_context,
    done=lambda recording: "Taken back: nobody sees it any more. Whoever could is told within a minute.",
    over={Status.DRAFT: (messages.INFO, "It is not published.")},
    form=NoteForm,
)


@admin.register(Recording)
class RecordingAdmin(ForgetsOldFiles, TypedChoices, DeskAdmin):
    """What was recorded. People see it once it is published, on the page of their place."""

    form = RecordingForm
    list_display = ["title", "run", "kind", "standing", "opened"]
    list_filter = [("workshop", WorkshopFilter), "kind", ("published_at", admin.EmptyFieldListFilter)]
    list_select_related = ["workshop__course"]
    search_fields = ["title", "workshop__slug", "workshop__course__title"]
    autocomplete_fields = ["workshop"]
    listed = ("workshop",)
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    fieldsets = [
        (None, {"fields": ["workshop", "session", "title", "note", "standing", "opened"]}),
        ("Where it is", {"fields": ["kind", "url", "passcode", "file"]}),
        ("For whoever cannot hear it", {"fields": ["is_captioned", "captions", "transcript"]}),
    ]
    view_on_site = False

    def get_urls(self) -> list:
        return [*act_urls(self, [PUBLISH, TAKE_BACK]), *super().get_urls()]

    def get_fieldsets(self, request, obj=None):
        """Which session it is of can be said once it is known of which workshop."""
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj else fieldsets_without(fieldsets, "session")

    def get_readonly_fields(self, request, obj=None):
        return ["workshop", "standing", "opened"] if obj else ["standing", "opened"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(people=Count("views__ticket", distinct=True))

    def lock_row(self, row: Recording) -> None:
        lock_workshop(row.workshop_id)
        super().lock_row(row)

    def has_delete_permission(self, request, obj=None):
        """What is published is taken back first."""
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or obj.published_at is None)

    @admin.display(description="workshop", ordering="workshop__slug")
    def run(self, recording: Recording) -> str:
        return recording.workshop.slug

    @admin.display(description="published", ordering="published_at")
    def standing(self, recording: Recording) -> str:
        if recording.published_at is None or recording.ends_at is None:
            return "not yet"
        zone = recording.workshop.time_zone
        return f"{moment_label(recording.published_at, zone)}; open until {until_label(recording.ends_at, zone)}"

    @admin.display(description="opened by")
    def opened(self, recording: Recording) -> str:
        people = getattr(recording, "people", 0)
        return "nobody" if not people else "1 person" if people == 1 else f"{people} people"


@admin.register(RecordingExtension)
class RecordingExtensionAdmin(TypedChoices, DeskAdmin):
    """One person may watch for longer than the others."""

    form = ExtensionForm
    list_display = ["who", "run", "last_day", "reason"]
    list_filter = [("ticket__workshop", WorkshopFilter), "last_day"]
    list_select_related = ["ticket__workshop"]
    search_fields = ["ticket__attendee_name", "ticket__attendee_email", "ticket__workshop__slug"]
    autocomplete_fields = ["ticket"]
    listed = ("ticket",)
    fields = ["ticket", "last_day", "reason"]

    def get_readonly_fields(self, request, obj=None):
        return ["ticket"] if obj else []

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        withdraw_old_ends()
        if "last_day" in form.changed_data and tell_of_extension(obj):
            messages.info(request, f"A mail tells {obj.ticket.attendee_name} until when it can be watched.")

    @admin.display(description="who", ordering="ticket__attendee_name")
    def who(self, extension: RecordingExtension) -> str:
        return extension.ticket.attendee_name

    @admin.display(description="workshop", ordering="ticket__workshop__slug")
    def run(self, extension: RecordingExtension) -> str:
        return extension.ticket.workshop.slug
