"""What is wrong with a form of the desk, at its head: each point with its name, as a link to its field."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms, template

register = template.Library()


@dataclass(frozen=True)
class Fault:
    words: str
    href: str = ""


@register.inclusion_tag("admin/_errors.html")
def page_errors(adminform: Any, inlines: Iterable[Any]) -> dict[str, Any]:
    """Of a page of the stock admin: its form, and the rows below it by their number."""
    return {"faults": [*_faults(adminform.form), *(fault for inline in inlines for fault in _in_rows(inline))]}


@register.inclusion_tag("admin/_errors.html")
def form_errors(form: forms.BaseForm, nothing: str = "Nothing was done.") -> dict[str, Any]:
    """Of a form of our own; `nothing` says what became of it."""
    return {"faults": list(_faults(form)), "nothing": nothing}


def _in_rows(inline: Any) -> Iterator[Fault]:
    name, formset = inline.opts.verbose_name, inline.formset
    for words in formset.non_form_errors():
        yield Fault(str(words), f"#{formset.prefix}-group")
    for number, form in enumerate(formset.forms, 1):
        yield from _faults(form, f"{str(name).capitalize()} {number}: ", f"#{form.prefix}")


def _faults(form: forms.BaseForm, called: str = "", href: str = "") -> Iterator[Fault]:
    for words in form.non_field_errors():
        yield Fault(f"{called}{words}", href)
    for field in form:
        for words in field.errors:
            label = "" if field.is_hidden else f"{field.label}: "
            yield Fault(f"{called}{label}{words}", "" if field.is_hidden else f"#{_id_of(field)}")


def _id_of(field: forms.BoundField) -> str:
    """Of what is typed into: a day and a time are two fields, and nothing has the name of both."""
    is_split = isinstance(field.field.widget, forms.MultiWidget)
    return f"{field.auto_id}_0" if is_split else field.id_for_label or field.auto_id
