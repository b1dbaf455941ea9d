"""Who pressed the button that leads to Zoom, and the organiser's page for the day, made for a phone."""

from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from courses.models import Session, Ticket
from courses.workshop_filter import WorkshopFilter
from kit.desk.desk_admin import DeskAdmin, ReadOnly
from kit.desk.desk_pages import desk_page, desk_path, needs
from kit.local.times import moment_label
from learning import day
from learning.models import JoinClick
from orders.admin.announcement_desk import MOST_CHOSEN
from orders.mails import booking_mails

PERMISSION = "courses.change_ticket"


@admin.register(JoinClick)
class JoinClickAdmin(ReadOnly, DeskAdmin):
    """Facts, to be read: a press is a hint that somebody came, and no proof."""

    list_display = ["who", "run", "clicked_at"]
    list_filter = [("session__workshop", WorkshopFilter), "clicked_at"]
    list_select_related = ["ticket__workshop", "session"]
    search_fields = ["ticket__attendee_name", "ticket__attendee_email", "ticket__workshop__slug"]
    fields = ["who", "run", "clicked_at"]
    readonly_fields = fields
    view_on_site = False

    def get_urls(self) -> list:
        own = [
            desk_path(self, "day/<int:pk>/", day_page, "learning_joinclick_day"),
            desk_path(self, "day/<int:pk>/again/<int:ticket>/", send_again, "learning_joinclick_again"),
        ]
        return [*own, *super().get_urls()]

    @admin.display(description="who", ordering="ticket__attendee_name")
    def who(self, click: JoinClick) -> str:
        return click.ticket.attendee_name

    @admin.display(description="workshop", ordering="ticket__workshop__slug")
    def run(self, click: JoinClick) -> str:
        return click.ticket.workshop.slug


@require_safe
def day_page(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponse:
    """Asks as many questions for many people as for few."""
    session = _session(request, pk)
    workshop, found = session.workshop, day.day_of(session)
    context = {
        "title": f"{workshop}: who is coming",
        "workshop": workshop,
        "session": session,
        "day": found,
        "starts_label": moment_label(session.starts_at, workshop.time_zone),
        "ends_label": moment_label(session.ends_at, workshop.time_zone),
        "places_left": workshop.free_places(),
        "write_urls": _write_urls(found),
        "most_chosen": MOST_CHOSEN,
    }
    return desk_page(request, model_admin, "admin/learning/joinclick/day.html", context)


@require_POST
def send_again(request: HttpRequest, pk: int, ticket: int, model_admin: ModelAdmin) -> HttpResponse:
    """One tap: the page of the place, to its own address."""
    session = _session(request, pk)
    place = get_object_or_404(Ticket.objects.confirmed().select_related("workshop__course"), pk=ticket)
    if place.workshop_id != session.workshop_id:
        raise PermissionDenied
    booking_mails.tell_attendee_again(place)
    messages.success(request, f"Sent to {place.attendee_name}, {place.attendee_email}.")
    return redirect("admin:learning_joinclick_day", session.pk)


def _write_urls(found: day.DayOfSession) -> list[tuple[str, str]]:
    """To those who have not come: words and address of one mail for each so many, so that nobody is left out."""
    page = reverse("admin:courses_announcement_write", args=[found.session.workshop_id])
    keys = [str(each.ticket.pk) for each in found.missing]
    words = "Write to those who are not there"
    parts = [(start, keys[start : start + MOST_CHOSEN]) for start in range(0, len(keys), MOST_CHOSEN)]
    return [
        (
            f"{words}: {start + 1} to {start + len(some)}" if len(parts) > 1 else words,
            f"{page}?tickets={','.join(some)}",
        )
        for start, some in parts
    ]


@needs(PERMISSION)
def _session(request: HttpRequest, pk: int) -> Session:
    sessions = Session.objects.select_related("workshop__course")
    return get_object_or_404(sessions.defer("workshop__course__cover", "workshop__course__body"), pk=pk)
