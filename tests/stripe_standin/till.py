"""Where the stand-in keeps its objects: one lock, one clock, one list of events, and a file if asked."""

import contextlib
import contextvars
import copy
import json
import os
import secrets
import string
import threading
import time
from datetime import datetime
from pathlib import Path

from .errors import missing

API_VERSION = "2026-10-28.endive"
PREFIXES = {
    "checkout.session": "cs_test_",
    "payment_intent": "pi_",
    "charge": "ch_",
    "refund": "re_",
    "dispute": "du_",
    "balance_transaction": "txn_",
    "payout": "po_",
    "event": "evt_",
    "item": "li_",
    "price": "price_",
    "product": "prod_",
}
ALPHABET = string.ascii_letters + string.digits

# Which API request, if any, caused the events being emitted: (request id, idempotency key).
cause = contextvars.ContextVar("cause", default=(None, None))


def new_id(prefix: str) -> str:
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(24))


class Till:
    def __init__(self, *, clock=None, state: str | Path | None = None):
        self.lock = threading.RLock()
        self.tables: dict[str, dict[str, dict]] = {kind: {} for kind in PREFIXES}
        self.private: dict[str, dict] = {}  # per session or payout: what Stripe knows but does not show
        self.keys: dict[str, dict] = {}  # idempotency, oldest first
        self.open_sessions: dict[str, dict] = {}  # those that can still expire
        self.told: dict[str, list[str]] = {}  # ids of events, by the object or the request that they came from
        self.base_url = ""
        self.on_event = lambda event: None
        self._clock = clock or time.time
        self._state = Path(state) if state else None
        self._depth = 0
        self._load()

    def now(self) -> int:
        moment = self._clock()
        return int(moment.timestamp() if isinstance(moment, datetime) else moment)

    def add(self, shape: dict, **facts) -> dict:
        """Store a new object made of a blank shape and its facts; the id and the time are set here."""
        kind = shape["object"]
        obj = {**copy.deepcopy(shape), "id": new_id(PREFIXES[kind]), **facts}
        if "created" in obj and obj["created"] is None:
            obj["created"] = self.now()
        self.tables[kind][obj["id"]] = obj
        self._note(obj)
        return obj

    def get(self, kind: str, object_id: str, *, param: str = "id", status: int = 404) -> dict:
        found = self.tables[kind].get(object_id)
        if found is None:
            raise missing(kind, object_id, param=param, status=status)
        return found

    def find(self, object_id: str) -> dict | None:
        """Any object by its id alone."""
        for kind, prefix in PREFIXES.items():
            if object_id.startswith(prefix):
                return self.tables[kind].get(object_id)
        return None

    def rows(self, kind: str) -> list[dict]:
        """Newest first, as Stripe lists them."""
        return list(reversed(self.tables[kind].values()))

    def copies(self, kind: str) -> list[dict]:
        """Oldest first, safe to keep."""
        with self.lock:
            return copy.deepcopy(list(self.tables[kind].values()))

    def emit(self, kind: str, obj: dict, **previous) -> dict:
        request_id, key = cause.get()
        data = {"object": copy.deepcopy(obj)}
        if previous:
            data["previous_attributes"] = previous
        event = self.add(
            {"object": "event", "created": None, "api_version": API_VERSION, "livemode": False},
            type=kind,
            data=data,
            pending_webhooks=0,
            request={"id": request_id, "idempotency_key": key},
        )
        self.on_event(event)
        return event

    def events_of(self, origin: str | None) -> list[str]:
        """The events about the object with this id, or caused by the request with it."""
        with self.lock:
            return list(self.told.get(origin, []))

    @contextlib.contextmanager
    def change(self):
        """Hold the lock; write the state file once, when the outermost change is done."""
        with self.lock:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._save()

    def _note(self, obj: dict) -> None:
        """What is asked for at every request is found without a look at all there is."""
        if obj["object"] == "checkout.session" and obj["status"] == "open":
            self.open_sessions[obj["id"]] = obj
        elif obj["object"] == "event":
            for origin in (obj["data"]["object"]["id"], obj["request"]["id"]):
                self.told.setdefault(origin, []).append(obj["id"])

    def _save(self) -> None:
        if self._state is None:
            return
        whole = {"tables": self.tables, "private": self.private, "keys": self.keys}
        self._state.parent.mkdir(parents=True, exist_ok=True)
        draft = self._state.with_name(self._state.name + ".new")
        draft.write_text(json.dumps(whole), encoding="utf-8")
        os.replace(draft, self._state)

    def _load(self) -> None:
        if self._state is None or not self._state.exists():
            return
        whole = json.loads(self._state.read_text(encoding="utf-8"))
        self.tables.update(whole["tables"])
        self.private, self.keys = whole["private"], whole["keys"]
        for table in self.tables.values():
            for obj in table.values():
                self._note(obj)
