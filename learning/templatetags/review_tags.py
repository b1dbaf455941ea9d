from typing import Any

from django import template
from django.utils.safestring import SafeString

from courses.models import Course
from courses.structured_data import course_of
from kit.pages.json_ld import as_json_ld
from learning.reviewing import reviews

register = template.Library()


@register.inclusion_tag("learning/_reviews.html")
def reviews_of(course: Course) -> dict[str, Any]:
    """What people who were there say, with number and average; search engines are told of the whole course."""
    found = reviews.of_course(course)
    return {"reviews": found, "data": _data(course, found)}


def _data(course: Course, found: reviews.Reviews) -> SafeString:
    told = course_of(course)
    if found.count:
        rating = {"@type": "AggregateRating", "ratingValue": round(found.average, 1), "reviewCount": found.count}
        told["aggregateRating"] = rating | {"bestRating": 5, "worstRating": 1}
    return as_json_ld(told)
