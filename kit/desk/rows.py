"""Rows that are edited inside their parent's page at the desk."""

from collections.abc import Iterable

from django import forms
from django.db import models
from django.db.models import QuerySet, UniqueConstraint

from kit.desk.input_names import NamedByColumns

LARGEST = 32_767  # that a small integer holds


def save_changed(row: models.Model) -> None:
    """Writes those columns alone that differ from what is stored. The row must be locked."""
    stored = type(row)._base_manager.get(pk=row.pk)
    known = [field for field in row._meta.concrete_fields if field.attname not in row.get_deferred_fields()]
    changed = [each.name for each in known if getattr(row, each.attname) != getattr(stored, each.attname)]
    if changed:
        row.save(update_fields=changed)


class ChangedRowsFormSet(forms.BaseInlineFormSet):
    """Writes the columns of a row that differ, and no others."""

    def save_existing(self, form: forms.ModelForm, obj: models.Model, commit: bool = True) -> models.Model:
        form.save(commit=False)
        if commit:
            save_changed(form.instance)
            form.save_m2m()
        return form.instance


class RowsFormSet(ChangedRowsFormSet):
    """Says in words when a stored row is in the way: Django leaves the parent out when it checks a row, so it knows the
    rows of this page alone, neither what another tab has saved nor two that change places.

    Rows whose number is the field `numbered` may change places.
    """

    numbered = ""

    def clean(self) -> None:
        super().clean()
        if self.instance.pk:
            for constraint in self.model._meta.constraints:
                if isinstance(constraint, UniqueConstraint):
                    self._refuse_what_is_taken(constraint)

    def save_existing_objects(self, commit: bool = True) -> list:
        """Those that get another number make room for each other first."""
        if self.numbered and commit:
            taken = {getattr(form.instance, self.numbered) for form in self.forms}
            taken |= set(self._stored().values_list(self.numbered, flat=True))
            free = (number for number in range(LARGEST, 0, -1) if number not in taken)
            for form in self.initial_forms:
                if self._leaves_its_number(form):
                    self._stored().filter(pk=form.instance.pk).update(**{self.numbered: next(free)})
        return super().save_existing_objects(commit)

    def _leaves_its_number(self, form: forms.ModelForm) -> bool:
        return self.numbered in form.changed_data or self._should_delete_form(form)

    def _refuse_what_is_taken(self, constraint: UniqueConstraint) -> None:
        names = [name for name in constraint.fields if name != self.fk.name]
        columns = [self.model._meta.get_field(name).attname for name in names]  # an unfilled row has no related object
        stored = {tuple(getattr(row, column) for column in columns): row.pk for row in self.stored_rows()}
        renumbered = {form.instance.pk for form in self.initial_forms if self._leaves_its_number(form)}
        deleted = {form.instance.pk for form in self.initial_forms if self._should_delete_form(form)}
        for form in self.forms:
            holder = stored.get(tuple(getattr(form.instance, column) for column in columns))
            makes_room = renumbered if names == [self.numbered] else deleted if form in self.extra_forms else set()
            if holder not in {None, form.instance.pk, *makes_room} and not self._should_delete_form(form):
                form.add_error(None, constraint.violation_error_message)

    def stored_rows(self) -> Iterable[models.Model]:
        """All that its parent has by now, whether the page shows them or not."""
        return self._stored()

    def _stored(self) -> QuerySet:
        return self.model._default_manager.filter(**{self.fk.name: self.instance})


class TableFormSet(NamedByColumns, RowsFormSet):
    """Rows as a table."""
