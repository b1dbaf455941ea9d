from django.contrib import admin
from django.db.models import URLField

from accounts.bin_desk import DeletesIntoBin
from kit.desk.desk_admin import DeskAdmin
from kit.desk.typed_choice import TypedChoices
from practice.models import Concern, Fee, Location, Service
from practice.old_addresses import KeepsOldAddresses

PARTS = (
    "For people who want to know more",
    {
        "fields": ["may_help", "what_happens", "evidence"],
        "description": "The rest of its page. Say what is known, and where it ends; promise no result. A blank line "
        "starts a new paragraph.",
    },
)


@admin.register(Service)
class ServiceAdmin(DeletesIntoBin, KeepsOldAddresses, DeskAdmin):
    keeps_a_copy = True
    prepopulated_fields = {"slug": ["name"]}
    list_display = ["name", "summary", "is_shown", "position"]
    list_filter = ["is_shown"]
    search_fields = ["name", "summary"]
    list_editable = ["position"]
    fieldsets = [(None, {"fields": ["name", "slug", "summary", "is_shown", "position"]}), PARTS]


@admin.register(Concern)
class ConcernAdmin(DeletesIntoBin, KeepsOldAddresses, DeskAdmin):
    """What people come with."""

    keeps_a_copy = True
    prepopulated_fields = {"slug": ["name"]}
    list_display = ["name", "summary", "is_shown", "position"]
    list_filter = ["is_shown", ("services", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["name", "summary"]
    list_editable = ["position"]
    filter_horizontal = ["services"]
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "slug", "summary", "services", "is_shown", "position"],
                "description": "In the words of somebody who looks for help, for example “Grief” or “After something "
                "frightening”. Who works with it is said on each person’s page.",
            },
        ),
        PARTS,
    ]


@admin.register(Location)
class LocationAdmin(DeletesIntoBin, KeepsOldAddresses, TypedChoices, DeskAdmin):
    keeps_a_copy = True
    prepopulated_fields = {"slug": ["name"]}
    list_display = ["name", "kind", "address", "step_free", "position"]
    list_filter = ["kind", ("step_free", admin.EmptyFieldListFilter)]
    search_fields = ["name", "address"]
    autocomplete_fields = ["picture"]
    listed = ("picture",)
    list_editable = ["position"]
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "slug", "kind", "position"],
                "description": "Each has a page. Online and telephone are locations, too; an area is a town that "
                "people come from, where you have no rooms.",
            },
        ),
        ("Rooms", {"fields": ["address", "picture", "map_url", "phone", "opening_hours", "step_free"]}),
        ("How people come to you", {"fields": ["getting_there", "nearest"]}),
    ]
    formfield_overrides = {URLField: {"assume_scheme": "https"}}


@admin.register(Fee)
class FeeAdmin(DeletesIntoBin, DeskAdmin):
    keeps_a_copy = True
    list_display = ["name", "minutes", "amount", "position"]
    list_filter = ["minutes"]
    search_fields = ["name"]
    list_editable = ["minutes", "amount", "position"]
    filter_horizontal = ["services", "people"]
