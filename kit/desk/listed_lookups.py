"""What a list at the desk may be asked. What it does not show cannot be guessed letter by letter either."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from datetime import datetime, time, timedelta
from functools import cached_property, reduce
from itertools import islice
from typing import Any

from django.contrib import messages
from django.contrib.admin import AllValuesFieldListFilter, FieldListFilter
from django.contrib.admin.exceptions import DisallowedModelAdminLookup, DisallowedModelAdminToField
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import get_fields_from_path, quote
from django.contrib.admin.views.main import ERROR_FLAG, ChangeList
from django.contrib.auth import get_permission_codename
from django.db import DataError
from django.db.models import DateField, DateTimeField, Max, Min, Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import get_default_timezone, localtime, make_aware, override

from kit.database.plans import of_no_index
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
        return DeskList

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


class DeskList(ChangeList):
    """What the stock list asks for each row, or of each row, is asked once."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.asked_with, self.preserved_filters = self.preserved_filters, ""  # what is left there is added row by row

    def url_for_result(self, result: Model) -> str:
        """With what the list was asked, to come back to it."""
        before, after = self._around_the_key
        return f"{before}{quote(result.pk)}{after}"

    @cached_property
    def _around_the_key(self) -> tuple[str, str]:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        before, _, after = reverse(name, args=["0"]).rpartition("0")
        return before, f"{after}?{self.asked_with}" if self.asked_with else after

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if self.date_hierarchy:
            days = OfferedDays(self.queryset.all(), self.result_count)
            self.queryset.aggregate, self.queryset.datetimes = days.aggregate, days.datetimes

    def get_filters(self, request: HttpRequest) -> tuple:
        """Django makes a day into a moment of the current zone, and then again into a day of the default one."""
        field = self.date_hierarchy and get_fields_from_path(self.model, self.date_hierarchy)[-1]
        is_of_days = isinstance(field, DateField) and not isinstance(field, DateTimeField)
        with override(get_default_timezone()) if is_of_days else nullcontext():
            return super().get_filters(request)


class OfferedDays:
    """What the template tag `date_hierarchy` asks of a list of many rows: Django looks at each of them, where an index
    knows the first one and the last, and the next one after a month or a day.
    """

    def __init__(self, rows: QuerySet, count: int) -> None:
        self.rows, self.is_short = rows, count <= MOST_FOUND

    def aggregate(self, **ends: Min | Max) -> dict[str, Any]:
        """Each on its own: of both in one question SQLite reads the whole index."""
        if self.is_short:
            return self.rows.aggregate(**ends)
        return {name: self.rows.aggregate(end=end)["end"] for name, end in ends.items()}

    def datetimes(self, column: str, kind: str) -> Iterable[datetime]:
        if kind == "year":
            first, last = self.aggregate(first=Min(column), last=Max(column)).values()
            years = range(localtime(first).year, localtime(last).year + 1) if first else ()
            return [datetime(year, 1, 1) for year in years]
        return self.rows.datetimes(column, kind) if self.is_short else self._one_by_one(column, kind)

    def _one_by_one(self, column: str, kind: str) -> Iterator[datetime]:
        rows = self.rows
        while moment := rows.aggregate(first=Min(column))["first"]:
            yield localtime(moment)
            rows = self.rows.filter(**{f"{column}__gte": _after(localtime(moment), kind)})


def _newest(rows: QuerySet) -> list[int]:
    """One more than are shown, if there are so many.

    Not by the index of the keys: PostgreSQL takes a word that is begun for a common one, and would look at every row
    from the newest on until it has so many, where the index of the words has the few there are.
    """
    return list(rows.order_by(of_no_index("pk").desc()).values_list("pk", flat=True)[: MOST_FOUND + 1])


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


def _after(moment: datetime, kind: str) -> datetime:
    """When the next day or month begins."""
    day = moment.date()
    after = day + timedelta(days=1) if kind == "day" else (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return make_aware(datetime.combine(after, time()))


def _may_see_end_of(path: str, model: type[Model], request: HttpRequest) -> bool:
    owner = get_fields_from_path(model, path)[-1].model
    return owner is model or any(
        request.user.has_perm(f"{owner._meta.app_label}.{get_permission_codename(action, owner._meta)}")
        for action in ("view", "change")
    )
