"""Questions to the database that are built once: to build one takes longer than to have it answered."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cache, wraps
from typing import Any, TypeVar

from django.db.models import DateField, DateTimeField, QuerySet, Value
from django.utils import timezone

Question = TypeVar("Question", bound=QuerySet)


@dataclass(frozen=True)
class Later:
    """Stands among the parameters of SQL that is kept, for what is known when it is asked."""

    value: Callable[[dict[str, Any]], Any]


@contextmanager
def compiling() -> Iterator[None]:
    """What is made within is kept, so no moment is put into it."""
    token = _is_kept.set(True)
    try:
        yield
    finally:
        _is_kept.reset(token)


class ThisMoment(Value):
    """The moment at which the question is asked, not built, by the clock of this process."""

    def __init__(self) -> None:
        super().__init__(None, output_field=DateTimeField())

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [_now_or_later(lambda: self.output_field.get_db_prep_value(timezone.now(), connection=connection))]


class Today(Value):
    """The day on which the question is asked, not built, by the clock that is given."""

    def __init__(self, clock: Callable[[], date]) -> None:
        super().__init__(None, output_field=DateField())
        self.clock = clock

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [_now_or_later(lambda: self.output_field.get_db_prep_value(self.clock(), connection=connection))]


def built_once(build: Callable[[], Question]) -> Callable[[], Question]:
    """For a function that gives a QuerySet without a time of its own: whoever calls it gets one without an answer."""
    built = cache(build)
    return wraps(build)(lambda: built().all())


def _now_or_later(value: Callable[[], Any]) -> Any:
    return Later(lambda answers: value()) if _is_kept.get() else value()


_is_kept: ContextVar[bool] = ContextVar("is_kept", default=False)
