"""A browser that signs in for the first time is told of to whoever's account it is.

Known is a browser that brings a cookie with the account's mark. It opens nothing, and ends with whatever ends all
sessions of the account.
"""

from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from accounts import notices
from accounts.devices import device_of
from accounts.models import User
from accounts.notices import Change

COOKIE = "__Host-known" if settings.SESSION_COOKIE_SECURE else "known"
A_YEAR = 365 * 24 * 3600
MOST = 5  # accounts of one browser


def note_sign_in(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Whoever signs in by mailed codes alone reads of it in the mailbox; the desk's people are told in any case."""
    marks, own = _marks(request), _mark(user)
    earlier = [_mark(user, key) for key in settings.SECRET_KEY_FALLBACKS]
    if not {own, *earlier} & {*marks} and (user.is_staff or user.has_usable_password()):
        notices.tell(user, Change.NEW_BROWSER, by=device_of(request))
    kept = ",".join([own, *(each for each in marks if each not in {own, *earlier})][:MOST])
    options = {"secure": settings.SESSION_COOKIE_SECURE, "httponly": True, "samesite": "Lax"}
    response.set_signed_cookie(COOKIE, kept, salt=COOKIE, max_age=A_YEAR, **options)


def _marks(request: HttpRequest) -> list[str]:
    try:
        return request.get_signed_cookie(COOKIE, default="", salt=COOKIE, max_age=A_YEAR).split(",")
    except BadSignature:
        return []


def _mark(user: User, key: str | None = None) -> str:
    return salted_hmac("accounts.known_browsers", f"{user.pk} {user.session_round}", secret=key).hexdigest()[:20]
