"""The site as it is deployed, but for https: files with hashed names, compressed and kept for ever."""

import os
from pathlib import Path
from unittest.mock import patch

OWN = {
    "ALLOWED_HOSTS": "127.0.0.1",
    "DEBUG": "",
    "DEFAULT_FROM_EMAIL": "hello@withyrooms.example",
    "EMAIL_HOST": "127.0.0.1",
    "ENCRYPTION_KEYS": "A" * 43 + "=",
    "SECRET_KEY": "a-key-of-a-site-that-a-test-deploys" * 2,
    "SITE_URL": "http://127.0.0.1",
    "STRIPE_API_BASE": "",
    "STRIPE_SECRET_KEY": "sk_test_of_a_site_that_a_test_deploys",
    "STRIPE_WEBHOOK_SECRETS": "whsec_of_a_site_that_a_test_deploys",
}
with patch.dict("os.environ", OWN):
    from practice_site.settings import *  # noqa: F403

STATIC_ROOT = Path(os.environ["DEPLOYED_STATIC_ROOT"])
