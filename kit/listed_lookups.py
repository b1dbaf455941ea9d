"""What a list at the desk may be asked. What it does not show cannot be guessed letter by letter either."""

import logging
from collections.abc import Iterator
from contextlib import nullcontext
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.admin import FieldListFilter
from django.contrib.admin.exceptions import DisallowedModelAdminLookup, DisallowedModelAdminToField
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.views.main import ERROR_FLAG, ChangeList
from django.contrib.auth import get_permission_codename
from django.db import DataError
from django.db.models import DateField, DateTimeField, Model, QuerySet
from django.http import HttpRequest
from django.utils.timezone import get_default_timezone, override

LONGEST_SEARCH = 200  # characters; each word of a search is a condition of its own, and a database takes only so many
SEARCH_SIGNS = "^=@"  # how Django is told to compare
NOT_SHOWN = "The list could not be shown as it was asked for, so here is all of it."

log = logging.getLogger(__name__)


class ListedLookups:
    """For a ModelAdmin: its list answers to its own filters and days, and to no other question about its rows.

    Django lets whoever may see a list filter it by every column of its model, shown or not: with `?text__regex=` and
    the number of rows that are left, a hidden text is read in a minute.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup in self.listed_parameters(request)

    def listed_parameters(self, request: HttpRequest) -> frozenset[str]:
        """The names that the links of this list's filters and of its days are made of."""
        filters = tuple(self.get_list_filter(request))
        if filters not in self._known_parameters:
            names = (name for each in filters for name in self._parameters_of(each, request))
            self._known_parameters[filters] = frozenset([*names, *self._parameters_of_days()])
        return self._known_parameters[filters]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ListOfDays

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Whatever makes no sense in an address is answered by the whole list, and the log keeps no word of it."""
        try:
            return super().get_changelist_instance(request)
        except (DisallowedModelAdminLookup, DisallowedModelAdminToField):
            log.warning("account %s asked the list of %s for what it does not offer", request.user.pk, self.opts.label)
        except (IncorrectLookupParameters, ValueError, OverflowError, DataError):  # such as the year 99999
            if not set(request.GET) - {ERROR_FLAG}:  # nothing was asked, so the list itself is broken
                raise
        self.message_user(request, NOT_SHOWN, messages.WARNING)
        raise IncorrectLookupParameters

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Of another model's columns those alone that this person may see there."""
        return [path for path in super().get_search_fields(request) if _may_see_end_of(path, self.model, request)]

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        if len(search_term) > LONGEST_SEARCH or "\x00" in search_term:
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    @cached_property
    def _known_parameters(self) -> dict[tuple, frozenset[str]]:
        """A filter asks the database what it can offer, so each is asked for its names only once."""
        return {}

    def _parameters_of(self, list_filter: Any, request: HttpRequest) -> list[str]:
        """As `ChangeList.get_filters` makes it."""
        if callable(list_filter):
            return list_filter(request, {}, self.model, self).expected_parameters()
        is_pair = isinstance(list_filter, tuple)
        path, make = list_filter if is_pair else (list_filter, FieldListFilter.create)
        field = get_fields_from_path(self.model, path)[-1]
        return make(field, request, {}, self.model, self, field_path=path).expected_parameters()

    def _parameters_of_days(self) -> Iterator[str]:
        """As the template tag `date_hierarchy` makes them."""
        if self.date_hierarchy:
            yield from (f"{self.date_hierarchy}__{part}" for part in ("year", "month", "day"))


class ListOfDays(ChangeList):
    def get_filters(self, request: HttpRequest) -> tuple:
        """Django makes a day into a moment of the current zone, and then again into a day of the default one."""
        field = self.date_hierarchy and get_fields_from_path(self.model, self.date_hierarchy)[-1]
        is_of_days = isinstance(field, DateField) and not isinstance(field, DateTimeField)
        with override(get_default_timezone()) if is_of_days else nullcontext():
            return super().get_filters(request)


def _may_see_end_of(path: str, model: type[Model], request: HttpRequest) -> bool:
    owner = get_fields_from_path(model, path.lstrip(SEARCH_SIGNS))[-1].model
    return owner is model or any(
        request.user.has_perm(f"{owner._meta.app_label}.{get_permission_codename(action, owner._meta)}")
        for action in ("view", "change")
    )
