from django import template

from courses.models import Workshop
from courses.publishing import still_missing

register = template.Library()


@register.inclusion_tag("admin/courses/workshop/_missing.html")
def missing_of(workshop: Workshop) -> dict[str, list[str]]:
    """What a draft still lacks."""
    return {"missing": still_missing(workshop)}
