from collections.abc import Iterable

from django.contrib import admin
from django.db.models import URLField
from django.utils.text import capfirst

from accounts.bin_desk import DeletesIntoBin
from kit.desk_admin import DeskAdmin, DeskTabularInline
from practice.models import Person, Registration


class RegistrationInline(DeskTabularInline):
    model = Registration
    extra = 0
    formfield_overrides = {URLField: {"assume_scheme": "https"}}


@admin.register(Person)
class PersonAdmin(DeletesIntoBin, DeskAdmin):
    keeps_a_copy = True
    list_display = ["name", "role", "is_clinician", "openness", "availability", "is_shown", "position"]
    list_editable = ["position"]
    list_filter = ["is_clinician", "openness", "is_shown"]
    search_fields = ["name", "credentials", "role"]
    prepopulated_fields = {"slug": ["name"]}
    save_on_top = True
    inlines = [RegistrationInline]
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

    def get_deleted_objects(self, objs, request):
        """Whoever teaches stays: a course would lose its presenter, and nobody who booked it would be told."""
        rows, counts, needed, protected = super().get_deleted_objects(objs, request)
        return rows, counts, needed, [*protected, *_named_by(objs)]


def _named_by(people: Iterable[Person]) -> list[str]:
    """The rows of other apps that list them."""
    links = [each for each in Person._meta.related_objects if each.many_to_many]
    return [
        f"{capfirst(row._meta.verbose_name)}: {row}"
        for link in links
        for row in link.related_model._base_manager.filter(**{f"{link.field.name}__in": people}).distinct()
    ]
