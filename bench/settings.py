"""The site as it runs in production, with one page more that does nothing."""

from tests.site_settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
