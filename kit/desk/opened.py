"""What a form of the desk showed when it was opened: one mark for each field, carried within the form.

A mark stands for what a browser sends for a field that nobody touched. So three marks tell all there is to tell of a
field: as it was opened, as it is stored now, as it came back.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.http import QueryDict
from django.utils.crypto import salted_hmac

FIELD = "_opened"
LONGEST = 200_000  # characters
FACT = "="  # before the name of a column that the form only shows
Sent = dict[str, list[str]]  # as a browser sends it: values by name
Marks = dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """One row as it is stored, on an unbound form of the page; `words` say which row, where there are several."""

    form: forms.BaseForm
    facts: Marks
    words: str = ""

    @property
    def marks(self) -> Marks:
        return {name: mark(as_sent(self.form, name)) for name in fields_of(self.form)} | self.facts


@dataclass(frozen=True)
class Opened:
    """The marks of each row of the page by the row's key, and the number of the latest change known then."""

    number: int
    rows: dict[str, Marks] = field(default_factory=dict)

    def __str__(self) -> str:
        return json.dumps([self.number, self.rows], separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> "Opened":
        """What is no such statement counts as one that knows of nothing, so that whatever differs is asked about."""
        try:
            number, rows = json.loads(text[:LONGEST])
            return cls(
                int(number), {str(key): {str(k): str(v) for k, v in marks.items()} for key, marks in rows.items()}
            )
        except (ValueError, TypeError, AttributeError, RecursionError):
            return cls(0)


def fields_of(form: forms.BaseForm) -> list[str]:
    """Those that a person fills in; not what a formset keeps its books with."""
    books = {"DELETE", "ORDER", form._meta.model._meta.pk.name}
    return [
        name
        for name, each in form.fields.items()
        if not each.disabled and name not in books and not isinstance(each, forms.models.InlineForeignKeyField)
    ]


def as_sent(form: forms.BaseForm, name: str) -> Sent:
    """What a browser sends for this field of an unbound form if nobody touches it."""
    return _sent(form.fields[name].widget, form.add_prefix(name), form[name].value())


def came_back(data: QueryDict, sent: Sent) -> Sent:
    """What did come back under the same names."""
    return {name: data.getlist(name) for name in sent}


def mark(sent: Sent) -> str:
    """Line ends are the browser's, and an empty answer is as good as none."""
    values = ["\n".join(value.splitlines()) for of_name in sent.values() for value in of_name if value]
    return salted_hmac("opened", "\0".join(values).encode(errors="surrogatepass")).hexdigest()[:12]


def facts(row: models.Model, *, without: Iterable[str] = ()) -> Marks:
    """The marks of columns that a form shows and does not ask for."""
    known = row.get_deferred_fields() | set(without)
    return {
        FACT + each.name: mark({each.name: [str(each.value_to_string(row))]})
        for each in row._meta.concrete_fields
        if (each.editable or each.name == "status") and not each.primary_key and not known & {each.name, each.attname}
    }


def _sent(widget: forms.Widget, name: str, value: Any) -> Sent:
    if isinstance(widget, RelatedFieldWidgetWrapper):
        widget = widget.widget
    if isinstance(widget, forms.MultiWidget):
        parts = value if isinstance(value, list | tuple) else widget.decompress(value)
        each = zip(widget.widgets, widget.widgets_names, parts, strict=True)
        return {key: sent for part, suffix, of in each for key, sent in _sent(part, name + suffix, of).items()}
    if isinstance(widget, forms.CheckboxInput):
        return {name: ["on"] if widget.check_test(value) else []}
    shown = widget.format_value(value)
    return {name: [str(each) for each in (shown if isinstance(shown, list | tuple) else [shown]) if each is not None]}
