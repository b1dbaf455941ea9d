from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import URLField
from django.utils.text import capfirst

from accounts.bin_desk import DeletesIntoBin
from kit.desk.desk_admin import DeskAdmin, DeskTabularInline, said_once
from kit.desk.typed_choice import TypedChoices
from practice import clock
from practice.models import Person, Registration
from practice.old_addresses import KeepsOldAddresses

SAID = {"openness", "availability"}


class RegistrationInline(DeskTabularInline):
    model = Registration
    extra = 0
    formfield_overrides = {URLField: {"assume_scheme": "https"}}


class PersonForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        """Whoever changes what they say about new clients says it today."""
        given = super().clean()
        if SAID & {*self.changed_data} and "openness_said_on" not in self.changed_data:
            given["openness_said_on"] = clock.today()
        return given


class SaidFilter(admin.SimpleListFilter):
    title = "new clients said"
    parameter_name = "said"

    def lookups(self, request, model_admin):
        return [("old", f"more than {Person.SAID_FOR.days // 7} weeks ago")]

    def queryset(self, request, queryset):
        return queryset.openness_old() if self.value() == "old" else queryset


class RegistrationFilter(admin.SimpleListFilter):
    title = "registrations"
    parameter_name = "registration"

    def lookups(self, request, model_admin):
        return [("ending", "over, or ending within a month")]

    def queryset(self, request, queryset):
        ending = Registration.objects.ending()
        return queryset.filter(registrations__in=ending).distinct() if self.value() == "ending" else queryset


@admin.register(Person)
class PersonAdmin(DeletesIntoBin, KeepsOldAddresses, TypedChoices, DeskAdmin):
    form = PersonForm
    keeps_a_copy = True
    list_display = [
        "name",
        "role",
        "is_clinician",
        "openness",
        "availability",
        "openness_said_on",
        "is_shown",
        "position",
    ]
    list_editable = ["openness_said_on", "position"]
    list_filter = ["is_clinician", "openness", SaidFilter, RegistrationFilter, "is_shown"]
    filter_horizontal = ["concerns", "services", "locations"]
    search_fields = ["name", "credentials", "role"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["portrait"]
    listed = ("portrait",)
    inlines = [RegistrationInline]
    fieldsets = [
        (
            None,
            {"fields": ["name", "slug", "role", "credentials", "biography", "portrait", "ink", "is_shown", "position"]},
        ),
        (
            "As a clinician",
            {
                "fields": [
                    *("is_clinician", "works_with", "sees", "languages", "licensed_in"),
                    *("concerns", "services", "locations"),
                ],
                "description": "People choose by this: each answer is a filter in the list of clinicians, as soon as "
                "two of you differ in it.",
            },
        ),
        (
            "New clients",
            {
                "fields": ["openness", "availability", "openness_said_on"],
                "description": "Keep it true, also when it is “none”. If nothing has changed, give today’s day and "
                "save: readers see how fresh it is.",
            },
        ),
        (
            "Money",
            {
                "fields": ["has_reduced_fee", "insurance"],
                "description": "What sessions cost stands under Fees, and whose fee each is.",
            },
        ),
    ]

    def get_deleted_objects(self, objs, request):
        """Whoever teaches stays: a course would lose its presenter, and nobody who booked it would be told."""
        rows, counts, needed, protected = super().get_deleted_objects(objs, request)
        return rows, counts, needed, said_once(protected, _named_by(objs))


def _named_by(people: Iterable[Person]) -> list[str]:
    """The rows of other apps that list them."""
    links = [each for each in Person._meta.related_objects if each.many_to_many]
    return [
        f"{capfirst(row._meta.verbose_name)}: {row}"
        for link in links
        for row in link.related_model._base_manager.filter(**{f"{link.field.name}__in": people}).distinct()
    ]
