"""A form of the desk that writes to a working copy beside the row: another act alone changes what the public reads."""

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from typing import Any

from django import forms
from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, JsonResponse

from kit.desk.meanwhile import Page
from kit.desk.snapshots import FIELDS, PARTS, Content, Part, Shape, plain, take

Formsets = Iterable[forms.BaseInlineFormSet]


class WorkingForms(ModelAdmin):
    """Stands before DeskAdmin. What is stored is `keep_edit`'s to say; a new row is stored as everywhere."""

    shape: Shape

    def edited(self, row: models.Model) -> models.Model:
        """The row with its working copy laid over it."""
        raise NotImplementedError

    def keep_edit(self, request: HttpRequest, row: models.Model, content: Content) -> None:
        raise NotImplementedError

    def last_edit(self, row: models.Model) -> tuple[str, datetime] | None:
        """Who changed the working copy last, and when."""
        raise NotImplementedError

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> models.Model | None:
        row = super().get_object(request, object_id, from_field)
        return row and self.edited(row)

    def get_formsets_with_inlines(self, request: HttpRequest, obj: models.Model | None = None) -> Iterator[tuple]:
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            name = formset.fk.remote_field.name
            part = self.shape.part(name) if obj is not None and name in self.shape.parts else None
            yield (type(formset.__name__, (WorkingRows, formset), {"part": part}) if part else formset), inline

    def _compare(self, request: HttpRequest, page: Page, rows: Sequence[models.Model]) -> None:
        """The history knows of the row; of its working copy, who wrote it last."""
        super()._compare(request, page, rows)
        if request.meanwhile and (last := self.last_edit(rows[0])):
            request.meanwhile = [
                each if each.who else replace(each, who=last[0], at=last[1]) for each in request.meanwhile
            ]

    def prepare_edit(self, row: models.Model) -> None:
        """What a text goes through before it is kept."""

    def keep_typed(self, row: models.Model, content: Content) -> None:
        raise NotImplementedError

    def autosave(self, request: HttpRequest, pk: int) -> JsonResponse:
        """What has been typed by now goes into the working copy, as far as it is valid; nothing else changes.

        It is refused like a save where somebody else has changed the row meanwhile: the browser stops, and says so.
        """
        with transaction.atomic():
            row = self.get_object(request, str(pk))
            if row is None or not self.has_change_permission(request, row):
                raise PermissionDenied
            request.number = self._history.last_number()
            page = self._page(self._stored_form(request, row), self._stored_formsets(request, row))
            self._compare(request, page, [row])
            if request.meanwhile:
                return JsonResponse({"by": next((each.who for each in request.meanwhile if each.who), "")}, status=409)
            typed = self.typed(request, row)
            self.keep_typed(row, typed.content)
            kept = super().get_object(request, str(pk))
            fresh = self.edited(kept)
            page = self._page(self._stored_form(request, fresh), self._stored_formsets(request, fresh))
        return JsonResponse(
            {"opened": str(page.opened(request.number)), "keys": typed.keys, "not_kept": typed.not_kept}
        )

    def typed(self, request: HttpRequest, row: models.Model) -> "Typed":
        """What the form says as far as it is valid; nothing is stored."""
        before = take(row, self.shape)
        fields = flatten_fieldsets(self.get_fieldsets(request, row))
        form = self.get_form(request, row, change=True, fields=fields)(request.POST, instance=row)
        formsets, _ = self._create_formsets(request, row, change=True)
        for each in [form, *formsets]:
            each.is_valid()
        self.prepare_edit(row)
        content = content_of(form, formsets, self.shape, is_whole=False)
        content[FIELDS] |= {name: before[FIELDS][name] for name in form.errors if name in before[FIELDS]}
        return Typed(content, _keys_of(formsets), [*_refused(form), *_left_out(formsets)])

    def save_model(self, request: HttpRequest, obj: models.Model, form: forms.ModelForm, change: bool) -> None:
        if not change:
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: forms.ModelForm, formsets: Formsets, change: bool) -> None:
        if change:
            self.keep_edit(request, form.instance, content_of(form, formsets, self.shape))
        else:
            super().save_related(request, form, formsets, change)


@dataclass(frozen=True)
class Typed:
    """What was taken over: the content, by formset the keys of its rows in their order, and what was left out."""

    content: Content
    keys: dict[str, list[int]]
    not_kept: list[str]


def _keys_of(formsets: Formsets) -> dict[str, list[int]]:
    found = {}
    for formset in formsets:
        known = takewhile(lambda form: form.instance.pk is not None, formset.forms)
        found[formset.prefix] = [form.instance.pk for form in known]
    return found


def _refused(form: forms.ModelForm) -> list[str]:
    return [str(form[name].label) for name in form.errors if name in form.fields]


def _left_out(formsets: Formsets) -> Iterator[str]:
    for formset in formsets:
        for form in formset.forms:
            is_new = form.instance.pk is None
            if form.has_changed() and (form.errors or is_new or formset._should_delete_form(form)):
                yield str(formset.model._meta.verbose_name)


class WorkingRows:
    """For a formset: its rows are the parts of the row in memory, and it writes none of them."""

    part: Part
    new_objects: tuple = ()
    changed_objects: tuple = ()
    deleted_objects: tuple = ()

    def get_queryset(self) -> list[models.Model]:
        if not hasattr(self, "_parts"):
            self._parts = [copy(each) for each in self.part.of(self.instance)]  # what is typed changes these
        return self._parts

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        key = form.instance.pk if index is not None and index < self.initial_form_count() else None
        form.fields[self.model._meta.pk.name] = forms.IntegerField(
            initial=key, required=False, widget=forms.HiddenInput
        )

    def stored_rows(self) -> list[models.Model]:
        return self.part.of(self.instance)


def content_of(form: forms.ModelForm, formsets: Formsets, shape: Shape, *, is_whole: bool = True) -> Content:
    """What the form and its rows say. Unless the whole is valid, only what is; the rest stands as it was."""
    content = take(form.instance, shape)
    for choice in shape.choices:
        if choice.name in getattr(form, "cleaned_data", {}):
            content[FIELDS][choice.name] = sorted(each.pk for each in form.cleaned_data[choice.name])
    for formset in formsets:
        if isinstance(formset, WorkingRows):
            content[PARTS][formset.part.name] = _parts_of(formset, is_whole=is_whole)
    return plain(content)


def _parts_of(formset: Any, *, is_whole: bool) -> list[Content]:
    part: Part = formset.part
    found = {row.pk: part.taken(row) for row in part.of(formset.instance)}
    is_in_line = True  # a new row that a later page must find again stands right after the known ones
    for form in formset.forms:
        is_new = form.instance.pk is None
        if formset._should_delete_form(form):
            if is_whole:
                found.pop(form.instance.pk, None)
            continue
        if is_new and (not form.has_changed() or not (is_whole or is_in_line)):
            is_in_line = False
            continue
        if not form.has_changed():
            continue
        if form.errors:
            is_in_line = is_in_line and not is_new
            continue
        if is_new:
            form.instance.pk = min([0, *found]) - 1
        found[form.instance.pk] = part.taken(form.instance)
    return list(found.values())
