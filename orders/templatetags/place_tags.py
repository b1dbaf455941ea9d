from typing import Any

from django import template

from courses.models import Workshop

register = template.Library()


@register.inclusion_tag("admin/courses/workshop/_places.html")
def places_of(workshop: Workshop) -> dict[str, Any]:
    from orders.admin import place_sums  # of the desk, and each page loads all libraries of tags

    return {"sum": place_sums.sum_of(workshop)}
