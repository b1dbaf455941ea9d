"""What search engines are told of courses, workshops and series: what their pages say, and nothing more."""

from typing import Any

from django.conf import settings

from courses import catalogue
from courses.models import Course, TicketType, Workshop
from courses.series import Offered
from courses.workshop_detail import Detail
from kit.pages.json_ld import SCHEMA
from kit.pages.kept import constant
from practice.shown import practice

Told = dict[str, Any]


def course_of(course: Course) -> Told:
    """With an instance for each of its workshops that can be booked, and what each costs."""
    runs = constant("runs of courses for search engines", _runs).get(course.pk, [])
    return {
        "@context": SCHEMA,
        "@type": "Course",
        "name": course.title,
        "description": course.blurb,
        "url": settings.SITE_URL + course.get_absolute_url(),
        "image": settings.SITE_URL + course.cover_url,
        "inLanguage": practice().locale,
        "provider": organisation(),
        "offers": [offer for _, offers in runs for offer in offers],
        "hasCourseInstance": [run for run, _ in runs],
    }


def event_of(detail: Detail) -> Told:
    """The link is the page, never Zoom."""
    workshop, course = detail.workshop, detail.workshop.course
    page = settings.SITE_URL + workshop.get_absolute_url()
    cancelled = detail.listing.sale is catalogue.Sale.CANCELLED
    shared = {
        "eventAttendanceMode": f"{SCHEMA}OnlineEventAttendanceMode",
        "eventStatus": f"{SCHEMA}{'EventCancelled' if cancelled else 'EventScheduled'}",
        "location": {"@type": "VirtualLocation", "url": page},
    }
    sessions = [
        {
            "@type": "EducationEvent",
            "name": f"{course.title}: {each.session.title or each.session.heading}",
            "startDate": each.times[0].start_iso,
            "endDate": each.times[0].end_iso,
            **shared,
        }
        for each in detail.sessions
    ]
    return {
        "@context": SCHEMA.rstrip("/"),
        "@type": "EducationEvent",
        "name": course.title,
        "description": course.blurb,
        "url": page,
        "image": settings.SITE_URL + course.cover_url,
        "inLanguage": practice().locale,
        "startDate": detail.sessions[0].times[0].start_iso,
        "endDate": detail.sessions[-1].times[0].end_iso,
        **shared,
        "subEvent": sessions if len(sessions) > 1 else "",
        "organizer": organisation(),
        "performer": [{"@type": "Person", "name": person.name} for person in course.presenters.all()],
        "offers": [_offer(each, page, detail.listing.is_sold_out) for each in catalogue.live_types(workshop)],
    }


def series_of(offer: Offered) -> Told:
    """A course with an instance for each of its workshops."""
    page = settings.SITE_URL + offer.get_absolute_url()
    price = {
        "@type": "Offer",
        "category": "Paid",
        "price": f"{offer.price:.2f}",
        "priceCurrency": settings.CURRENCY,
        "availability": f"{SCHEMA}{'InStock' if offer.can_be_booked else 'SoldOut'}",
        "url": page,
    }
    return {
        "@context": SCHEMA.rstrip("/"),
        "@type": "Course",
        "name": offer.title,
        "description": offer.series.blurb,
        "url": page,
        "inLanguage": practice().locale,
        "provider": organisation(),
        "offers": price if offer.is_on_sale else "",
        "hasCourseInstance": [_instance(each) for each in offer.shown],
    }


def organisation() -> Told:
    return {"@type": "Organization", "name": practice().name, "url": settings.SITE_URL}


def _runs() -> dict[int, list[tuple[Told, list[Told]]]]:
    found: dict[int, list[tuple[Told, list[Told]]]] = {}
    for each in catalogue.to_be_booked():
        page = settings.SITE_URL + each.get_absolute_url()
        offers = [_price(kind, page) for kind in catalogue.live_types(each)]
        found.setdefault(each.course_id, []).append((_instance(each), offers))
    return found


def _instance(workshop: Workshop) -> Told:
    return {
        "@type": "CourseInstance",
        "name": workshop.title,
        "courseMode": "Online",
        "startDate": workshop.starts_at.isoformat(),
        "endDate": workshop.ends_at.isoformat(),
        "url": settings.SITE_URL + workshop.get_absolute_url(),
    }


def _price(each: TicketType, page: str) -> Told:
    """How long it is offered at that price; a moment that is not set is left out."""
    workshop = each.workshop
    begins, ends = workshop.sales_open_at, each.ends_at or workshop.closes_at
    return {
        "@type": "Offer",
        "name": each.name,
        "category": "Paid" if each.price else "Free",
        "price": f"{each.price:.2f}",
        "priceCurrency": settings.CURRENCY,
        "validFrom": begins.isoformat() if begins else "",
        "validThrough": ends.isoformat() if ends else "",
        "url": page,
    }


def _offer(each: TicketType, page: str, is_sold_out: bool) -> Told:
    return _price(each, page) | {"availability": f"{SCHEMA}{'SoldOut' if is_sold_out else 'InStock'}"}
