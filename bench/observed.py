"""The site under gunicorn, writing down for each request how long it took, how long Stripe, how many statements."""

import io
import json
import os
import threading
import time

from django.core.wsgi import get_wsgi_application
from django.db import connection

from orders import stripe_api

MILLISECONDS = 1000
LOG = os.open(os.environ["BENCH_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)

_seen = threading.local()
_site = get_wsgi_application()
_ask_stripe = stripe_api._ask


def application(environ, start_response):
    _seen.statements, _seen.stripe = 0, 0.0
    name = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}{_event_in(environ)}"
    if _count not in connection.execute_wrappers:
        connection.execute_wrappers.append(
            _count
        )  # for good: a context would take off what a new connection puts on it
    began = time.perf_counter()
    response = _site(environ, start_response)
    took = (time.perf_counter() - began) * MILLISECONDS
    os.write(LOG, (json.dumps([name, took, _seen.stripe, _seen.statements]) + "\n").encode())
    return response


def _event_in(environ) -> str:
    """What a webhook tells of."""
    if "/webhook/" not in environ["PATH_INFO"]:
        return ""
    body = environ["wsgi.input"].read()
    environ["wsgi.input"] = io.BytesIO(body)
    return " " + json.loads(body)["type"]


def _count(execute, sql, params, many, context):
    _seen.statements += 1
    return execute(sql, params, many, context)


def _timed(call, *arguments):
    began = time.perf_counter()
    try:
        return _ask_stripe(call, *arguments)
    finally:
        _seen.stripe += (time.perf_counter() - began) * MILLISECONDS


stripe_api._ask = _timed
