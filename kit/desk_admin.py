"""What every form and list of the desk is built on."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Field, Model
from django.http import HttpRequest

from kit.checked_requests import CheckedRequests
from kit.current_forms import CurrentForms
from kit.errors_at_fields import ErrorsAtFields, InlineErrorsAtFields
from kit.listed_lookups import ListedLookups
from kit.rows import RowsFormSet, TableFormSet
from kit.typed_copies import ConfirmsSaves


class DeskAdmin(ErrorsAtFields, ListedLookups, CheckedRequests, CurrentForms, ConfirmsSaves, admin.ModelAdmin):
    """Instead of `admin.ModelAdmin`. Beside a field stands where the site's guide has more (`help_with`)."""

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.help_text = self.admin_site.help_with(db_field, field.help_text)
        return field


class LateFilter(admin.SimpleListFilter):
    """For rows with an answer promised, whose `overdue()` knows those that are late."""

    title = "answer"
    parameter_name = "late"

    def lookups(self, request, model_admin):
        return [("yes", "should have been given by now")]

    def queryset(self, request, queryset):
        return queryset.overdue() if self.value() == "yes" else queryset


def named(column: str, *, otherwise: str = "nobody") -> Callable[[admin.ModelAdmin, Model], str]:
    """A row that another names, where not everybody who sees the one may open the other: its name, and no link."""

    @admin.display(description=column.replace("_", " "))
    def name_of(model_admin: admin.ModelAdmin, row: Model) -> str:
        found = getattr(row, column)
        return str(getattr(found, "name", "") or found or otherwise)

    return name_of


class DeskTabularInline(InlineErrorsAtFields, admin.TabularInline):
    """Instead of `admin.TabularInline`."""

    formset = TableFormSet


class DeskStackedInline(InlineErrorsAtFields, admin.StackedInline):
    """Instead of `admin.StackedInline`."""

    formset = RowsFormSet


class ReadOnly:
    """Facts: to be read and searched, never typed over."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
