"""One field of a form that has no helper, because a template lays it out: `{{ form.name|drawn }}`."""

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django import template
from django.forms import BoundField
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from kit.local import locales

register = template.Library()

MOST = 500  # fields in a process

_drawn: dict[tuple[str | bool, ...], SafeString] = {}


@register.filter
def drawn(field: BoundField) -> SafeString:
    """As crispy draws it; an empty one, which looks the same for everybody, once. What somebody typed is not kept."""
    if field.form.is_bound or field.value():
        return as_crispy_field(field)
    looks = (
        str(field),
        type(field.field.widget).__name__,
        field.html_name,
        field.auto_id,
        conditional_escape(field.label),
        conditional_escape(field.help_text),
        field.field.required,
        locales.current(),
    )
    if (html := _drawn.get(looks)) is None:
        if len(_drawn) >= MOST:
            _drawn.clear()
        _drawn[looks] = html = as_crispy_field(field)
    return html
