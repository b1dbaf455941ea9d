"""What the workers of a web server have in common because it is there before they are forked."""

import logging
from collections.abc import Callable
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.db import connections

log = logging.getLogger(__name__)

# What the pages of the public menu load, and what unseals the names of those who commented
LOADED = ("articles.views", "courses.views", "practice.views", "cryptography.fernet")


def warm_up(site: Callable[..., Any]) -> None:
    """Asks for the home page as its first visitor does, then loads what most visitors ask for next. Templates,
    questions and the driver of the database are made by then, and Python has written its byte code anew for what runs
    often: in a fork each of them would be one's own.

    Nobody waits for this page: where it cannot be made the site starts all the same, and tells its visitors. No
    connection is left open.
    """
    public = urlsplit(settings.SITE_URL)
    environ: dict[str, Any] = {"HTTP_HOST": public.netloc, "wsgi.url_scheme": public.scheme}
    environ |= {"HTTP_X_FORWARDED_PROTO": public.scheme, "HTTP_X_FORWARDED_FOR": "127.0.0.1"}  # as the proxy would
    setup_testing_defaults(environ)
    try:
        answer = site(environ, lambda *_: None)
        b"".join(answer)
        answer.close()
    except Exception as error:
        log.error("the home page cannot be made: %s", type(error).__name__)
    finally:
        connections.close_all()
    for module in LOADED:
        import_module(module)
