import base64
import fnmatch
import hashlib
import hmac
import json
import re
import secrets
import threading
import time
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from urllib.parse import parse_qs, unquote

from . import pages
from .office import Office, Refused

SCOPES = "meeting:read:meeting:admin meeting:write:meeting:admin report:read:list_meeting_participants:admin"


@dataclass
class Fault:
    """Kinds: status, drop_before (never done), drop_after (done, and not told), garbage, slow."""

    method: str
    path: str
    kind: str
    status: int = 500
    code: int = 0
    headers: dict | None = None
    times: int = 1
    seconds: float = 1.0


class ZoomStandIn:
    """A running stand-in: the API, and by hand what hosts, attendees and Zoom's clock would do."""

    def __init__(self, *, hosts=("host@example.org",), port=0, state=None, webhook_url="", page_size=300, **keys):
        self.account, self.client = keys.get("account", "account"), keys.get("client", "client")
        self.client_secret = keys.get("client_secret", "client-secret")
        self.webhook_secret, self.webhook_url = keys.get("webhook_secret", "webhook-secret"), webhook_url
        self.office, self.page_size = Office(hosts=list(hosts), state=state), page_size
        self.requests: list[dict] = []
        self.faults: list[Fault] = []
        self.tokens: set[str] = set()
        self._port = port

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()

    def start(self) -> "ZoomStandIn":
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), pages.handler_for(self))
        self._server.daemon_threads = True
        self.url = self.office.base_url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # What there is

    @property
    def meetings(self) -> list[dict]:
        return [each for each in self.office.rows["meetings"].values() if not each["deleted"]]

    def registrants(self, number: int, status: str = "approved") -> list[str]:
        """Their addresses."""
        own = self.office.rows["registrants"].get(str(number), {}).values()
        return sorted(each["email"] for each in own if each["status"] == status)

    def registrant_id(self, number: int, email: str) -> str:
        return self.office.rows["registrants"][str(number)][email.lower()]["registrant_id"]

    def asked(self, method: str, path: str = "*") -> list[dict]:
        return [each for each in self.requests if each["method"] == method and fnmatch.fnmatch(each["path"], path)]

    # What others do

    def fail(self, method: str, path: str, kind: str, **settings) -> None:
        self.faults.append(Fault(method, path, kind, **settings))

    def end_tokens(self) -> None:
        self.tokens.clear()

    def delete_by_hand(self, number: int) -> None:
        self.office.delete(str(number))

    def begin(self, number: int) -> str:
        return self.office.begin(str(number))

    def go_on(self, number: int, *, is_on: bool) -> None:
        """The host has opened it, or closes it for all."""
        self.office.meeting(str(number))["is_on"] = is_on
        self.office.keep()

    def was_there(self, run: str, joined: datetime, left: datetime, **who) -> None:
        stay = {"id": "", "user_id": str(len(self.office.stays(run)) + 1), "name": "", "user_email": ""}
        stay |= {"join_time": _written(joined), "leave_time": _written(left), "failover": False, "bo_mtg_id": ""}
        stay |= {"duration": int((left - joined).total_seconds()), "status": "in_meeting", "registrant_id": ""}
        self.office.stays(run).append(stay | who)
        self.office.keep()

    def signed(self, told: dict, at: float | None = None) -> tuple[bytes, dict[str, str]]:
        """Body and headers of a word of Zoom."""
        body, dated = json.dumps(told).encode(), str(int(at or time.time()))
        hashed = hmac.new(self.webhook_secret.encode(), f"v0:{dated}:".encode() + body, hashlib.sha256).hexdigest()
        return body, {"x-zm-request-timestamp": dated, "x-zm-signature": f"v0={hashed}"}

    def tell(self, event: str, thing: dict) -> None:
        """To the site, if it has said where."""
        if self.webhook_url:
            told = {
                "event": event,
                "event_ts": int(time.time() * 1000),
                "payload": {"account_id": "a", "object": thing},
            }
            body, headers = self.signed(told)
            headers["Content-Type"] = "application/json"
            urllib.request.urlopen(urllib.request.Request(self.webhook_url, body, headers), timeout=30).close()

    # What the API answers

    def answer(self, method: str, path: str, query: str, body: bytes, headers: dict) -> tuple[int, dict | None, dict]:
        if path == "/oauth/token":
            return self._token(body, headers)
        asked = json.loads(body) if body else {}
        try:
            if headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
                raise Refused(401, 124, "Invalid access token.")
            with self.office.lock:
                return *self._act(method, path.removeprefix("/v2"), parse_qs(query), asked), {}
        except Refused as refused:
            return refused.status, {"code": refused.code, "message": str(refused)}, refused.headers

    def _token(self, body: bytes, headers: dict) -> tuple[int, dict, dict]:
        form = parse_qs(body.decode())
        basic = base64.b64encode(f"{self.client}:{self.client_secret}".encode()).decode()
        if headers.get("authorization") != f"Basic {basic}":
            return 400, {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}, {}
        if form != {"grant_type": ["account_credentials"], "account_id": [self.account]}:
            return 400, {"reason": "Bad Request", "error": "unsupported_grant_type"}, {}
        token = secrets.token_urlsafe(20)
        self.tokens.add(token)
        told = {"access_token": token, "token_type": "bearer", "expires_in": 3600, "scope": SCOPES, "api_url": self.url}
        return 200, told, {}

    def _act(self, method: str, path: str, query: dict, asked: dict) -> tuple[int, dict | None]:
        for way, pattern, act in (
            ("POST", r"/users/([^/]+)/meetings", lambda host: (201, self._whole(self.office.make(host, asked)))),
            ("GET", r"/users/([^/]+)/meetings", lambda host: (200, self._listed(host, query))),
            ("GET", r"/meetings/(\d+)", lambda number: (200, self._whole(self.office.meeting(number)))),
            ("PATCH", r"/meetings/(\d+)", lambda number: (204, self.office.change(number, asked) and None)),
            ("DELETE", r"/meetings/(\d+)", lambda number: (204, self.office.delete(number))),
            ("POST", r"/meetings/(\d+)/registrants", lambda number: (201, self._registrant(number, asked))),
            ("PUT", r"/meetings/(\d+)/registrants/status", lambda number: (204, self.office.cancel(number, asked))),
            ("GET", r"/past_meetings/(\d+)/instances", lambda number: (200, self._instances(number))),
            ("GET", r"/report/meetings/([^/]+)/participants", lambda run: (200, self._participants(run, query))),
        ):
            if way == method and (found := re.fullmatch(pattern, path)):
                return act(unquote(found[1]))
        raise Refused(404, 2300, "This API endpoint is not recognized.")

    def _whole(self, meeting: dict) -> dict:
        number = meeting["id"]
        seen = {
            "host_email": meeting["host"],
            "status": "started" if self.office.is_going_on(str(number)) else "waiting",
            "password": "s3cret",
            "settings": meeting["settings"],
        }
        links = {"start_url": f"{self.url}/s/{number}?zak=secret", "registration_url": f"{self.url}/register/{number}"}
        return self._short(meeting) | seen | links

    def _short(self, meeting: dict) -> dict:
        facts = {name: meeting[name] for name in ("id", "topic", "start_time", "duration", "agenda")}
        fixed = {"uuid": f"{meeting['id']}==", "host_id": "host-id", "type": 2, "timezone": "UTC"}
        return facts | fixed | {"created_at": "2026-01-01T00:00:00Z", "join_url": f"{self.url}/j/{meeting['id']}?pwd=x"}

    def _listed(self, host: str, query: dict) -> dict:
        rows, token = self._page([self._short(each) for each in self.office.of_host(host)], query)
        for row in rows:
            row["agenda"] = row["agenda"][:250]
        return {"page_size": self.page_size, "next_page_token": token, "total_records": len(rows), "meetings": rows}

    def _registrant(self, number: str, asked: dict) -> dict:
        found, meeting = self.office.register(number, asked), self.office.meeting(number)
        link = f"{self.url}/w/{number}?tk={found['registrant_id']}"
        facts = {"topic": meeting["topic"], "start_time": meeting["start_time"], "join_url": link}
        return {"id": meeting["id"], "registrant_id": found["registrant_id"]} | facts

    def _instances(self, number: str) -> dict:
        runs = self.office.meeting(number)["runs"]
        return {"meetings": [{"uuid": run, "start_time": "2026-01-01T00:00:00Z"} for run in runs]}

    def _participants(self, run: str, query: dict) -> dict:
        if "%" not in run:
            raise Refused(404, 3001, "Meeting does not exist.")  # begins with a slash, and was not encoded twice
        rows, token = self._page([dict(each) for each in self.office.stays(unquote(run))], query)
        counts = {"page_size": self.page_size, "page_count": 1, "total_records": len(rows)}
        return counts | {"next_page_token": token, "participants": rows}

    def _page(self, rows: list[dict], query: dict) -> tuple[list[dict], str]:
        start = int(query.get("next_page_token", ["0"])[0])
        end = start + self.page_size
        return rows[start:end], str(end) if end < len(rows) else ""


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
