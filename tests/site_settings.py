"""The site in processes of its own: as in production, on a developer's defaults and with the stand-in for Stripe."""

import os
from unittest.mock import patch

with patch.dict("os.environ", DEBUG="1"):
    from practice_site.settings import *  # noqa: F403

DEBUG = False  # what Django could not foresee is answered as visitors see it

PRIVATE_DIR = VAR_DIR / "test-private" / os.environ.get("PYTEST_XDIST_WORKER", "alone")  # noqa: F405  which sweep it
STORAGES = STORAGES | {"private": STORAGES["private"] | {"OPTIONS": {"location": PRIVATE_DIR, "base_url": None}}}  # noqa: F405
MEDIA_ROOT = VAR_DIR / "test-media"  # noqa: F405

KEPT_PAGES_SECONDS = 0  # the tests write into its database

DATABASE = DATABASES["default"]  # noqa: F405
if DATABASE["ENGINE"].endswith("sqlite3"):
    DATABASE["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"  # what a test wrote may end with the machine
