"""What a list at the desk may be asked. What it does not show cannot be guessed letter by letter either."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from datetime import datetime
from functools import cached_property, partial, reduce
from itertools import islice
from typing import Any

from django.contrib import messages
from django.contrib.admin import AllValuesFieldListFilter, FieldListFilter
from django.contrib.admin.exceptions import DisallowedModelAdminLookup, DisallowedModelAdminToField
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.views.main import ERROR_FLAG, ChangeList
from django.contrib.auth import get_permission_codename
from django.db import DataError
from django.db.models import DateField, DateTimeField, Max, Min, Model, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.timezone import get_default_timezone, localtime, override

from kit.desk.desk_search import matching

LONGEST_SEARCH = 200  # characters; each word of a search is a condition of its own, and a database takes only so many
MOST_FOUND = 1_000
TOO_MANY = f"More than {MOST_FOUND:,} were found; these are the newest. Another word, or a filter, finds fewer."
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

    show_full_result_count = False  # a search says how many it found, and not of how many

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
        """Rows where a column has all of it, or else, where none has, those that have each word in some column.

        The newest thousand at most: more would have to be sorted, and nobody reads it. No row comes twice.
        """
        if len(search_term) > LONGEST_SEARCH or "\x00" in search_term:
            return queryset.none(), False
        words, paths = search_term.split(), self.get_search_fields(request)
        if not words or not paths:
            return queryset, False
        newest = _newest(matching(queryset, search_term.strip(), paths))
        if not newest and len(words) > 1:
            newest = _newest(reduce(lambda found, word: matching(found, word, paths), words, queryset))
        if len(newest) > MOST_FOUND:
            self.message_user(request, TOO_MANY, messages.INFO)
        return queryset.filter(pk__in=newest[:MOST_FOUND]), False

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
    def get_results(self, request: HttpRequest) -> None:
        """Django looks at every row for the years that it offers; the first and the last row tell as much."""
        super().get_results(request)
        if self.date_hierarchy:
            self.queryset.datetimes = partial(_years_between_or, self.queryset, self.queryset.datetimes)

    def get_filters(self, request: HttpRequest) -> tuple:
        """Django makes a day into a moment of the current zone, and then again into a day of the default one."""
        field = self.date_hierarchy and get_fields_from_path(self.model, self.date_hierarchy)[-1]
        is_of_days = isinstance(field, DateField) and not isinstance(field, DateTimeField)
        with override(get_default_timezone()) if is_of_days else nullcontext():
            return super().get_filters(request)


def _newest(rows: QuerySet) -> list[int]:
    """One more than are shown, if there are so many.

    Not by the index of the keys: PostgreSQL takes a word that is begun for a common one, and would look at every row
    from the newest on until it has so many, where the index of the words has the few there are.
    """
    key = Coalesce("pk", "pk")  # the same, and of this there is no index
    return list(rows.order_by(key.desc()).values_list("pk", flat=True)[: MOST_FOUND + 1])


class FewValues(AllValuesFieldListFilter):
    """Each value of an indexed column that has few: the next one is asked for again and again, instead of every row."""

    MOST = 60

    def __init__(self, field, *arguments, **named):
        super().__init__(field, *arguments, **named)
        self.lookup_choices = list(islice(_values(field.model._base_manager.order_by(), field.name), self.MOST))


def _values(rows: QuerySet, column: str) -> Iterator[str]:
    last = rows.aggregate(least=Min(column))["least"]
    while last is not None:
        yield last
        last = rows.filter(**{f"{column}__gt": last}).aggregate(least=Min(column))["least"]


def _years_between_or(
    rows: QuerySet, ask: Callable[[str, str], Iterable], column: str, kind: str
) -> Iterable[datetime]:
    if kind != "year":
        return ask(column, kind)
    first, last = rows.aggregate(first=Min(column), last=Max(column)).values()
    years = range(localtime(first).year, localtime(last).year + 1) if first else ()
    return [datetime(year, 1, 1) for year in years]


def _may_see_end_of(path: str, model: type[Model], request: HttpRequest) -> bool:
    owner = get_fields_from_path(model, path)[-1].model
    return owner is model or any(
        request.user.has_perm(f"{owner._meta.app_label}.{get_permission_codename(action, owner._meta)}")
        for action in ("view", "change")
    )
