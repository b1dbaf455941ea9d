"""What a constraint of a row complains of is said at the field that it is about, at the desk as on the site."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import BaseConstraint, CheckConstraint, F, Q, UniqueConstraint

from kit.desk.input_names import NamedParts


class ConstraintsAtFields:
    """For a ModelForm. An error that no field of the form can answer for stays at the top."""

    def add_error(self, field: str | None, error: Any) -> None:
        if field is None and hasattr(error, "error_dict"):
            error = ValidationError(self._placed(error.error_dict))
        super().add_error(field, error)

    def _placed(self, errors: dict[str, list[ValidationError]]) -> dict[str, list[ValidationError]]:
        placed = {name: [*found] for name, found in errors.items() if name != NON_FIELD_ERRORS}
        for error in errors.get(NON_FIELD_ERRORS, []):
            placed.setdefault(self._field_of(error), []).append(error)
        return placed

    def _field_of(self, error: ValidationError) -> str:
        """Of the constraint's columns in the form the first that is empty, else the first."""
        for constraint in self._meta.model._meta.constraints:
            if error.message == constraint.violation_error_message:
                shown = [name for name in _columns(constraint) if name in self.fields]
                empty = [name for name in shown if self.cleaned_data.get(name) in self.fields[name].empty_values]
                return next(iter([*empty, *shown]), NON_FIELD_ERRORS)
        return NON_FIELD_ERRORS


class ErrorsAtFields:
    """For a ModelAdmin."""

    def get_form(self, request, obj=None, **kwargs):
        return _at_fields(super().get_form(request, obj, **kwargs))


class InlineErrorsAtFields:
    """For its inlines."""

    def get_formset(self, request, obj=None, **kwargs):
        return super().get_formset(request, obj, **{"form": _at_fields(self.form), **kwargs})


def _at_fields(form: type) -> type:
    whole = issubclass(form, ConstraintsAtFields)
    return form if whole else type(form.__name__, (ConstraintsAtFields, NamedParts, form), {})


def _columns(constraint: BaseConstraint) -> Iterator[str]:
    if isinstance(constraint, UniqueConstraint):
        yield from reversed(constraint.fields)  # what is told apart comes last: a name within its workshop
    elif isinstance(constraint, CheckConstraint) and isinstance(constraint.condition, Q):
        yield from _columns_of(constraint.condition)


def _columns_of(condition: Q) -> Iterator[str]:
    for child in condition.children:
        if isinstance(child, Q):
            yield from _columns_of(child)
            continue
        name, value = child
        yield name.split("__")[0]
        if isinstance(value, F):
            yield value.name
