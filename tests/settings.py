"""The site in the tests' own process."""

from tests.site_settings import *  # noqa: F403

KEPT_PAGES_SECONDS = 5
DATABASE.setdefault("TEST", {})["MIGRATE"] = False  # noqa: F405  the tables of the models, made at once: tests/conftest.py
DATABASE["CONN_MAX_AGE"] = 0  # noqa: F405  or the thread of a served page would keep its connection
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]  # noqa: F405  the first is quick
CACHES = CACHES | {"default": CACHES["memory"]}  # noqa: F405  also where a test has no database
