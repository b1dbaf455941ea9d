"""The /v1 API: key, parameters, idempotency, faults, then the work."""

import base64
import binascii
import collections
import contextlib
import copy
import dataclasses
import hmac
import json
import re
import threading

from . import checkout, faults, lists, params, payouts, refunds
from .errors import StripeError, invalid
from .idempotency import IdempotencyKeys
from .till import API_VERSION, Till, cause, new_id

REMEMBERED_REQUESTS = 10_000
# Collections that are only listed and retrieved: path, kind, name of the id in the published path.
READ_ONLY = (
    ("/v1/payment_intents", "payment_intent", "intent"),
    ("/v1/charges", "charge", "charge"),
    ("/v1/disputes", "dispute", "dispute"),
    ("/v1/balance_transactions", "balance_transaction", "id"),
    ("/v1/payouts", "payout", "payout"),
    ("/v1/events", "event", "id"),
    ("/v1/refunds", "refund", "refund"),
    ("/v1/checkout/sessions", "checkout.session", "session"),
)


@dataclasses.dataclass
class Answer:
    status: int
    body: bytes
    headers: dict = dataclasses.field(default_factory=dict)
    dropped: bool = False


@dataclasses.dataclass
class Request:
    id: str
    method: str
    path: str
    text: str  # query or form, as sent
    headers: dict
    params: dict = dataclasses.field(default_factory=dict)

    @property
    def key(self) -> str | None:
        return self.headers.get("idempotency-key") if self.method == "POST" else None


class Api:
    def __init__(self, till: Till, secret_key: str, wait_for_webhooks):
        self.faults = faults.Faults()
        self.stopping = threading.Event()  # ends the clock
        self._till, self._secret_key = till, secret_key
        self._wait_for_webhooks = wait_for_webhooks
        self._keys = IdempotencyKeys(till)
        self._routes = _routes()
        self._log: collections.deque = collections.deque(maxlen=REMEMBERED_REQUESTS)

    @property
    def requests(self) -> list[dict]:
        return copy.deepcopy(list(self._log))

    def answer(self, method: str, path: str, text: str, headers: dict) -> Answer:
        request = Request(new_id("req_"), method, path, text, headers)
        fault = self.faults.take(method, path)
        with contextlib.suppress(StripeError):
            request.params = params.decode(text)
        answer = self._dropped() if fault and fault.kind == "drop_before" else self._try(request, fault)
        self._record(request, answer)
        return answer

    def _try(self, request: Request, fault: faults.Fault | None) -> Answer:
        try:
            self._authenticate(request.headers)
            if request.headers.get("stripe-version", API_VERSION) != API_VERSION:
                raise invalid(f"The stand-in speaks only API version {API_VERSION}.")
            request.params = params.decode(request.text)
            if fault and fault.kind == "status":
                return self._faulty_status(request, fault)
            return self._damaged(self._once(request, fault), fault)
        except StripeError as error:
            return self._json(request, error.status, error.body(request.id))

    def _once(self, request: Request, fault: faults.Fault | None) -> Answer:
        template, handler, ids = self._route(request)
        with self._keys.claim(request.key, request.path, request.params) as claim:
            if claim.saved:
                saved = claim.saved
                replayed = {"Original-Request": saved["request_id"], "Idempotent-Replayed": "true"}
                return self._json(request, saved["status"], saved["body"], **replayed)
            if fault and fault.kind == "saved_500":
                status, body = 500, _fault_error(fault).body(request.id)
            else:
                status, body = self._work(request, template, handler, ids)
            if fault and fault.kind == "slow":
                fault.hold()
            claim.save(status, body, request.id)
        return self._json(request, status, body, **({"Original-Request": request.id} if request.key else {}))

    def _work(self, request: Request, template: str, handler, ids: tuple) -> tuple[int, dict]:
        """Status and body; refusals that are not to be remembered are raised instead."""
        given = params.read(request.method, template, request.params)
        checkout.expire_due(self._till)
        token = cause.set((request.id, request.key))
        try:
            with self._till.change() if request.method == "POST" else self._till.lock:
                body = lists.expanded(self._till, handler(self._till, *ids, given), given.get("expand", []))
        except StripeError as error:
            if not error.remembered:
                raise
            return error.status, error.body(request.id)
        finally:
            cause.reset(token)
        if request.method == "POST":
            self._wait_for_webhooks(request.id)
        return 200, body

    def _route(self, request: Request):
        for method, template, pattern, handler in self._routes:
            match = pattern.fullmatch(request.path)
            if match and method == request.method:
                return template, handler, match.groups()
        raise StripeError(f"Unrecognized request URL ({request.method}: {request.path}).", status=404)

    def _authenticate(self, headers: dict) -> None:
        key = _key(headers.get("authorization", ""))
        if not key:
            raise StripeError("You did not provide an API key.", status=401)
        if "_live_" in key:
            raise StripeError("The stand-in refuses live keys. Roll this one: it was sent in the clear.", status=401)
        if not hmac.compare_digest(key.encode(), self._secret_key.encode()):
            raise StripeError("Invalid API Key provided.", status=401)

    def _faulty_status(self, request: Request, fault: faults.Fault) -> Answer:
        answer = self._json(request, fault.status, _fault_error(fault).body(request.id))
        return self._damaged(answer, fault)

    def _damaged(self, answer: Answer, fault: faults.Fault | None) -> Answer:
        if fault is None:
            return answer
        if fault.kind == "drop_after":
            return self._dropped()
        if fault.kind == "garbage":
            page = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
            answer.status, answer.body = 200, page if fault.html else answer.body[: len(answer.body) // 2]
        if fault.should_retry is not None:
            answer.headers["Stripe-Should-Retry"] = "true" if fault.should_retry else "false"
        return answer

    @staticmethod
    def _dropped() -> Answer:
        return Answer(0, b"", dropped=True)

    @staticmethod
    def _json(request: Request, status: int, body: dict, **headers) -> Answer:
        own = {"Content-Type": "application/json", "Request-Id": request.id, "Stripe-Version": API_VERSION}
        if request.key:
            own["Idempotency-Key"] = request.key
        if status == 401:
            own["WWW-Authenticate"] = 'Basic realm="Stripe"'
        return Answer(status, json.dumps(body, indent=2).encode(), {**own, **headers})

    def _record(self, request: Request, answer: Answer) -> None:
        seen = {**request.headers, "authorization": "[not kept]"}
        entry = {"id": request.id, "method": request.method, "path": request.path, "params": request.params}
        self._log.append({**entry, "headers": seen, "status": None if answer.dropped else answer.status})


def _fault_error(fault: faults.Fault) -> StripeError:
    kind, code, message = faults.error_for(fault.status)
    return StripeError(message, kind=kind, code=fault.code or code, param=fault.param, status=fault.status)


def _key(authorization: str) -> str:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        with contextlib.suppress(binascii.Error, UnicodeDecodeError):
            return base64.b64decode(value).decode().partition(":")[0]
    return ""


def _routes() -> list[tuple]:
    routes = [
        ("POST", "/v1/checkout/sessions", lambda till, given: checkout.create(till, given)),
        ("POST", "/v1/checkout/sessions/{session}/expire", lambda till, name, given: checkout.expire(till, name)),
        ("GET", "/v1/checkout/sessions/{session}/line_items", _line_items),
        ("POST", "/v1/refunds", lambda till, given: refunds.create(till, given)),
        ("POST", "/v1/refunds/{refund}", lambda till, name, given: refunds.update(till, name, given)),
    ]
    for path, kind, placeholder in READ_ONLY:
        routes.append(("GET", path, _listing(path, kind)))
        routes.append(("GET", f"{path}/{{{placeholder}}}", _retrieval(kind, placeholder)))
    return [(method, path, re.compile(re.sub(r"{\w+}", "([^/]+)", path)), handler) for method, path, handler in routes]


def _listing(path: str, kind: str):
    def handle(till: Till, given: dict) -> dict:
        rows = lists.recent_events(till) if kind == "event" else till.rows(kind)
        if kind == "balance_transaction" and "payout" in given:
            rows, given = payouts.entries_of(till, given["payout"]), {**given}
            del given["payout"]
        return lists.page(till, rows, given, path)

    return handle


def _retrieval(kind: str, placeholder: str):
    return lambda till, object_id, given: till.get(kind, object_id, param=placeholder)


def _line_items(till: Till, session_id: str, given: dict) -> dict:
    url = f"/v1/checkout/sessions/{session_id}/line_items"
    return lists.page(till, checkout.items(till, session_id), given, url)
