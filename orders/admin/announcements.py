"""What was written to the people of workshops, by whom, and how far it is."""

from django.contrib import admin
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from courses.models import Announcement
from courses.workshop_filter import WorkshopFilter
from kit.desk.desk_admin import DeskAdmin, ReadOnly, named
from kit.desk.desk_pages import desk_path
from orders.admin.announcement_desk import write_page


@admin.register(Announcement)
class AnnouncementAdmin(ReadOnly, DeskAdmin):
    """Written on a page of the workshop, and sent: nothing of it can be changed."""

    list_display = ["subject", "run", "whom", "sent", "written_by", "written_at"]
    list_filter = [("workshop", WorkshopFilter), "whom", "written_at"]
    list_select_related = ["workshop", "written_by"]
    search_fields = ["subject", "workshop__slug"]
    fields = [
        "workshop",
        "whom",
        "places",
        "ticket_type",
        "subject",
        "text",
        "sent",
        "writer",
        "written_at",
        "again",
    ]
    readonly_fields = fields
    writer = named("written_by")
    view_on_site = False

    def get_urls(self) -> list:
        own = desk_path(self, "write/<int:pk>/", write_page, "courses_announcement_write")
        return [own, *super().get_urls()]

    def get_queryset(self, request):
        queued = Count("copies", filter=Q(copies__queued_at__isnull=False))
        return super().get_queryset(request).annotate(queued=queued)

    @admin.display(description="workshop", ordering="workshop__slug")
    def run(self, announcement: Announcement) -> str:
        return announcement.workshop.slug

    @admin.display(description="people")
    def sent(self, announcement: Announcement) -> str:
        """How many mails stand in the outbox, while it is under way."""
        if announcement.queued == announcement.people:
            return str(announcement.people)
        return f"{announcement.queued} of {announcement.people}"

    @admin.display(description="another one")
    def again(self, announcement: Announcement) -> SafeString:
        url = reverse("admin:courses_announcement_write", args=[announcement.workshop_id])
        return format_html('<a href="{}?again={}">Write again from this</a>', url, announcement.pk)
