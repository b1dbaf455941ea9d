from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kit.desk.desk_admin import DeskAdmin
from kit.desk.desk_pages import links_to, named
from practice.models import Link
from practice.own_links import page_of

NOWHERE = "No text leads here any more."


@admin.register(Link)
class LinkAdmin(DeskAdmin):
    """Where the texts of the site lead, as the worker found it (`practice/links.py`)."""

    FOUND = ("answer", "failing_since", "checked_at", "next_check_at", "is_broken")

    fields = ["opens", "page_meant", "where_used", *FOUND, "is_left_alone"]
    readonly_fields = ["opens", "page_meant", "where_used", *FOUND]
    unwatched = ("used_in", "page_model", "page_id", *FOUND)
    list_display = ["address", "standing", "answer", "failing_since", "where_used", "checked_at"]
    list_filter = ["is_broken", "is_left_alone", "checked_at"]
    search_fields = ["address"]
    ordering = ["-is_broken", "address"]

    def has_add_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="stands", ordering="is_broken")
    def standing(self, link: Link) -> str:
        return link.standing

    @admin.display(description="address")
    def opens(self, link: Link) -> SafeString:
        return format_html('<a href="{0}" rel="noopener noreferrer">{0}</a>', link.address)

    @admin.display(description="the page that is meant")
    def page_meant(self, link: Link) -> SafeString | str:
        """Its form, whatever its address is by now."""
        page = link.page_id and page_of(link.page_model, link.page_id)
        if not page:
            return "It is gone." if link.page_id else "None with a form here."
        return links_to([named(page)])

    @admin.display(description="where it is used")
    def where_used(self, link: Link) -> SafeString | str:
        return links_to(link.used_in) or NOWHERE
