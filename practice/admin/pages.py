from django.contrib import admin
from django.utils import timezone
from django.utils.safestring import SafeString

from kit import rich_text
from kit.desk_admin import DeskAdmin
from practice.models import Page


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

    def get_fieldsets(self, request, obj=None):
        if not _is_published(obj):
            return super().get_fieldsets(request, obj)
        return [(None, {**self.fieldsets[0][1], "fields": self.published_fields})]

    def get_readonly_fields(self, request, obj=None):
        return self.published_fields if _is_published(obj) else []

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not _is_published(obj)

    def get_changeform_initial_data(self, request):
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
