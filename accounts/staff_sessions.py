"""Whoever may use the desk is signed out an hour after the last request, and 12 hours after the sign-in in any case.

It stands where a request learns who is signed in: no view that asks for the user can be forgotten, and a public page,
which never asks, never reads the session either.
"""

from datetime import timedelta

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.models import User

IDLE = timedelta(hours=1)
WHOLE = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=1)  # so that pages do not write a row each
SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"  # seconds since 1970


class TimedAuthentication(AuthenticationMiddleware):
    """Instead of Django's own."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: user_in_time(request))

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Every sign-in is dated, whichever way it came: it has just changed the session."""
        if request.session.modified and SESSION_KEY in request.session:
            request.session.setdefault(SIGNED_IN_AT, _now())
        return response


def user_in_time(request: HttpRequest) -> User | AnonymousUser:
    """Who is signed in. The session of a member of staff whose time is over is deleted here."""
    user = get_user(request)
    if not user.is_staff:
        return user
    if is_over(request.session):
        request.session.flush()
        request._cached_user = AnonymousUser()  # Django's own place for it
        return request._cached_user
    _note(request.session)
    return user


def is_over(session: SessionBase) -> bool:
    last = session.get(SEEN_AT) or session.get(SIGNED_IN_AT, _now())
    return _now() - last >= IDLE.total_seconds() or seconds_left(session) <= 0


def seconds_left(session: SessionBase) -> int:
    """Of the 12 hours."""
    return int(session.get(SIGNED_IN_AT, _now()) + WHOLE.total_seconds() - _now())


def _note(session: SessionBase) -> None:
    session.setdefault(SIGNED_IN_AT, _now())
    if _now() - session.get(SEEN_AT, 0) >= NOTED_EVERY.total_seconds():
        session[SEEN_AT] = _now()


def _now() -> int:
    return int(timezone.now().timestamp())
