from django import template

from courses.models import Workshop
from learning import timeline

register = template.Library()


@register.inclusion_tag("admin/courses/workshop/_timeline.html")
def timeline_of(workshop: Workshop) -> dict[str, list[timeline.Moment]]:
    return {"moments": timeline.timeline_of(workshop)}
