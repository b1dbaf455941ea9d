"""The site in processes of its own: as in production, on a developer's defaults and with the stand-in for Stripe."""

from unittest.mock import patch

with patch.dict("os.environ", DEBUG="1"):
    from practice_site.settings import *  # noqa: F403

DEBUG = False  # what Django could not foresee is answered as visitors see it
if DATABASES["default"]["ENGINE"].endswith("postgresql"):  # noqa: F405
    DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"  # noqa: F405  no server is unplugged here
