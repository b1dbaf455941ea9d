"""What the site knows about people: each app says in its `privacy.py` which of its rows hold somebody, why, for how
long, and how they go. From that a person is shown, copied and erased, and what is said nowhere fails a test.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.template.defaultfilters import pluralize
from django.utils.text import capfirst

from kit.guard.addresses import benefit_key
from kit.work import said_by_apps

AT_A_TIME = 1000  # rows that one round of the worker ends
ERASED = "Erased"
OTHER_DOMAINS = {"gmail.com": ["gmail.com", "googlemail.com"]}
AS_A_WHOLE = r"(?<![\w.+-])(?:{})(?![\w-]|\.\w)"  # “Ann Lee” is not in “Joann Lee”, nor a@b.org in maria@b.org.uk

Find = Callable[[str], QuerySet]
Erase = Callable[[QuerySet], Any]
Stay = Callable[[QuerySet], QuerySet]


def nothing(rows: QuerySet) -> QuerySet:
    return rows.none()


@dataclass(frozen=True)
class Kept:
    """One kind of row that says something about people.

    Whose it is stands in `by`, a path to an address; rows of a log have none, and are found by words `within` them.
    Of the rows that `stay` finds, `stays_because` says why, and until when. The others go by `erase`.
    """

    model: str
    columns: tuple[str, ...]  # every one that holds a person, or a way to them
    why: str
    until: str
    erase: Erase | None = None  # None: it goes along with another row
    by: str = ""
    or_by: str = ""  # another path to an address, where the first holds another or none
    of_place: str = ""  # a path to the ticket that it ends with
    is_sealed: bool = False  # the address is encrypted, so every row is looked at
    names: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    stay: Stay = nothing
    stays_because: str = ""

    @property
    def rows(self) -> QuerySet:
        return apps.get_model(self.model)._base_manager.all()

    @property
    def title(self) -> str:
        return capfirst(str(apps.get_model(self.model)._meta.verbose_name_plural))

    def of_address(self, address: str) -> QuerySet:
        """However it is written: with a +tag, in capitals, and with dots at Gmail."""
        key = benefit_key(address)
        local, domains = _parts_of(key)
        found: set[Any] = set()
        for path in filter(None, (self.by, self.or_by)):
            ends = Q()
            for each in domains:
                ends |= Q(**{f"{path}__iendswith": f"@{each}"})
            alike = self.rows if self.is_sealed else self.rows.filter(ends, **{f"{path}__istartswith": local[:1]})
            found.update(pk for pk, each in alike.values_list("pk", path) if benefit_key(each) == key)
        for find in _also.get(self.model, []):
            found.update(find(address).values_list("pk", flat=True))
        return self.rows.filter(pk__in=found)

    def naming(self, address: str, words: Iterable[str]) -> QuerySet:
        """Of a log: where the address stands, however it is written, or one of the words; never within longer ones."""
        words, (local, domains) = set(words), _parts_of(benefit_key(address))
        spelling = r"\.?".join(map(re.escape, local)) if len(domains) > 1 else re.escape(local)
        spelling += rf"(?:\+[^\s@]*)?@(?:{'|'.join(map(re.escape, domains))})"
        named = re.compile(AS_A_WHOLE.format("|".join([spelling, *map(re.escape, words)])), re.IGNORECASE)
        alike = self._with_any({*words, *(f"@{each}" for each in domains)}).values_list("pk", *self.within)
        found = [pk for pk, *columns in alike.iterator() if any(map(named.search, _texts_in(columns)))]
        return self.rows.filter(pk__in=found)

    def _with_any(self, words: Iterable[str]) -> QuerySet:
        found, rows = Q(), self.rows
        spellings = {spelling for each in words for spelling in (each, json.dumps(each)[1:-1])}  # as JSON has it
        for number, column in enumerate(self.within):
            rows = rows.annotate(**{f"text_{number}": Cast(column, TextField())})
            for each in spellings:
                found |= Q(**{f"text_{number}__icontains": each})
        return rows.filter(found)


def _parts_of(key: str) -> tuple[str, list[str]]:
    """What stands before the @, and all that may stand after it."""
    local, _, domain = key.rpartition("@")
    return local, OTHER_DOMAINS.get(domain, [domain])


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for each in value:
            yield from _texts_in(each)
    else:
        yield str(value)


_kept: list[Kept] = []
_also: dict[str, list[Find]] = {}
_about_nobody: set[str] = set()


def all_kept() -> list[Kept]:
    """Of all apps, always in the same order."""
    said_by_apps.load("privacy")
    return sorted(_kept, key=lambda kept: kept.model)


def columns_about_nobody() -> set[str]:
    said_by_apps.load("privacy")
    return _about_nobody


def keeps(*kept: Kept) -> None:
    _kept.extend(kept)


def finds_also(model: str, find: Find) -> None:
    """What is somebody's though it holds another address, or none: other rows tell whose it is."""
    _also.setdefault(model, []).append(find)


def about_nobody(*columns: str) -> None:
    """Columns that sound as if they held a person, and do not: `courses.tickettype.name`, or `practice.location.*`."""
    _about_nobody.update(columns)


def delete_some(rows: QuerySet) -> int:
    """For the worker: deletes a bounded number of what has ended, and returns how many rows of the model went."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:AT_A_TIME])
    return rows.model._base_manager.filter(pk__in=keys).delete()[1].get(rows.model._meta.label, 0) if keys else 0


def blank_some(rows: QuerySet, **values: Any) -> int:
    """For the worker: empties columns of a bounded number of rows, and returns of how many."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:AT_A_TIME])
    return rows.model._base_manager.filter(pk__in=keys).update(**values) if keys else 0


def delete_rows(rows: QuerySet) -> None:
    rows.delete()


def days(period: timedelta) -> str:
    return f"{period.days} day{pluralize(period.days)}"
