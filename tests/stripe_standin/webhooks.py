"""Signs events and posts them to the one endpoint: in order, held, dropped, again, or wrongly on purpose."""

import copy
import hashlib
import hmac
import http.client
import json
import random
import threading
import time
from urllib.parse import urlsplit

from .loopback import check_url
from .till import Till

RETRY_AFTER = (1, 3, 9, 27)
MODES = ("deliver", "hold", "drop")
PATIENCE = 10


class Webhooks:
    """`log` holds (event id, type, HTTP status or error text) of every attempt, in order."""

    def __init__(self, till: Till, *, secret: str, url: str | None, retry_after: tuple[float, ...] = RETRY_AFTER):
        self.secret = secret
        self.url = url
        self.events: list[str] | None = None  # the kinds that the endpoint is told of; None: all
        self.proxy_headers: dict[str, str] = {}  # what a proxy before the endpoint would add
        self.before_response = False  # deliver before the API answers: the race with the caller's own commit
        self.log: list[tuple[str, str, int | str]] = []
        self.held: list[str] = []
        self._till = till
        self._retry_after = retry_after
        self._mode = "deliver"
        self._waiting: list[tuple[float, int, str]] = []  # (due, tries so far, event id)
        self._busy: str | None = None
        self._changed = threading.Condition()
        self._stopped = False
        self._worker = threading.Thread(target=self._work, name="stand-in webhooks", daemon=True)
        till.on_event = self._take

    @property
    def url(self) -> str | None:
        return self._url

    @url.setter
    def url(self, url: str | None) -> None:
        self._url = check_url(url) if url else None

    @property
    def mode(self) -> str:
        return self._mode

    @mode.setter
    def mode(self, mode: str) -> None:
        if mode not in MODES:
            raise ValueError(f"No mode '{mode}': it is one of {', '.join(MODES)}")
        self._mode = mode

    def signed(self, event, *, secret=None, secrets=None, timestamp=None) -> tuple[bytes, str]:
        """Body and Stripe-Signature header for an event id, or for a payload (dict, str or bytes) of your own.

        The time is the process's own, never the injected clock's: the receiver compares it with its own.
        """
        body = self._body(event)
        moment = int(time.time() if timestamp is None else timestamp)
        keys = secrets or [secret or self.secret]
        marks = [hmac.new(key.encode(), b"%d." % moment + body, hashlib.sha256).hexdigest() for key in keys]
        return body, ",".join([f"t={moment}", *(f"v1={mark}" for mark in marks)])

    def deliver(self, event_id: str, *, secret=None, secrets=None, timestamp=None) -> int | str:
        """Post one event now, from this thread; the HTTP status, or what went wrong."""
        if self.url is None:
            raise ValueError("There is no webhook_url to deliver to")
        event = self._till.get("event", event_id)
        body, signature = self.signed(event_id, secret=secret, secrets=secrets, timestamp=timestamp)
        outcome = _post(self.url, body, self.proxy_headers | {"Stripe-Signature": signature})
        self.log.append((event_id, event["type"], outcome))
        if _is_success(outcome):
            with self._till.change():
                event["pending_webhooks"] = 0
        return outcome

    def deliver_held(self, order=None, times: int = 1) -> list[int | str]:
        """Post the held events: as they came, "reversed", shuffled by an int seed, or in a list of ids you give.

        With times=2 every event arrives twice, one directly after the other.
        """
        with self._changed:
            queue, self.held = self.held, []
        if order == "reversed":
            queue.reverse()
        elif isinstance(order, int):
            random.Random(order).shuffle(queue)
        elif order is not None:
            self.held = [event_id for event_id in queue if event_id not in order]
            queue = list(order)
        return [self.deliver(event_id) for event_id in queue for _ in range(times)]

    def wait_tried(self, event_ids: list[str], timeout: float = PATIENCE) -> bool:
        def tried():
            return self._stopped or self._untried().isdisjoint(event_ids)

        with self._changed:
            return self._changed.wait_for(tried, timeout)

    def wait_idle(self, timeout: float = PATIENCE, *, retries: bool = False) -> bool:
        """True once every event was tried; with retries=True, once none will be tried again either."""

        def idle():
            return not (self._waiting and retries) and not self._untried()

        with self._changed:
            return self._changed.wait_for(idle, timeout)

    def start(self) -> None:
        """Begin, with what an earlier run left undelivered first."""
        for event in self._till.copies("event"):
            if event["pending_webhooks"]:
                self._queue(event["id"])
        self._worker.start()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if self._worker.ident is not None:
            self._worker.join()

    def _take(self, event: dict) -> None:
        if self.mode == "deliver" and self.url is None:
            return
        if self.events is not None and event["type"] not in self.events:
            return
        event["pending_webhooks"] = 1
        if self.mode == "deliver":
            self._queue(event["id"])
        elif self.mode == "hold":
            with self._changed:
                self.held.append(event["id"])

    def _untried(self) -> set[str]:
        busy = {self._busy} - {None}
        return busy | {event_id for _, tries, event_id in self._waiting if tries == 0}

    def _queue(self, event_id: str, tries: int = 0, delay: float = 0) -> None:
        with self._changed:
            self._waiting.append((time.monotonic() + delay, tries, event_id))
            self._changed.notify_all()

    def _work(self) -> None:
        while (entry := self._next()) is not None:
            tries, event_id = entry
            outcome = self.deliver(event_id) if self.url else "no webhook_url"
            with self._changed:
                if not _is_success(outcome) and tries < len(self._retry_after):
                    self._queue(event_id, tries + 1, self._retry_after[tries])
                self._busy = None
                self._changed.notify_all()

    def _next(self) -> tuple[int, str] | None:
        with self._changed:
            while not self._stopped:
                # First tries keep their order; sorting is stable, so the earliest due comes first.
                self._waiting.sort(key=lambda entry: entry[0])
                pause = self._waiting[0][0] - time.monotonic() if self._waiting else None
                if pause is not None and pause <= 0:
                    _, tries, self._busy = self._waiting.pop(0)
                    return tries, self._busy
                self._changed.wait(pause)
        return None

    def _body(self, event) -> bytes:
        if isinstance(event, bytes):
            return event
        if isinstance(event, str) and event.startswith("evt_"):
            with self._till.lock:
                event = copy.deepcopy(self._till.get("event", event))
        return (event if isinstance(event, str) else json.dumps(event, indent=2)).encode()


def _is_success(outcome: int | str) -> bool:
    return isinstance(outcome, int) and 200 <= outcome < 300


def _post(url: str, body: bytes, headers: dict[str, str]) -> int | str:
    """As Stripe does, without following a redirect: anything but 2xx is a failure."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=PATIENCE)
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Stripe/1.0 (stand-in)"} | headers
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        response.read()
        return response.status
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        connection.close()
