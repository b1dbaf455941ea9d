"""Rows of workshops for any page. Each tag asks a fixed number of queries, however many rows it shows."""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any, NamedTuple

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from courses import catalogue, price_box, programmes, structured_data, workshop_detail
from courses.calendars import joining_page, place_links
from courses.forms import FilterForm, InterestForm, WaitingListForm
from courses.models import Course, Workshop, WorkshopSeries
from courses.rows import catch_up_html, row_html
from courses.series import Offered
from courses.timetable import Filters
from courses.when import days_of, when
from kit.forms.forms import kept_form
from kit.local.times import city_of, organiser_clock
from kit.pages.json_ld import as_json_ld
from kit.pages.kept import constant
from kit.pages.same_parts import rendered
from practice.models import SaleTerms
from practice.shown import clocks

register = template.Library()

OTHERS = 2


@register.simple_tag
def next_workshops(count: int, full_price: bool = False, level: int = 3) -> SafeString:
    """The soonest ones that are not closed; with `full_price` only those where a full-price place can be had."""
    wanted = attrgetter("has_full_price_place") if full_price else catalogue.is_not_closed

    def rows() -> SafeString:
        listings = catalogue.soonest(catalogue.to_be_booked(), clocks(), most=count, wanted=wanted)
        context = {"listings": listings, "level": level, "says_when_empty": True}
        return render_to_string("courses/_rows.html", context)

    return constant(f"next workshops: {count}, {full_price}, {level}", rows)


@register.simple_tag
def session_row(listing: catalogue.Listing, covers: bool = False, level: int = 3) -> SafeString:
    return row_html(listing, covers=covers, level=level)


@register.simple_tag
def catch_up(listing: catalogue.Listing) -> SafeString:
    """A workshop of which the recording alone is sold."""
    return catch_up_html(listing)


@register.simple_tag
def filter_form(form: FilterForm, filters: Filters) -> SafeString:
    choices = {name: tuple(map(tuple, field.choices)) for name, field in form.fields.items()}
    return rendered("courses/_filters.html", filters=filters, **choices)


@register.simple_tag
def other_workshops(workshop: Workshop) -> SafeString:
    """Rows of the soonest that are not closed, beside this one."""
    rows = constant("soonest workshops", _soonest_rows)
    return mark_safe("".join([row for pk, row in rows if pk != workshop.pk][:OTHERS]))  # noqa: S308  rendered


@register.simple_tag
def related_workshops(courses: Iterable[Course]) -> SafeString:
    """The dates of these courses; a course without one leads to its own page."""

    def lines() -> SafeString:
        found = catalogue.dates_of(courses)
        undated = [course for course in courses if course.pk not in found.dated]
        return render_to_string("courses/_related.html", {"lines": found.lines, "undated": undated})

    return constant(f"related workshops: {[course.pk for course in courses]}", lines)


@register.simple_tag
def latest_workshops() -> SafeString:
    """The soonest dates of all, for a page that belongs to no course."""

    def lines() -> SafeString:
        return render_to_string("courses/_related.html", {"lines": catalogue.latest(), "undated": []})

    return constant("latest workshops", lines)


@register.simple_tag
def interest_form(course: Course) -> SafeString:
    return kept_form(f"interest in {course.slug}", lambda: InterestForm(course=course))


@register.simple_tag
def waiting_list_form(workshop: Workshop) -> SafeString:
    return _waiting_list_form(reverse("courses:waiting_list", args=[workshop.slug]))


@register.simple_tag
def series_waiting_list_form(offer: Offered) -> SafeString:
    return _waiting_list_form(reverse("courses:series_waiting_list", args=[offer.slug]))


def _waiting_list_form(action: str) -> SafeString:
    return kept_form(f"waiting list at {action}", lambda: WaitingListForm(action=action))


class Programme(NamedTuple):
    """Of a session, or of a usual day: that has neither heading nor weekday."""

    parts: tuple[programmes.Part, ...]
    heading: str = ""
    weekday: str = ""


@register.simple_tag
def usual_programme(course: Course) -> SafeString:
    """Of its usual day, where no date is spoken of."""
    return rendered("courses/_programme.html", programmes=(_usual(course),))


@register.simple_tag
def programme(workshop: Workshop, zone: str = "") -> SafeString:
    """Of each session; in the reader's own time, too, where the zone is known, else a script adds it."""
    sessions = workshop.session_list
    found = [(tuple(programmes.parts_of(each, zone)), each.heading, each.span.weekday) for each in sessions]
    told = tuple(Programme(*each) for each in found if each[0]) or (_usual(workshop.course),)
    return rendered(
        "courses/_programme.html",
        programmes=told,
        city=organiser_clock(workshop.time_zone, clocks()).city if told[0].weekday else "",
        theirs=city_of(zone) if any(part.theirs for each in told for part in each.parts) else "",
        is_for_everybody=not zone,
        are_several=len(sessions) > 1,
    )


def _usual(course: Course) -> Programme:
    return Programme(tuple(programmes.usual_parts(course)))


@register.simple_tag
def event_data(detail: workshop_detail.Detail) -> SafeString:
    """The workshop for search engines, as JSON that can close no script element. The link is the page, never Zoom."""
    return as_json_ld(structured_data.event_of(detail))


@register.simple_tag
def series_data(offer: Offered) -> SafeString:
    """The series for search engines: a course with an instance for each of its workshops."""
    return as_json_ld(structured_data.series_of(offer))


@register.inclusion_tag("courses/_series_of.html")
def series_of(workshop: Workshop) -> dict[str, Any]:
    """The series that this workshop is sold in, too."""

    def known() -> dict[int, list[WorkshopSeries]]:
        its: dict[int, list[WorkshopSeries]] = {}
        for each in WorkshopSeries.objects.coming().prefetch_related("parts"):
            for part in each.parts.all():
                its.setdefault(part.workshop_id, []).append(each)
        return its

    return {"series": constant("series of workshops", known).get(workshop.pk, [])}


@register.inclusion_tag("courses/_series_list.html")
def all_series() -> dict[str, Any]:
    """For the catalogue: what is sold whole, with its price."""
    return {"series": constant("all series", lambda: list(WorkshopSeries.objects.coming()))}


@register.inclusion_tag("components/when.html", name="when")
def when_lines(workshop: Workshop, zone: str = "") -> dict[str, list[str]]:
    """All its sessions, on the organiser's clock and on the reader's."""
    return {"lines": when(workshop, zone) or [workshop.starts_on]}


register.filter("joining_page", joining_page)
register.filter("google_links", place_links)


@register.filter
def days(workshop: Workshop) -> str:
    """All that it takes place on, as somebody who has a place thinks of it."""
    return days_of(workshop.session_list) or workshop.starts_on


@register.filter
def price_words(detail: workshop_detail.Detail, terms: SaleTerms) -> str:
    """What the prices in the box contain."""
    types = [choice.ticket_type for choice in detail.choices if choice.is_selectable]
    return price_box.total_words(types, terms.vat_rate)


@register.filter
def group_words(detail: workshop_detail.Detail) -> str:
    """From how many places on the group price counts."""
    return price_box.group_words(detail)


@register.filter
def group_terms(detail: workshop_detail.Detail) -> str:
    """The same for a script: `3 10`, or nothing."""
    return price_box.group_terms(detail)


def _soonest_rows() -> list[tuple[int, SafeString]]:
    listings = catalogue.soonest(catalogue.to_be_booked(), clocks(), most=OTHERS + 1, wanted=catalogue.is_not_closed)
    return [(each.workshop.pk, row_html(each)) for each in listings]
