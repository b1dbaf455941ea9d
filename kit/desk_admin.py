"""What every form and list of the desk is built on."""

from django.contrib import admin


class DeskAdmin(admin.ModelAdmin):
    """Instead of `admin.ModelAdmin`."""


class DeskTabularInline(admin.TabularInline):
    """Instead of `admin.TabularInline`."""


class DeskStackedInline(admin.StackedInline):
    """Instead of `admin.StackedInline`."""
