"""Where a page of ours stands; `reverse` would look for the same answer again and again."""

from functools import lru_cache

from django.urls import URLResolver, get_script_prefix, reverse

DESK = "admin/"
MOST = 5000  # answers that a process keeps


def path_to(page: str, *parts: str | int) -> str:
    """Of the page with this name, such as `courses:workshop`, and these parts of its address."""
    return _path(get_script_prefix(), page, parts)


@lru_cache(maxsize=MOST)
def _path(prefix: str, page: str, parts: tuple[str | int, ...]) -> str:
    """`prefix` is where the whole site stands, as whoever asks sees it."""
    return reverse(page, args=parts)


class LoadedWhenAsked(URLResolver):
    """Addresses in a namespace, given as the name of a module. It is imported when somebody comes to one of them or
    links to one; Django imports all of them for the first link to any page."""

    def _populate(self) -> None:
        """Asked by the resolver above, for names that are in no namespace."""
