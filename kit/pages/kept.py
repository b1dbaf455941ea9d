"""What is the same for everybody is made once and kept in this process: for seconds, and until what it read is written.

For what pages show. What decides anything, a price, a place, a code, reads the rows.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.utils import timezone

from kit.database import writes

Value = TypeVar("Value")

MOST = 500  # constants in a process
SECONDS = 5  # that a constant is kept; what another process writes is shown so late


@dataclass(frozen=True)
class Life:
    """Of what was made at a moment from these tables; another process may write to them, so it is short."""

    read: writes.Versions
    begins: float
    ends: float

    @property
    def is_over(self) -> bool:
        return not (self.begins <= time.time() < self.ends and writes.is_current(self.read))


@contextmanager
def living(seconds: float) -> Iterator[Callable[[], Life]]:
    """For how long what is made within may be kept: at most until the next moment that was asked for in making it."""
    begins = time.time()
    token = _moments.set(moments := [])
    try:
        with writes.reading() as read:
            yield lambda: Life(read, begins, min([begins + seconds, *moments]))
    finally:
        _moments.reset(token)
        if (outer := _moments.get()) is not None:
            outer.extend(moments)


def has_come(moment: datetime) -> bool:
    """Whether it has; what is made from the answer is not kept beyond the moment that changes it."""
    is_past = moment <= timezone.now()
    if not is_past and (moments := _moments.get()) is not None:
        moments.append(moment.timestamp())
    return is_past


def constant(name: str, make: Callable[[], Value]) -> Value:
    """What `make` gives, made anew only when its life is over. Nobody may change it: all share it."""
    life, value = _constants.get(name, (None, None))
    if life is None or life.is_over:
        with living(SECONDS) as lives:
            value = make()
        if len(_constants) >= MOST:  # of names with a course or a person in them; the rest is soon made again
            _constants.clear()
        _constants[name] = life, value = lives(), value
    if (moments := _moments.get()) is not None:
        moments.append(life.ends)
        writes.note_read(life.read)
    return value


def forget() -> None:
    """Everything, in this process."""
    writes.move_on()


_moments: ContextVar[list[float] | None] = ContextVar("moments", default=None)
_constants: dict[str, tuple[Life, Any]] = {}
