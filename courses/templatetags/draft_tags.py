from django import template

from courses.models import Workshop

register = template.Library()


@register.inclusion_tag("admin/courses/workshop/_missing.html")
def missing_of(workshop: Workshop) -> dict[str, list[str]]:
    """What a draft still lacks."""
    from courses.publishing import still_missing  # Django loads all tags at the start, and only the desk asks

    return {"missing": still_missing(workshop)}
