"""What every form and list of the desk is built on."""

from django.contrib import admin

from kit.current_forms import CurrentForms
from kit.rows import RowsFormSet
from kit.typed_copies import ConfirmsSaves


class DeskAdmin(CurrentForms, ConfirmsSaves, admin.ModelAdmin):
    """Instead of `admin.ModelAdmin`."""


class DeskTabularInline(admin.TabularInline):
    """Instead of `admin.TabularInline`."""

    formset = RowsFormSet


class DeskStackedInline(admin.StackedInline):
    """Instead of `admin.StackedInline`."""

    formset = RowsFormSet
