"""What came of asking Stripe where it did not do as it was asked. Nothing in here is about a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kit.work.host_clock import compare

LONGEST_CODE, LONGEST_PARAM = 60, 100
OF_US = frozenset({401, 403})  # the key is wrong, or may not do this: whatever is asked, until somebody mends it
PASSING = frozenset({409, 429})


@dataclass(frozen=True)
class Refusal:
    """An answer of Stripe that says no. Its message is left out: it may repeat what a buyer typed."""

    status: int  # of HTTP
    code: str
    param: str = ""
    request_id: str = ""

    @property
    def is_for_good(self) -> bool:
        """Trying again in a moment would not help."""
        return self.status < 500 and self.status not in PASSING

    @property
    def is_of_us(self) -> bool:
        return self.status in OF_US

    def __str__(self) -> str:
        """`email_invalid (HTTP 400, parameter customer_email, request req_12)`"""
        about = f", parameter {self.param}" if self.param else ""
        return f"{self.code} (HTTP {self.status}{about}, request {self.request_id or 'unknown'})"


class BadSignature(Exception):
    """A webhook that Stripe did not sign with one of our secrets."""


class StripeFailed(Exception):
    """What Stripe was asked for was not done. The words are for the log; a silence has no `refusal`."""

    def __init__(self, words: object = "", refusal: Refusal | None = None) -> None:
        super().__init__(str(refusal or words))
        self.refusal = refusal


class StripeUnavailable(StripeFailed):
    """No answer, or none that says what happened. The same request may be repeated with the same key."""


class StripeRefused(StripeFailed):
    """Stripe said no, and will say no again to this request."""


def failure_of(error: Any) -> StripeFailed:
    """Of an error of Stripe's library. A wrong key is no fault of the request: once mended, it may be repeated."""
    compare("Stripe", error.headers)
    refusal = _refusal(error)
    if refusal is None:
        return StripeUnavailable(type(error).__name__)
    is_stored = (error.headers or {}).get("idempotent-replayed") == "true"
    if is_stored or (refusal.is_for_good and not refusal.is_of_us):
        return StripeRefused(refusal=refusal)
    return StripeUnavailable(refusal=refusal)


def _refusal(error: Any) -> Refusal | None:
    if (error.http_status or 0) < 400:
        return None
    body = error.json_body if isinstance(error.json_body, Mapping) else {}
    said = body.get("error")
    said = said if isinstance(said, Mapping) else {}
    return Refusal(
        status=error.http_status,
        code=str(said.get("code") or said.get("type") or type(error).__name__)[:LONGEST_CODE],
        param=str(said.get("param") or "")[:LONGEST_PARAM],
        request_id=str(error.request_id or "")[:LONGEST_CODE],
    )
