"""Rules that make chosen requests go wrong, each a given number of times."""

import dataclasses
import fnmatch
import threading

KINDS = ("status", "saved_500", "drop_before", "drop_after", "slow", "garbage")


@dataclasses.dataclass
class Fault:
    method: str
    path: str
    kind: str
    status: int = 500
    code: str | None = None  # in place of the usual one of this status
    param: str | None = None
    times: int = 1
    should_retry: bool | None = None
    seconds: float = 1.0  # that a slow answer takes, unless it is let go before
    html: bool = False
    after: int = 0  # let this many matching requests pass first
    go: threading.Event | None = None  # for those who met it so far

    def hold(self) -> None:
        self.go.wait(self.seconds)


class Faults:
    def __init__(self):
        self._lock = threading.Lock()
        self._rules: list[Fault] = []
        self._go = threading.Event()

    def add(self, *, method: str, path: str, kind: str, **settings) -> Fault:
        """`path` may hold `*`, as in /v1/checkout/sessions/*."""
        if kind not in KINDS:
            raise ValueError(f"No fault '{kind}': it is one of {', '.join(KINDS)}")
        fault = Fault(method.upper(), path, kind, **settings)
        with self._lock:
            self._rules.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def let_go(self) -> None:
        """Whoever a slow answer keeps waiting has it now."""
        with self._lock:
            self._go.set()
            self._go = threading.Event()

    def take(self, method: str, path: str) -> Fault | None:
        """The fault this request meets, used up by one."""
        with self._lock:
            for fault in self._rules:
                if fault.times < 1 or fault.method != method or not fnmatch.fnmatchcase(path, fault.path):
                    continue
                if fault.after > 0:
                    fault.after -= 1
                    return None
                fault.times -= 1
                return dataclasses.replace(fault, go=self._go)
        return None


def error_for(status: int) -> tuple[str, str | None, str]:
    """Kind, code and message of Stripe's error for a status it may answer at any time."""
    return {
        400: ("invalid_request_error", "parameter_invalid_empty", "A parameter is wrong."),
        401: ("invalid_request_error", "api_key_expired", "Expired API Key provided."),
        402: ("card_error", "card_declined", "Your card was declined."),
        403: ("invalid_request_error", "permission_denied", "The key does not have the required permissions."),
        409: ("invalid_request_error", "lock_timeout", "This object cannot be accessed right now. Try again later."),
        429: ("invalid_request_error", "rate_limit", "Request rate limit exceeded."),
    }.get(status, ("api_error", None, "An unknown error occurred."))
