"""The site as in its other processes, with a mail server of the tests instead of files."""

import os

from tests.site_settings import *  # noqa: F403

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT, EMAIL_USE_TLS = "127.0.0.1", int(os.environ["TESTS_MAIL_PORT"]), False
EMAIL_HOST_USER = EMAIL_HOST_PASSWORD = ""
