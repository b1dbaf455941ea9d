"""Stripe's idempotency keys: the first finished answer is the answer, even when it was a 500."""

import contextlib
import hashlib
import json

from .errors import StripeError, invalid
from .till import Till

KEPT_FOR = 24 * 60 * 60
LONGEST_KEY = 255


class IdempotencyKeys:
    def __init__(self, till: Till):
        self._till = till
        self._in_flight: set[str] = set()

    @contextlib.contextmanager
    def claim(self, key: str | None, path: str, params: dict):
        """Yield a Claim; its `saved` is the earlier answer, if there is one."""
        claim = Claim(self._till, key, path, params)
        if key is None:
            yield claim
            return
        if len(key) > LONGEST_KEY:
            raise invalid(f"Idempotency keys are at most {LONGEST_KEY} characters long.")
        self._start(claim)
        try:
            yield claim
        finally:
            with self._till.lock:
                self._in_flight.discard(key)

    def _start(self, claim: "Claim") -> None:
        with self._till.lock:
            self._prune()
            if claim.key in self._in_flight:
                raise StripeError(
                    "There is currently another in-progress request using this Idempotent Key (that probably means you"
                    f" submitted twice, and the other request is still going through): {claim.key}.",
                    code="idempotency_key_in_use",
                    status=409,
                )
            claim.saved = self._till.keys.get(claim.key)
            if claim.saved and (claim.saved["path"], claim.saved["params"]) != (claim.path, claim.params):
                raise StripeError(
                    "Keys for idempotent requests can only be used with the same parameters they were first used with."
                    f" Try using a key other than '{claim.key}' if you meant to execute a different request.",
                    kind="idempotency_error",
                )
            self._in_flight.add(claim.key)

    def _prune(self) -> None:
        oldest = self._till.now() - KEPT_FOR
        while (first := next(iter(self._till.keys), None)) and self._till.keys[first]["at"] < oldest:
            del self._till.keys[first]


class Claim:
    def __init__(self, till: Till, key: str | None, path: str, params: dict):
        self._till, self.key, self.path = till, key, path
        self.params = hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()
        self.saved: dict | None = None

    def save(self, status: int, body: dict, request_id: str) -> None:
        if self.key is None:
            return
        entry = {"path": self.path, "params": self.params, "at": self._till.now()}
        with self._till.change():
            self._till.keys[self.key] = {**entry, "status": status, "body": body, "request_id": request_id}
