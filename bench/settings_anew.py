"""The same, with every page rendered anew."""

from bench.settings import *  # noqa: F403

KEPT_PAGES_SECONDS = 0
