"""One person, found in every row of the site: shown, copied and erased."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from accounts.models import User
from kit.guard.addresses import benefit_key
from kit.guard.privacy import Kept, all_kept
from privacy.models import PersonRequest

NOT_GIVEN_OUT = {"password", "secret", "session_key", "data", "person", "key", "email_key", "benefit_key"}
# A log is not searched for “Jo”, who is in too many words, nor for what anybody may have typed as a name: “paid”, “@”.
A_FULL_NAME = re.compile(r"[^\W\d_][\w'’.-]*( [^\W\d_][\w'’.-]*)+")


@dataclass(frozen=True)
class Found:
    """What of one kind there is of somebody, as it was when it was looked for."""

    kept: Kept
    keys: list[int] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.keys)

    @property
    def rows(self) -> QuerySet:
        return self.kept.rows.filter(pk__in=self.keys)

    @cached_property
    def staying(self) -> list[int]:
        return list(self.kept.stay(self.rows).values_list("pk", flat=True)) if self.keys else []

    @property
    def goes(self) -> int:
        return self.count - len(self.staying) if self.kept.erase else 0

    @property
    def goes_along(self) -> bool:
        """With the row that it belongs to, or stays with it."""
        return self.kept.erase is None


def find(address: str) -> list[Found]:
    """Of every kind there is anything of. Logs are searched for the addresses and full names found elsewhere."""
    owned = {kept: kept.of_address(address) for kept in all_kept() if kept.by}
    words = set()
    for kept, rows in owned.items():
        words.update(rows.values_list(kept.by, flat=True))
        for column in kept.names:
            words.update(filter(A_FULL_NAME.fullmatch, rows.values_list(column, flat=True)))
    found = [Found(kept, _keys(owned[kept] if kept.by else kept.naming(address, words))) for kept in all_kept()]
    return [each for each in found if each.count]


@transaction.atomic
def copy(address: str, *, user: User) -> dict[str, Any]:
    """What the site keeps, to be given to the person. Of logs, which tell of other people too, the number alone."""
    found = find(address)
    _note(PersonRequest.Kind.COPY, address, found, user)
    return {
        "address": address,
        "kept": [
            {
                "what": each.kept.title,
                "why": each.kept.why,
                "until": each.kept.until,
                "count": each.count,
                "rows": [_facts(row) for row in each.rows.order_by("pk")] if each.kept.by else [],
            }
            for each in found
        ],
    }


@transaction.atomic
def erase(address: str, *, user: User) -> list[Found]:
    """All that need not stay. Returns what was found, with what stays; once more finds only that."""
    found = find(address)
    for each in found:
        each.staying  # noqa: B018  decided on before any row goes
    for each in found:
        if each.kept.erase and each.goes:
            each.kept.erase(each.rows.exclude(pk__in=each.staying))
    _note(PersonRequest.Kind.ERASURE, address, found, user)
    return found


def _keys(rows: QuerySet) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _note(kind: str, address: str, found: list[Found], user: User) -> None:
    person = salted_hmac("privacy.person", benefit_key(address), algorithm="sha256").hexdigest()
    counts = {each.kept.model: [each.count, len(each.staying)] for each in found}
    PersonRequest.objects.create(kind=kind, person=person, counts=counts, user=user)


def _facts(row: Any) -> dict[str, str]:
    """Every column of ours but secrets, in words that JSON has."""
    fields = [each for each in row._meta.concrete_fields if each.name not in NOT_GIVEN_OUT]
    values = {each.name: getattr(row, each.attname) for each in fields}
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


class Encoder(DjangoJSONEncoder):
    def default(self, o: Any) -> Any:
        try:
            return super().default(o)
        except TypeError:
            return str(o)
