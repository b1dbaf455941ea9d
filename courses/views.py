from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page
from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from courses import calendars, catalogue, timetable, workshop_detail
from courses.cited import body_of, with_references
from courses.forms import read_filters
from courses.models import Course, Subject, Ticket, Workshop, WorkshopQuerySet, WorkshopSeries
from courses.row_parts import give_parts, presenters, with_parts
from courses.series import offered
from courses.series_now import parts_now, why_not
from courses.taught import where_taught
from kit.database.questions import Asked, compiled_once, first_or_404, give
from kit.guard.tokens import may_be_secret
from kit.pages.http import private_page, public_page
from kit.pages.kept import constant
from kit.texts import rich_text
from practice.models import Person
from practice.old_addresses import chosen_anew
from practice.own_links import of_today
from practice.shown import clocks

MOST_IN_CALENDAR = 200
COVER_KEPT_FOR = 30 * 24 * 3600
COVER_POLICY = "default-src 'none'; style-src 'unsafe-inline'"  # the picture's own style element, and nothing else


@public_page(queries=("subject", "month", "how", "page"), shows_places=True)
@require_safe
@where_taught
def workshops(request):
    slots, subjects, asked = timetable.all_slots(), _subjects(), request.GET.get("subject", "")
    if asked and asked not in dict(subjects) and (renamed := chosen_anew(request, "subject", "courses.subject")):
        return renamed
    form, filters = read_filters(request.GET, subjects=subjects, months=[slot.month for slot in slots])
    page = timetable.page_of(timetable.narrowed(slots, filters), request.GET.get("page"))
    rows = timetable.rows_of(page, clocks(), more=_recorded(filters, page))
    found = [each for each in rows if filters.fit(each)]
    context = {
        "form": form,
        "filters": filters,
        "slots": slots,
        "page": page,
        "live": [listing for listing in found if not listing.is_catch_up_only],
        "on_catch_up": [listing for listing in found if listing.is_catch_up_only],
        "cities": [clock.city for clock in clocks()],
        "nav_section": "workshops",
        "query": urlencode(filters.chosen),
        "canonical": reverse("courses:workshops", query=_paged(page) if not filters else {}),
    }
    return render(request, "courses/workshops.html", context)


@public_page(shows_places=True)
@require_safe
@where_taught
def workshop(request, slug):
    found = first_or_404(_pages(slug=slug))
    give_parts([found])
    give(found.course, "presenters", presenters(found.course_id).people)
    return render(request, "courses/workshop.html", workshop_page(found))


def workshop_page(found: Workshop) -> dict[str, Any]:
    """All that the page shows, for visitors and for an editor's preview alike."""
    detail = workshop_detail.detailed(found, clocks())
    next_run = None if detail.can_be_booked else catalogue.next_run(found)
    return {
        "detail": detail,
        "workshop": found,
        "course": found.course,
        **body_of(found.course, found),
        "asks_for_interest": not detail.can_be_booked and next_run is None,
        "next_run": next_run,
        "google_links": calendars.workshop_links(found),
        "nav_section": "workshops",
    }


@public_page()
@require_safe
@where_taught
def workshops_calendar(request):
    """Of all that have not ended, cancelled ones among them, so that calendars which have them strike them out."""
    found = Workshop.objects.for_pages().upcoming().prefetch_related("sessions", "removed_sessions")
    return _calendar(calendars.workshops_calendar(found[:MOST_IN_CALENDAR]), "workshops")


@public_page()
@require_safe
@where_taught
def workshop_calendar(request, slug):
    found = get_object_or_404(Workshop.objects.for_pages(), slug=slug)
    return _calendar(calendars.workshop_calendar(found), found.slug)


@public_page(shows_places=True)
@require_safe
@where_taught
def series(request, slug):
    offer = offered(get_object_or_404(WorkshopSeries.objects.published(), slug=slug))
    listings = [catalogue.listed(each, clocks()) for each in offer.shown]
    context = {
        "offer": offer,
        "body": rich_text.render(of_today(offer.series.body)).html,
        "listings": listings,
        "why_not": why_not(offer, listings),
        "parts_now": parts_now(listings),
        "nav_section": "workshops",
    }
    return render(request, "courses/series.html", context)


@public_page(queries=("page",), shows_places=True)
@require_safe
@where_taught
def course(request, slug):
    rows = Course.objects.published().select_related("subject", "picture").defer("cover")
    found = get_object_or_404(with_references(rows), slug=slug)
    return render(request, "courses/course.html", course_page(found, request.GET.get("page")))


def course_page(found: Course, number: str | None = None) -> dict[str, Any]:
    """All that the page shows, for visitors and for an editor's preview alike."""
    prefetch_related_objects([found], Prefetch("presenters", Person.objects.with_portraits()))
    page = timetable.page_of(timetable.slots_of(found), number)
    return {
        "course": found,
        **body_of(found, found),
        "page": page,
        "listings": timetable.rows_of(page, clocks()),
        "canonical": reverse("courses:course", args=[found.slug], query=_paged(page)),
        "nav_section": "workshops",
    }


@require_safe
def cover(request, slug):
    svg = get_object_or_404(Course.objects.published().values_list("cover", flat=True), slug=slug)
    response = HttpResponse(svg, content_type="image/svg+xml", headers={"Content-Security-Policy": COVER_POLICY})
    patch_cache_control(response, public=True, max_age=COVER_KEPT_FOR)
    return response


@private_page
@require_safe
def ticket_calendar(request, secret):
    ticket = _ticket(secret)
    if not ticket.is_live or ticket.status not in {Ticket.Status.CONFIRMED, Ticket.Status.CANCELLED}:
        raise Http404("Only a live place that was booked has a calendar.")
    return _calendar(calendars.ticket_calendar(ticket), ticket.workshop.slug)


@compiled_once
def _pages(slug: Asked) -> WorkshopQuerySet:
    found = with_parts(Workshop.objects.for_pages().filter(slug=slug))
    return with_references(found, course="course")


def _subjects() -> list[tuple[str, str]]:
    return constant("subjects", lambda: list(Subject.objects.values_list("slug", "name")))


def _recorded(filters: timetable.Filters, page: Page) -> list[int]:
    """On the first page, unless a visitor asked for something else."""
    is_wanted = page.number == 1 and (not filters or filters.chosen == {"how": "catch-up"})
    return timetable.recorded() if is_wanted else []


def _paged(page: Page) -> dict[str, int]:
    return {"page": page.number} if page.number > 1 else {}


def _ticket(secret: str) -> Ticket:
    """By its secret link; what cannot be a secret is not even asked for."""
    if not may_be_secret(secret):
        raise Http404("No such ticket.")
    tickets = Ticket.objects.select_related("workshop__course", "ticket_type").defer("workshop__course__cover")
    return get_object_or_404(tickets.prefetch_related("workshop__course__presenters"), secret=secret)


def _calendar(text: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.ics"'}
    return HttpResponse(text, content_type=calendars.CONTENT_TYPE, headers=headers)
