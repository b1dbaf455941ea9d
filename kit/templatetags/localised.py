"""Django's own filter for days, in the practice's way of writing them; every template has it."""

from typing import Any

from django import template
from django.template.defaultfilters import date as as_told

from kit import locales

register = template.Library()


@register.filter(expects_localtime=True, is_safe=False)
def date(value: Any, form: str | None = None) -> str:
    return as_told(value, locales.form_of(form) if form else form)
