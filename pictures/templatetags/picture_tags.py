from typing import Any, NamedTuple

from django import template
from django.utils.safestring import SafeString

from kit.pages.same_parts import rendered
from pictures.models import ShownPicture

register = template.Library()


class Lead(NamedTuple):
    """All that pictures/_cover.html shows of an article or a course."""

    picture: ShownPicture | None
    cover_url: str


@register.simple_tag
def lead_picture(of: Any, src: str = "") -> SafeString:
    """Beside a title; `src` is its cover, where that is not public yet."""
    picture = of.picture
    lead = Lead(picture.shown if picture else None, src or of.cover_url)
    return rendered("pictures/_lead.html", of=lead, credit=picture.credit_line if picture else "")
