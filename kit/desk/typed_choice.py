"""Choosing a row at the desk by typing a part of its name."""

from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import ForeignKey, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest

MOST_LISTED = 100
LONGEST_KEY = 18  # digits; more than any database counts to


class KeySelect(AutocompleteSelect):
    """The stock widget asks the database for whatever was sent. Here what is no key is no choice; the form says so."""

    def optgroups(self, name: str, value: list, attr: dict | None = None) -> list:
        keys = [each for each in value if not each or (len(str(each)) <= LONGEST_KEY and str(each).isdecimal())]
        return super().optgroups(name, keys, attr)


class ListedKeySelect(KeySelect):
    """Offers the first rows as a plain select does. Where there is JavaScript it takes their place."""

    def optgroups(self, name: str, value: list, attr: dict | None = None) -> list:
        groups = super().optgroups(name, value, attr)
        options = groups[0][1]
        if not self.allow_multiple_selected and not any(option["value"] == "" for option in options):
            options.insert(0, self.create_option(name, "", "Choose", not any(value), 0))
        known = {str(option["value"]) for option in options}
        field = self.choices.field
        for row in self.choices.queryset[:MOST_LISTED]:
            if str(row.pk) not in known:
                options.append(self.create_option(name, row.pk, field.label_from_instance(row), False, len(options)))
        return groups


class TypedChoices:
    """For a ModelAdmin with `autocomplete_fields`; stands before it. Of those that are `listed`, too, one of the first
    can be chosen without JavaScript: their names are made as the list of their rows makes them, in one question."""

    listed: tuple[str, ...] = ()

    def get_field_queryset(self, db: str | None, db_field: ForeignKey, request: HttpRequest) -> QuerySet | None:
        rows = super().get_field_queryset(db, db_field, request)
        desk = self.admin_site.get_model_admin(db_field.remote_field.model) if db_field.name in self.listed else None
        if desk is None or not desk.list_select_related:
            return rows
        rows = db_field.remote_field.model._default_manager.all() if rows is None else rows
        return rows.select_related(*desk.list_select_related)

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> ModelChoiceField:
        if db_field.name in self.get_autocomplete_fields(request):
            select = ListedKeySelect if db_field.name in self.listed else KeySelect
            kwargs.setdefault("widget", select(db_field, self.admin_site, using=kwargs.get("using")))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
