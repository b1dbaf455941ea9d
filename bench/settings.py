"""The site as it runs in production, with one page more that does nothing."""

from unittest.mock import patch

with patch.dict("os.environ", DEBUG="1"):
    from practice_site.settings import *  # noqa: F403

DEBUG = False
ROOT_URLCONF = "bench.urls"
