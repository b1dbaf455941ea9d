"""Work that comes due by itself. Each app lists its own in `due.py`; the worker asks them all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

Work = Callable[[], int]


@dataclass(frozen=True)
class DueWork:
    name: str
    every: timedelta
    run: Work


REGISTRY: list[DueWork] = []


def due(*, every: timedelta) -> Callable[[Work], Work]:
    """Registers a function that does what is due and returns how many things it did."""

    def register(work: Work) -> Work:
        REGISTRY.append(DueWork(f"{work.__module__}.{work.__name__}", every, work))
        return work

    return register
