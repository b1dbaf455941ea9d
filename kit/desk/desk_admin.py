"""What every form and list of the desk is built on."""

from collections.abc import Callable, Iterable
from html import unescape
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import DateTimeField, Field, Model
from django.http import HttpRequest
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from kit.desk.checked_requests import MOST_ROWS, CheckedRequests
from kit.desk.current_forms import CurrentForms
from kit.desk.errors_at_fields import ErrorsAtFields, InlineErrorsAtFields
from kit.desk.listed_lookups import ListedLookups
from kit.desk.rows import RowsFormSet, TableFormSet
from kit.desk.typed_copies import ConfirmsSaves
from kit.forms.forms import MomentField

CHECKBOX = (
    '<input type="checkbox" name="_selected_action" value="{}" class="action-select" '
    'aria-label="Select this object for an action - {}">'
)


class DeskAdmin(ErrorsAtFields, ListedLookups, CheckedRequests, CurrentForms, ConfirmsSaves, admin.ModelAdmin):
    """Instead of `admin.ModelAdmin`. Beside a field stands where the site's guide has more (`help_with`)."""

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, DateTimeField):
            kwargs = {"form_class": MomentField, **kwargs}
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.help_text = self.admin_site.help_with(db_field, field.help_text)
        return field

    def action_checkbox(self, obj: Model) -> SafeString:
        """As Django writes it, which renders a widget of a form for each row."""
        return format_html(CHECKBOX, obj.pk, obj)

    def get_deleted_objects(self, objs: Iterable[Model], request: HttpRequest) -> tuple[list, dict, set, list]:
        """Without the rows that only tie two others together: they have no name that a person knows."""
        rows, counts, needed, protected = super().get_deleted_objects(objs, request)
        ties = [each._meta for each in apps.get_models(include_auto_created=True) if each._meta.auto_created]
        named = tuple(f"{capfirst(each.verbose_name)}: " for each in ties)
        plural = {str(each.verbose_name_plural) for each in ties}
        counts = {name: count for name, count in counts.items() if str(name) not in plural}
        return _without(rows, named), counts, needed, protected


def _without(rows: list, named: tuple[str, ...]) -> list:
    """Lists of lists of sentences, as the stock page shows them."""
    kept = [_without(each, named) if isinstance(each, list) else each for each in rows]
    return [each for each in kept if each != [] and not (isinstance(each, str) and each.startswith(named))]


def said_once(said: Iterable[str], more: Iterable[str]) -> list[str]:
    """Rows that stand in the way, some of them as a link and some without."""
    said = list(said)
    known = {unescape(strip_tags(each)) for each in said}
    return [*said, *dict.fromkeys(each for each in more if each not in known)]


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

    max_num = MOST_ROWS
    formset = TableFormSet


class DeskStackedInline(InlineErrorsAtFields, admin.StackedInline):
    """Instead of `admin.StackedInline`."""

    max_num = MOST_ROWS
    formset = RowsFormSet


class ReadOnly:
    """Facts: to be read and searched, never typed over."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
