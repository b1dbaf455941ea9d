from collections.abc import Callable
from contextlib import suppress

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from kit.local import locales
from practice.memory import remembering
from practice.models import Practice


def one_practice(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Whatever is said in one answer, is said by the same practice; the first of a process in its English, too."""

    @remembering()
    def middleware(request: HttpRequest) -> HttpResponse:
        if not locales.is_known():
            with suppress(DatabaseError):  # whatever needs the database says so
                Practice.current()
        return get_response(request)

    return middleware
