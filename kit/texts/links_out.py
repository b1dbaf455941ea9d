"""Which links readers find: each app says it in its `links_out.py`, and `practice/links.py` looks after them."""

from collections.abc import Callable, Iterable, Iterator

from django.db.models import Model

from kit.work import said_by_apps

Linking = Callable[[], Iterator[tuple[Model, Iterable[str]]]]
_sources: list[Linking] = []


def sources() -> list[Linking]:
    """Of all apps."""
    said_by_apps.load("links_out")
    return _sources


def leads_out(source: Linking) -> Linking:
    """Registers a function that gives the rows whose text or column leads somewhere, each with its links: of what
    readers may see now, and the row that the desk opens to mend it."""
    _sources.append(source)
    return source
