"""Parts of pages that are made from plain values alone: where the values are the same, so is the part.

Unlike what `kit/pages/kept.py` keeps, nothing here is ever out of date: no row is read in making it, no moment asked
for.
"""

from collections.abc import Hashable
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from kit.local import locales

MOST = 500  # parts in a process
Shape = TypeVar("Shape", bound=NamedTuple)


def rendered(template: str, **values: Hashable) -> SafeString:
    """The template with these values, which are all that it may depend on."""
    return _rendered(template, tuple(values.items()), locales.current())


def values_of(shape: type[Shape], row: Any, **others: Hashable) -> Shape:
    """What a part shows of a row, as one value: what the shape names, asked of the row unless it is given here."""
    own = {name: getattr(row, name) for name in shape._fields if name not in others}
    return shape(**others, **{name: value() if callable(value) else value for name, value in own.items()})


@lru_cache(maxsize=MOST)
def _rendered(template: str, values: tuple[tuple[str, Hashable], ...], locale: str) -> SafeString:
    """`locale` is that in which days and hours are written."""
    return render_to_string(template, dict(values))
