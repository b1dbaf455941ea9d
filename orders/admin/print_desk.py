"""The desk's page of who comes to a workshop, to be printed and ticked by hand."""

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from courses.models import TicketType, Workshop
from courses.when import when
from kit.desk.desk_pages import desk_page

PAGE = "admin/courses/ticket/to_print.html"


@require_safe
def print_page(request: HttpRequest, workshop_id: int, model_admin: ModelAdmin) -> HttpResponse:
    """Access needs are on the paper only where they are asked for: it may lie about."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    workshop = get_object_or_404(Workshop.objects.with_course(), pk=workshop_id)
    booked = workshop.tickets.confirmed().select_related("ticket_type").order_by(Lower("attendee_name"), "pk")
    live = [ticket for ticket in booked if ticket.access == TicketType.Access.LIVE]
    context = {
        "opts": Workshop._meta,
        "row": workshop,
        "here": "To print",
        "title": f"Who comes: {workshop.title}",
        "lines": when(workshop),
        "tickets": live,
        "sessions": workshop.session_list,
        "recording_only": len(booked) - len(live),
        "has_needs": any(ticket.access_needs for ticket in live),
        "shows_needs": "needs" in request.GET,
    }
    return desk_page(request, model_admin, PAGE, context)
