"""What Zoom tells: signed, dated, stored once, and worked on by the worker."""

import hashlib
import hmac
import json
import logging
import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kit.pages.http import never_in_clear
from meetings import events

log = logging.getLogger(__name__)

MAX_AGE = 300  # seconds, in either direction
BIGGEST = 512 * 1024
VALIDATION = "endpoint.url_validation"
LONGEST_TOKEN = 200


@csrf_exempt
@never_in_clear
@require_POST
def zoom_webhook(request: HttpRequest) -> HttpResponse:
    """400 for what Zoom did not sign, or did a while ago; 200 for all else, once it is stored."""
    signer = signer_of(request.body, request.headers) if len(request.body) <= BIGGEST else None
    if signer is None:
        log.warning("word of Zoom with a bad signature refused")
        return HttpResponse(status=400)
    told = _told(request.body)
    if told is None:
        log.warning("word of Zoom of an odd shape refused")
        return HttpResponse(status=400)
    if told["event"] == VALIDATION:
        return _answer_validation(told, signer)
    events.store(request.body, told)
    return HttpResponse(status=200)


def signer_of(body: bytes, headers: Any) -> str | None:
    """The one of our secrets, which rotate, that it is signed with. None is set, and nobody is believed."""
    dated, signature = headers.get("x-zm-request-timestamp", ""), headers.get("x-zm-signature", "")
    if not _is_recent(dated) or not signature.isascii():
        return None
    message = b"v0:" + dated.encode() + b":" + body
    secrets = settings.ZOOM_WEBHOOK_SECRETS
    return next((each for each in secrets if hmac.compare_digest(signature, f"v0={_hex(each, message)}")), None)


def _is_recent(dated: str) -> bool:
    is_number = dated.isascii() and dated.isdecimal() and len(dated) <= 15
    seconds = int(dated) if is_number else 0
    if seconds > 10**12:
        seconds //= 1000  # some of its words are dated in milliseconds
    return is_number and abs(time.time() - seconds) <= MAX_AGE


def _told(body: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    is_event = isinstance(told, dict) and isinstance(told.get("event"), str) and isinstance(told.get("payload"), dict)
    return told if is_event else None


def _answer_validation(told: dict[str, Any], secret: str) -> HttpResponse:
    """Proves that the secret it is signed with is here. Asked when the address is entered, and every 72 hours."""
    token = told["payload"].get("plainToken")
    if not isinstance(token, str) or not 0 < len(token) <= LONGEST_TOKEN:
        return HttpResponse(status=400)
    return JsonResponse({"plainToken": token, "encryptedToken": _hex(secret, token.encode())})


def _hex(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
