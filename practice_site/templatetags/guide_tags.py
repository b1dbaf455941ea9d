from django import template
from django.db.models.options import Options
from django.utils.safestring import SafeString

from practice_site import guide

register = template.Library()


@register.simple_tag
def in_the_guide(opts: Options | None) -> SafeString | str:
    """The way to the chapter about these rows."""
    chapter = guide.chapter_of(opts.label_lower) if opts else None
    return guide.link_to(chapter) if chapter else ""
