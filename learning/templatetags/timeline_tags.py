from django import template

from courses.models import Workshop

register = template.Library()


@register.inclusion_tag("admin/courses/workshop/_timeline.html")
def timeline_of(workshop: Workshop) -> dict[str, object]:
    from learning import timeline  # Django loads all tags at the start, and only the desk asks

    return {"moments": timeline.timeline_of(workshop)}
