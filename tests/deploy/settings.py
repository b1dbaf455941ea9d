"""As other processes of tests have it, but with pages kept, as they are in production."""

from tests.site_settings import *  # noqa: F403

KEPT_PAGES_SECONDS = 5
