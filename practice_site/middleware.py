import base64
import hashlib
import logging
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.contrib.messages.storage import default_storage
from django.core.exceptions import MiddlewareNotUsed
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.template.loader import render_to_string
from django_prose_editor.widgets import importmap

from kit.database.conflicts import is_gone, is_taken
from kit.pages import kept
from kit.pages.paths import DESK
from kit.work.patience import Fuse, Patience
from practice_site.errors import busy, is_away, not_found

GetResponse = Callable[[HttpRequest], HttpResponse]
NOT_NEEDED = ", ".join(f"{name}=()" for name in ("camera", "geolocation", "microphone", "payment", "usb"))
PATIENT_FOR = 10  # seconds; what has begun by then may take as long again, within the limits of docs/running.md
STRIPE_FUSE = Fuse(silences=3, seconds=30)  # for all clicks of this process; the worker has a patience of its own
log = logging.getLogger(__name__)


def content_security_policy(get_response: GetResponse) -> GetResponse:
    """Own sources and nothing inline. Django 6 brings this as a middleware that reads the same setting."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_admin = request.path_info.startswith(f"/{DESK}")
        response.setdefault("Content-Security-Policy", policy(admin=is_admin))
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("Permissions-Policy", NOT_NEEDED)
        return response

    return middleware


def private_unless_said(get_response: GetResponse) -> GetResponse:
    """What says nothing about caches, such as a page about an account, is kept by nobody but its reader."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Cache-Control", "private, no-cache")
        return response

    return middleware


def same_not_found(get_response: GetResponse) -> GetResponse:
    """With DEBUG a missing page looks as it does without, because editors try the site on such a machine, too."""
    if not settings.DEBUG:
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 404 and b"DEBUG = True" in response.content:
            return not_found(request)
        return response

    return middleware


def not_allowed_in_words(get_response: GetResponse) -> GetResponse:
    """Who signs in again after pressing a button comes back to its address without what the button sent."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 405 and not response.content:
            response.content = kept.constant("not allowed", lambda: render_to_string("405.html"))
        return response

    return middleware


def little_patience(get_response: GetResponse) -> GetResponse:
    """However much a click asks for: one silence of Stripe, or a few seconds in all, and the rest is the worker's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with Patience(silences=1, seconds=PATIENT_FOR, fuse=STRIPE_FUSE):
            return get_response(request)

    return middleware


class CsrfWhereAsked(CsrfViewMiddleware):
    """A broken cookie is as good as none: a new one is set where a form asks for it, and on no public page."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.META.pop("CSRF_COOKIE_NEEDS_UPDATE", None)


class BusyDatabase:
    """A database that is locked, restarting or gone becomes a calm page that asks to try again; so do pictures out of
    reach."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return busy(request, exception) if is_away(exception) else None


class Overtaken:
    """Of two who press at once the second may find taken, or gone, what was there when her form was read. Nothing of
    hers is stored, and the page says so. Forms of the desk look again by themselves (`kit/desk/current_forms.py`)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not (is_taken(exception) or is_gone(exception)):
            return None
        if hasattr(request, "_messages"):
            request._messages = default_storage(request)  # what is gone shows at the commit, when “saved” was said
        log.error("somebody was quicker at %s", request.resolver_match.view_name, exc_info=exception)
        return render(request, "409.html", status=409)


class UnstorableValue:
    """What no column can hold, such as a null byte in a cookie or a filter, is a bad request and no fault of ours."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DataError | OverflowError):  # PostgreSQL's word for it, and SQLite's
            return None
        log.error("the database refused a value sent to %s", request.resolver_match.view_name)
        return render(request, "400.html", status=400)


@cache
def policy(*, admin: bool) -> str:
    directives = {name: list(sources) for name, sources in settings.SECURE_CSP.items()}
    if admin:  # what the rich-text editor needs
        directives["script-src"].append(_import_map_hash())
        directives["style-src"].append("'unsafe-inline'")
        directives["img-src"].append("data:")
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


def _import_map_hash() -> str:
    inner = str(importmap).split(">", 1)[1].rsplit("<", 1)[0]
    return f"'sha256-{base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode()}'"
