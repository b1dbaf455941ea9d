"""The same, with every page rendered anew; what all pages share is kept."""

from bench.settings import *  # noqa: F403

MIDDLEWARE = [each for each in MIDDLEWARE if each != "kit.pages.kept_pages.kept_pages"]  # noqa: F405
