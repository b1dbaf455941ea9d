"""Where a page of ours stands; `reverse` would look for the same answer again and again."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.core.checks import CheckMessage
from django.urls import ResolverMatch, URLPattern, URLResolver, get_script_prefix, reverse
from django.urls.resolvers import RoutePattern
from django.utils.module_loading import import_string

DESK = "admin/"
MOST = 5000  # answers that a process keeps
ANY_PART = "-any-part-"


def path_to(page: str, *parts: str | int) -> str:
    """Of the page with this name, such as `courses:workshop`, and these parts of its address."""
    return _path(get_script_prefix(), page, parts)


def path_by_secret(page: str, secret: str) -> str:
    """Of the page with this name that a secret alone leads to. Only where such pages stand is kept, no secret is."""
    return _path(get_script_prefix(), page, (ANY_PART,)).replace(ANY_PART, secret)


@lru_cache(maxsize=MOST)
def _path(prefix: str, page: str, parts: tuple[str | int, ...]) -> str:
    """`prefix` is where the whole site stands, as whoever asks sees it."""
    return reverse(page, args=parts)


def page(route: str, view: str, kwargs: dict[str, Any] | None = None, *, name: str) -> URLPattern:
    """As Django's `path`, with the name of a view, whose module is imported when somebody comes to the page."""
    return _Page(RoutePattern(route, name=name, is_endpoint=True), view, kwargs, name)


class _Page(URLPattern):
    """Its `callback` is the name of the view: a link to the page needs no more."""

    @property
    def lookup_str(self) -> str:
        return self.callback

    @property
    def view(self) -> Callable[..., Any]:
        return import_string(self.callback)

    def check(self) -> list[CheckMessage]:
        """For `manage.py check`; raises ImportError where there is no such view."""
        import_string(self.callback)
        return super().check()

    def resolve(self, path: str) -> ResolverMatch | None:
        if match := super().resolve(path):
            match.func = self.view
        return match


class LoadedWhenAsked(URLResolver):
    """Addresses in a namespace, given as the name of a module. It is imported when somebody comes to one of them or
    links to one; Django imports all of them for the first link to any page."""

    def _populate(self) -> None:
        """Asked by the resolver above, for names that are in no namespace."""
