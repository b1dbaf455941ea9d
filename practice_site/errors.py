import logging
import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpResponse
from django.http.multipartparser import TooManyFilesSent
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control
from django.views import defaults

from kit.pages import kept
from kit.work.out_of_reach import StorageAway, cause_of, is_full
from practice.old_addresses import moved
from practice.redirects import redirected
from practice_site import typed

READ_ONLY = "25006"  # as PostgreSQL says it
log = logging.getLogger(__name__)


def csrf_failure(request, reason=""):
    """A form opened before somebody signed in, or in a browser that refuses cookies. What was typed comes back."""
    if address := typed.keep_refused(request):
        return redirect(address)
    response = render(request, "403_csrf.html", typed.send_again(request), status=403)
    patch_cache_control(response, private=True, no_store=True)
    return response


def bad_request(request, exception=None):
    """What is too long is refused as it is read, before any view could say so."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return render(request, "nginx/too_long.html", status=413)
    return defaults.bad_request(request, exception)


def server_error(request):
    """A database that goes away after the view, while the session is saved, comes here and not to the middleware."""
    error = sys.exc_info()[1]
    return busy(request, error) if is_away(error) else defaults.server_error(request)


def not_found(request, exception=None):
    """The same words whatever was asked for, so that addresses which somebody tries cost next to nothing. Where a page
    was before, the way to it."""
    if way := moved(request) or redirected(request):
        return way
    page = kept.constant("not found", lambda: render_to_string("404.html", request=request))
    return HttpResponse(page, status=404)


def is_away(error: BaseException | None) -> bool:
    """The database, or where files lie; a database that can be read alone is away, too, and so is a disk without room.
    Also as the driver itself says it: a cursor that is closed half-read tells of it past Django's own errors."""
    return _is_of_files(error) or _is_of_database(error)


def busy(request, error):
    log.error("%s unavailable: %s", "files" if _is_of_files(error) else "database", cause_of(error))
    response = render(request, "503.html", status=503)
    response["Retry-After"] = "5"
    return response


def _is_of_files(error: BaseException | None) -> bool:
    return isinstance(error, StorageAway) or is_full(error)


def _is_of_database(error: BaseException | None) -> bool:
    driver = connection.Database
    silent = (OperationalError, InterfaceError, driver.OperationalError, driver.InterfaceError)
    return isinstance(error, silent) or getattr(error and error.__cause__, "sqlstate", "") == READ_ONLY
