"""Who answers now, as a frightened reader looks for it: by what it is about, then by country."""

from collections.abc import Iterable
from dataclasses import dataclass

from practice.models import CrisisLine


@dataclass(frozen=True)
class ForWhom:
    kind: CrisisLine.Kind
    countries: dict[str, list[CrisisLine]]


def for_whom(lines: Iterable[CrisisLine]) -> list[ForWhom]:
    """Each kind that there is a line for, its countries in the order of their first lines."""
    found: dict[str, dict[str, list[CrisisLine]]] = {}
    for line in lines:
        found.setdefault(line.kind, {}).setdefault(line.country, []).append(line)
    return [ForWhom(kind, found[kind]) for kind in CrisisLine.Kind if kind in found]
