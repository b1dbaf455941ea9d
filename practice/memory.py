"""However many ask for the practice's row while one request is answered, or one kind of work done, it is read once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

Row = TypeVar("Row")


@contextmanager
def remembering() -> Iterator[None]:
    """What is recalled within is read once; outside, each time. A block or a decorator."""
    token = _memory.set(_Memory())
    try:
        yield
    finally:
        _memory.reset(token)


def recall(read: Callable[[], Row]) -> Row:
    memory = _memory.get()
    if memory is None or memory.is_closed:
        return read()
    if memory.row is None:
        memory.row = read()
    return memory.row


def forget() -> None:
    """To be called when the row is written. All read anew from then on: what was written may still be rolled back."""
    if memory := _memory.get():
        memory.is_closed = True


@dataclass
class _Memory:
    row: Any = None
    is_closed: bool = False


_memory: ContextVar[_Memory | None] = ContextVar("memory", default=None)
