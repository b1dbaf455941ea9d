"""Days in the practice's way of writing them, and what it calls hours of training; every template has both."""

from typing import Any

from django import template
from django.template.defaultfilters import date as as_told

from kit.local import locales

register = template.Library()


@register.filter(expects_localtime=True, is_safe=False)
def date(value: Any, form: str | None = None) -> str:
    return as_told(value, locales.form_of(form) if form else form)


@register.simple_tag
def cpd() -> str:
    """What hours of training are called where the practice is."""
    return locales.training()


@register.simple_tag
def tax() -> str:
    """What a price may contain."""
    return locales.tax()


@register.filter
def said(words: str) -> str:
    """Words that were kept as the British say them."""
    return str(locales.said(words))


@register.simple_tag
def locale() -> str:
    """Which English it is, for pages that may ask nothing of the database."""
    return locales.current()
