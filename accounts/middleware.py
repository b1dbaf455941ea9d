import logging
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.core.cache import caches
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from kit.guard.tries import client_address

OFTEN = 5 * 60  # seconds between two notes of one browser
LONGEST_AGENT = UserSession._meta.get_field("user_agent").max_length
log = logging.getLogger(__name__)


def note_activity(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """When and from where a signed-in browser was last seen.

    allauth's own asks who is there on every request; public pages must not, so this looks only where the view has.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code < 400 and _is_to_note(request):  # a session that broke the page would break this, too
            _note(request)
        return response

    return middleware


def _is_to_note(request: HttpRequest) -> bool:
    session = request.session
    if not (session.accessed and session.session_key and request.user.is_authenticated):
        return False
    return caches["memory"].add(f"seen:{session.session_key}", True, OFTEN)


def _note(request: HttpRequest) -> None:
    seen = {
        "user": request.user,
        "ip": client_address(request),
        "user_agent": request.headers.get("User-Agent", "")[:LONGEST_AGENT],
        "last_seen_at": timezone.now(),
    }
    try:
        with transaction.atomic():
            UserSession.objects.update_or_create(session_key=request.session.session_key, defaults=seen)
    except DatabaseError:  # a busy moment: the next request tells it
        log.warning("a browser's last visit was not noted")
