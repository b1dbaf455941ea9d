"""How forms become HTML: by Django's own templates, but for single fields and selects. To write one takes a tenth of
what its template takes, and a select of time zones at the desk has seven hundred options, each of two templates.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.html import conditional_escape

KINDS = ("text", "number", "email", "url", "password", "hidden", "date", "datetime", "time", "checkbox")
INPUTS = {f"django/forms/widgets/{kind}.html" for kind in KINDS}
TEXTAREA = "django/forms/widgets/textarea.html"
SELECT = "django/forms/widgets/select.html"
OPTION = "django/forms/widgets/select_option.html"


class FormRenderer(DjangoTemplates):
    """The setting FORM_RENDERER. What it writes is to the letter what Django's templates give, but that options stand
    without blanks between them.
    """

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        if template_name in INPUTS:
            return _input(context["widget"])
        if template_name == TEXTAREA:
            return _textarea(context["widget"])
        if template_name == SELECT and _has_usual_options(context["widget"]):
            return _select(context["widget"])
        return super().render(template_name, context, request)


def _input(widget: Mapping[str, Any]) -> str:
    value = {} if widget["value"] is None else {"value": widget["value"]}
    return f"<input{_written({'type': widget['type'], 'name': widget['name']} | value)}{_written(widget['attrs'])}>"


def _textarea(widget: Mapping[str, Any]) -> str:
    words = conditional_escape(widget["value"] or "")
    return f"<textarea{_written({'name': widget['name']})}{_written(widget['attrs'])}>\n{words}</textarea>"


def _has_usual_options(widget: Mapping[str, Any]) -> bool:
    return all(each["template_name"] == OPTION for _, options, _ in widget["optgroups"] for each in options)


def _select(widget: Mapping[str, Any]) -> str:
    groups = "".join(_group(name, options) for name, options, _ in widget["optgroups"])
    return f"<select{_written({'name': widget['name']})}{_written(widget['attrs'])}>{groups}</select>"


def _group(name: str | None, options: Sequence[Mapping[str, Any]]) -> str:
    within = "".join(_option(each) for each in options)
    return f'<optgroup label="{conditional_escape(name)}">{within}</optgroup>' if name else within


def _option(option: Mapping[str, Any]) -> str:
    value, label = conditional_escape(option["value"]), conditional_escape(localize(option["label"]))
    return f'<option value="{value}"{_written(option["attrs"])}>{label}</option>'


def _written(attributes: Mapping[str, Any]) -> str:
    """What is true stands without a value, and what is false not at all."""
    return "".join(
        f" {escape(name)}" if value is True else f' {escape(name)}="{conditional_escape(value)}"'
        for name, value in attributes.items()
        if value is not False
    )
