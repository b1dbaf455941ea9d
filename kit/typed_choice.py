"""Choosing a row at the desk by typing a part of its name."""

from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import ForeignKey
from django.forms import ModelChoiceField
from django.http import HttpRequest

LONGEST_KEY = 18  # digits; more than any database counts to


class KeySelect(AutocompleteSelect):
    """The stock widget asks the database for whatever was sent. Here what is no key is no choice; the form says so."""

    def optgroups(self, name: str, value: list, attr: dict | None = None) -> list:
        keys = [each for each in value if not each or (len(str(each)) <= LONGEST_KEY and str(each).isdecimal())]
        return super().optgroups(name, keys, attr)


class TypedChoices:
    """For a ModelAdmin with `autocomplete_fields`; stands before it."""

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> ModelChoiceField:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KeySelect(db_field, self.admin_site, using=kwargs.get("using")))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
