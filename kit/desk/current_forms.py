"""No form of the desk puts back what somebody else, the site itself or another tab has changed meanwhile."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django import forms
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from kit.database.conflicts import is_taken
from kit.desk.input_names import NamedByRows
from kit.desk.meanwhile import Difference, Page, bring_together, changed_since, take_theirs
from kit.desk.opened import FIELD, Opened, facts
from kit.desk.rows import save_changed

NOTHING_SAVED = "Somebody else has changed this since you opened it, so nothing was saved yet."
NOTHING_DELETED = "Somebody else has changed this since you opened it, so nothing was deleted. Look again first."
ENTRIES_A_PAGE = 50


class History(Protocol):
    """Where an admin site keeps what was changed, by whom: its `history`. `accounts.history` is one."""

    def recording(self, page: models.Model, *rows: models.QuerySet) -> AbstractContextManager[None]: ...
    def record_added(self, row: models.Model) -> None: ...
    def record_deleted(self, rows: Iterable[models.Model]) -> None: ...
    def changes_of(self, *pages: models.Model) -> models.QuerySet: ...
    def last_number(self) -> int: ...


@dataclass(frozen=True)
class Change:
    """A difference, and as far as it is recorded who made it, when, and what stood there before."""

    difference: Difference
    who: str = ""
    at: datetime | None = None
    was: str = ""
    now: str = ""


class CurrentForms:
    """For a ModelAdmin. Each form carries what it showed; when it comes back, the row is locked and compared first.

    On a difference nothing is saved: the page says who changed what, keeps what was typed, and lets the sender choose.
    """

    unwatched: tuple[str, ...] = ()  # columns that change by themselves, and matter to nobody who edits the row

    def lock_row(self, row: models.Model) -> None:
        """Within the transaction of a POST. An admin whose rows are locked behind another row locks that one first."""
        lock_rows(type(row), [row.pk])

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> models.Model | None:
        row = super().get_object(request, object_id, from_field)
        if row is None or request.method != "POST":
            return row
        self.lock_row(row)
        return super().get_object(request, object_id, from_field)  # as it is now that nobody else can change it

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """Of what may be there once, somebody else may store one just after the form has looked: then it looks again,
        and says so at the field."""
        sent = request.POST
        try:
            return self._look_and_save(request, object_id, form_url, extra_context)
        except IntegrityError as error:
            if not is_taken(error):
                raise
        request.POST = sent
        return self._look_and_save(request, object_id, form_url, extra_context)

    def _look_and_save(
        self, request: HttpRequest, object_id: str | None, form_url: str, extra_context: dict | None
    ) -> HttpResponse:
        request.number = self._history.last_number()
        if object_id is None or request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            row = self.get_object(request, unquote(object_id))
            if row is None or not self.has_change_permission(request, row):
                return super().changeform_view(request, object_id, form_url, extra_context)
            formsets = self._stored_formsets(request, row)
            self._compare(request, self._page(self._stored_form(request, row), formsets), [row])
            with self._history.recording(row, *_rows_of(row, formsets)):
                return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(
        self, request: HttpRequest, context: dict, add=False, change=False, form_url="", obj=None
    ) -> HttpResponse:
        if obj is not None and request.method == "POST":
            context |= {"opened": request.opened, "meanwhile": request.meanwhile}
            if request.meanwhile and len(context["errors"]) == 1:
                context["errors"] = []  # there is nothing to correct; what differs says what to do
        elif obj is not None and self.has_change_permission(request, obj):
            formsets = [each.formset for each in context["inline_admin_formsets"] if each.has_change_permission]
            context["opened"] = self._page(context["adminform"].form, formsets).opened(request.number)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_form(self, request: HttpRequest, obj: models.Model | None = None, **kwargs: Any) -> type:
        form = super().get_form(request, obj, **kwargs)
        return type(form.__name__, (_RefusedForm, form), {}) if _is_overtaken(request) else form

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        request.number = self._history.last_number()
        is_saving = request.method == "POST" and self.list_editable and "_save" in request.POST
        if not is_saving or not self.has_change_permission(request):
            return super().changelist_view(request, extra_context)
        with suppress(IncorrectLookupParameters), transaction.atomic():
            self._compare_list(request)
            context = {"opened": request.opened, "meanwhile": request.meanwhile, **(extra_context or {})}
            return super().changelist_view(request, context)
        return super().changelist_view(request, extra_context)  # there is no such list, and it says so

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> type:
        formset = super().get_changelist_formset(request, **kwargs)
        extra = _RefusedFormSet if _is_overtaken(request) else _OpenedFormSet
        return type(formset.__name__, (extra, formset), {"number": request.number})

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        """What is deleted is what the page showed that asked whether to."""
        request.number = self._history.last_number()
        with transaction.atomic() if request.method == "POST" else nullcontext():
            context = extra_context or {}
            if row := self.get_object(request, unquote(object_id)):
                context = {"opened": Opened(request.number, {"": facts(row, without=self.unwatched)}), **context}
                if request.POST and Opened.read(request.POST.get(FIELD, "")).rows != context["opened"].rows:
                    request.POST = QueryDict()
                    context["meanwhile"] = NOTHING_DELETED
            return super().delete_view(request, object_id, context)

    def save_model(self, request: HttpRequest, obj: models.Model, form: forms.ModelForm, change: bool) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            return
        with transaction.atomic(), self._history.recording(obj):
            save_changed(obj)

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        self._history.record_added(obj)
        return super().log_addition(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Iterable[models.Model]) -> Any:
        self._history.record_deleted(queryset)
        return super().log_deletions(request, queryset)

    @method_decorator(require_safe)
    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        entries = self._history.changes_of(row) if row else []
        page = Paginator(entries, ENTRIES_A_PAGE).get_page(request.GET.get("page"))
        return super().history_view(request, object_id, {"entries": page, **(extra_context or {})})

    @cached_property
    def _history(self) -> History:
        return self.admin_site.history

    def _page(self, form: forms.ModelForm, formsets: Iterable[forms.BaseModelFormSet]) -> Page:
        return Page(form, formsets, unwatched=self.unwatched)

    def _stored_form(self, request: HttpRequest, row: models.Model) -> forms.ModelForm:
        fields = flatten_fieldsets(self.get_fieldsets(request, row))
        return self.get_form(request, row, change=True, fields=fields)(instance=row)

    def _stored_formsets(self, request: HttpRequest, row: models.Model) -> list[forms.BaseInlineFormSet]:
        """Those of the page that may be changed, with the prefixes that the stock admin gives them."""
        found, prefixes = [], []
        for formset, inline in self.get_formsets_with_inlines(request, row):
            prefix = formset.get_default_prefix()
            prefixes.append(prefix)
            if prefixes.count(prefix) > 1:
                prefix = f"{prefix}-{prefixes.count(prefix)}"
            if inline.has_change_permission(request, row):
                found.append(formset(instance=row, prefix=prefix, queryset=inline.get_queryset(request)))
        return found

    def _compare_list(self, request: HttpRequest) -> None:
        prefix = self.get_changelist_formset(request).get_default_prefix()
        lock_rows(self.model, self._get_list_editable_queryset(request, prefix).order_by().values("pk"))
        rows = self.get_changelist_instance(request).result_list
        formset = self.get_changelist_formset(request)(queryset=rows)
        self._compare(request, Page(None, [formset]), list(rows))

    def _compare(self, request: HttpRequest, page: Page, rows: Sequence[models.Model]) -> None:
        """Leaves in the request what it was opened with, what differs, and the answers as they are to be read now."""
        request.opened, request.meanwhile = Opened.read(request.POST.get(FIELD, "")), []
        request.POST = take_theirs(page, request.POST)
        if changed_since(request.opened, page):
            differences, request.POST = bring_together(request.opened, page, request.POST)
            entries = list(self._history.changes_of(*rows).filter(pk__gt=request.opened.number))
            request.meanwhile = [_explained(each, page, entries) for each in differences]
            request.opened = page.opened(request.number)


def lock_rows(model: type[models.Model], pks: Iterable) -> None:
    list(model._base_manager.select_for_update().filter(pk__in=pks).order_by("pk").values_list("pk"))


def _is_overtaken(request: HttpRequest) -> bool:
    return bool(getattr(request, "meanwhile", None))


def _itself(row: models.Model) -> models.QuerySet:
    return type(row)._base_manager.filter(pk=row.pk)


def _rows_of(row: models.Model, formsets: Iterable[forms.BaseInlineFormSet]) -> list[models.QuerySet]:
    return [_itself(row), *(each.model._base_manager.filter(**{each.fk.name: row}) for each in formsets)]


def _explained(difference: Difference, page: Page, entries: Sequence[Any]) -> Change:
    """With what the history knows of it; without, where something changed the row past the site."""
    row = page.row_of(difference.key)
    of_row = (each for each in entries if (each.model, str(each.object_id)) == row)
    told = [each for each in of_row if _tells_of(each, difference.field)]
    if not told:
        return Change(difference)
    first, last = told[-1], told[0]
    was, now = _old_and_new(first, difference.field)[0], _old_and_new(last, difference.field)[1]
    return Change(difference, last.colleague, last.at, was, "" if difference.stored else now or "empty")


def _old_and_new(entry: Any, field: str) -> tuple[str, str]:
    return entry.changes.get(field, ("", "")) if entry.changes else entry.states


def _tells_of(entry: Any, field: str) -> bool:
    return field in entry.changes if entry.changes else field in {"", "status"}


class _RefusedForm:
    """Whatever else is right or wrong with it, it is not saved."""

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound:
            self.add_error(None, ValidationError(NOTHING_SAVED, code="meanwhile"))


class _OpenedFormSet(NamedByRows):
    """Of a list: says what it showed."""

    @property
    def opened(self) -> Opened:
        return Page(None, [self]).opened(self.number)


class _RefusedFormSet(_OpenedFormSet):
    def clean(self) -> None:
        super().clean()
        raise ValidationError(NOTHING_SAVED, code="meanwhile")
