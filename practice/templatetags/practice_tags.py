import re
from typing import Any

from django import template
from django.conf import settings
from django.utils.safestring import SafeString

from kit.forms import kept_form
from practice.forms import EnquiryForm
from practice.models import Practice

register = template.Library()

BLANK_LINES = re.compile(r"\n\s*\n")


@register.simple_tag
def practice_identity() -> Practice:
    """Who runs the site, for mails: no request brings it there."""
    return Practice.current()


@register.inclusion_tag("practice/_page_meta.html", takes_context=True)
def page_meta(
    context: template.Context, title: str, description: str = "", path: str = "", kind: str = "website"
) -> dict[str, Any]:
    """The page's one address, on the site's own name, and what is shown where somebody shares it."""
    practice = context["practice"]
    return {
        "title": title,
        "description": description or practice.tagline,
        "url": settings.SITE_URL + (path or context["request"].path),
        "kind": kind,
        "site_name": practice.name,
    }


@register.simple_tag
def enquiry_form() -> SafeString:
    return kept_form("enquiry", EnquiryForm)


@register.filter
def paragraphs(text: str) -> list[str]:
    """What blank lines part."""
    return [part.strip() for part in BLANK_LINES.split(text) if part.strip()]
