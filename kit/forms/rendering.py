"""How forms become HTML: by Django's own templates, but for what is one tag. To write one takes a tenth of what its
template takes, and a page to book on has ten of them.
"""

from collections.abc import Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import conditional_escape

KINDS = ("text", "number", "email", "url", "password", "hidden", "date", "datetime", "time", "checkbox")
INPUTS = {f"django/forms/widgets/{kind}.html" for kind in KINDS}
TEXTAREA = "django/forms/widgets/textarea.html"


class FormRenderer(DjangoTemplates):
    """The setting FORM_RENDERER. What it writes is to the letter what Django's templates give."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        if template_name in INPUTS:
            return _input(context["widget"])
        if template_name == TEXTAREA:
            return _textarea(context["widget"])
        return super().render(template_name, context, request)


def _input(widget: Mapping[str, Any]) -> str:
    value = {} if widget["value"] is None else {"value": widget["value"]}
    return f"<input{_written({'type': widget['type'], 'name': widget['name']} | value)}{_written(widget['attrs'])}>"


def _textarea(widget: Mapping[str, Any]) -> str:
    words = conditional_escape(widget["value"] or "")
    return f"<textarea{_written({'name': widget['name']})}{_written(widget['attrs'])}>\n{words}</textarea>"


def _written(attributes: Mapping[str, Any]) -> str:
    """What is true stands without a value, and what is false not at all."""
    return "".join(
        f" {escape(name)}" if value is True else f' {escape(name)}="{conditional_escape(value)}"'
        for name, value in attributes.items()
        if value is not False
    )
