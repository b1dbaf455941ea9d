"""Questions to the database that are built once: to build one takes longer than to have it answered."""

from collections.abc import Callable
from datetime import date
from functools import cache, wraps
from typing import Any, TypeVar

from django.db.models import DateField, DateTimeField, QuerySet, Value
from django.utils import timezone

Question = TypeVar("Question", bound=QuerySet)


class ThisMoment(Value):
    """The moment at which the question is asked, not built, by the clock of this process."""

    def __init__(self) -> None:
        super().__init__(None, output_field=DateTimeField())

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self.output_field.get_db_prep_value(timezone.now(), connection=connection)]


class Today(Value):
    """The day on which the question is asked, not built, by the clock that is given."""

    def __init__(self, clock: Callable[[], date]) -> None:
        super().__init__(None, output_field=DateField())
        self.clock = clock

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self.output_field.get_db_prep_value(self.clock(), connection=connection)]


def built_once(build: Callable[[], Question]) -> Callable[[], Question]:
    """For a function that gives a QuerySet without a time of its own: whoever calls it gets one without an answer."""
    built = cache(build)
    return wraps(build)(lambda: built().all())
