from django import template

from courses.models import Workshop
from orders.admin import place_sums

register = template.Library()


@register.inclusion_tag("admin/courses/workshop/_places.html")
def places_of(workshop: Workshop) -> dict[str, place_sums.PlaceSum]:
    return {"sum": place_sums.sum_of(workshop)}
