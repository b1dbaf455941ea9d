"""Work that comes due by itself. Each app lists its own in `due.py`; the worker asks them all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from kit.work import said_by_apps

Work = Callable[[], int]


class Lane(StrEnum):
    """The work of a lane is done one after the other, and waits for no other lane.

    Each is for what may have to wait for the one named here.
    """

    MAILS = "mails"  # the mail server
    SALES = "sales"  # Stripe
    ZOOM = "zoom"  # Zoom
    LINKS = "links"  # sites of other people
    UPKEEP = "upkeep"  # nobody: the database alone


@dataclass(frozen=True)
class DueWork:
    name: str
    every: timedelta
    run: Work
    lane: Lane


_works: list[DueWork] = []


def all_works() -> list[DueWork]:
    """Of all apps."""
    said_by_apps.load("due")
    return _works


def due(*, every: timedelta, lane: Lane) -> Callable[[Work], Work]:
    """Registers a function that does what is due and returns how many things it did.

    It goes over its rows with `kit.work.rounds.do_for_each`, or is one statement.
    """

    def register(work: Work) -> Work:
        _works.append(DueWork(f"{work.__module__}.{work.__name__}", every, work, lane))
        return work

    return register
