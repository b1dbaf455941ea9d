"""The site's own settings, in production; but payments go to the stand-in on loopback, mails nowhere."""

import os
from pathlib import Path

from practice_site.settings import *  # noqa: F403

STATIC_ROOT = Path(os.environ["BENCH_FOLDER"], "static")
STRIPE_API_BASE = STRIPE_CHECKOUT_ORIGIN = os.environ.get("BENCH_STRIPE", "")
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
DATABASES["default"]["CONN_MAX_AGE"] = None  # noqa: F405  what a process of PostgreSQL's spent is known until it ends
