"""Names for fields of the desk to which the stock admin gives none that a screen reader could say."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.forms.utils import pretty_name


class NamedParts:
    """For a form: a day and a time are two fields, which the stock page labels with words that belong to neither."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field.widget, AdminSplitDateTime):
                for widget, part in zip(field.widget.widgets, ("date", "time"), strict=True):
                    widget.attrs["aria-label"] = f"{field.label or pretty_name(name)}: {part}"


class NamedByColumns:
    """For a formset: each field is called by its column, as the stock table of rows does not."""

    def add_fields(self, form: forms.BaseForm, index: int | None) -> None:
        super().add_fields(form, index)
        for name, field in form.fields.items():
            if not field.widget.is_hidden:
                field.widget.attrs.setdefault("aria-label", self.column_of(form, field.label or pretty_name(name)))

    def column_of(self, form: forms.BaseForm, label: str) -> str:
        return label


class NamedByRows(NamedByColumns):
    """For a list whose rows are edited in it: by its row, too."""

    def column_of(self, form: forms.BaseForm, label: str) -> str:
        return f"{label}: {form.instance}"
