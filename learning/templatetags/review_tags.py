from typing import Any

from django import template
from django.conf import settings
from django.utils.safestring import SafeString

from courses.models import Course
from kit.json_ld import SCHEMA, as_json_ld
from learning.reviewing import reviews

register = template.Library()


@register.inclusion_tag("learning/_reviews.html")
def reviews_of(course: Course) -> dict[str, Any]:
    """What people who were there say, with number and average; search engines are told, too."""
    found = reviews.of_course(course)
    return {"reviews": found, "data": _data(course, found) if found.count else ""}


def _data(course: Course, found: reviews.Reviews) -> SafeString:
    rating = {"@type": "AggregateRating", "ratingValue": round(found.average, 1), "reviewCount": found.count}
    data = {
        "@context": SCHEMA,
        "@type": "Course",
        "name": course.title,
        "description": course.blurb,
        "url": settings.SITE_URL + course.get_absolute_url(),
        "aggregateRating": rating | {"bestRating": 5, "worstRating": 1},
    }
    return as_json_ld(data)
