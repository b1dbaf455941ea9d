"""The site in the tests' own process."""

from tests.site_settings import *  # noqa: F403

DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405  or a served page's thread would keep its connection
