"""What each app says in a module of its own, such as its `jobs.py`. These are loaded for the first who asks: no page
does, and they bring half of the site with them.
"""

from functools import cache

from django.utils.module_loading import autodiscover_modules

NAMES = ("due", "jobs", "legal_words", "links_out", "privacy", "search_texts")


@cache
def load(name: str) -> None:
    """The module of this name in each app that has one. Whoever asks meanwhile waits for their end."""
    autodiscover_modules(name)
