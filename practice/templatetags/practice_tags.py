import re
from datetime import date
from typing import Any

from django import template
from django.conf import settings
from django.utils.safestring import SafeString

from kit.forms import kept_form
from kit.locales import written
from practice import shown
from practice.forms import EnquiryForm
from practice.models import Person, Practice

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
        "locale": practice.locale.replace("-", "_"),
    }


@register.inclusion_tag("practice/_first_conversation.html")
def first_conversation() -> dict[str, Any]:
    """The next step of whoever has read something and thinks of talking to somebody."""
    return {"first": shown.first_fee(), "open": shown.with_places(), "currency": shown.practice().fees_in}


@register.simple_tag
def answer_day() -> date | None:
    """By when whoever writes now has an answer."""
    return shown.answer_by()


@register.filter
def long_day(day: date) -> str:
    """`Tuesday 1 December`"""
    return written(day, "l j F")


@register.simple_tag
def enquiry_form(asked: Person | None = None) -> SafeString:
    return kept_form(f"enquiry to {asked.slug}" if asked else "enquiry", lambda: EnquiryForm(asked=asked))


@register.filter
def paragraphs(text: str) -> list[str]:
    """What blank lines part."""
    return [part.strip() for part in BLANK_LINES.split(text) if part.strip()]
