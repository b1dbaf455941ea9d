"""HTTP on 127.0.0.1: the API, and the page that a link to join opens."""

import fnmatch
import html
import json
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Zoom stand-in</title>
<body style="font: 1.1rem system-ui; max-width: 34rem; margin: 4rem auto; padding: 0 1rem">
<h1>{title}</h1><p>{words}</p>{form}</body></html>"""
FORM = '<form method="post"><button name="action" value="{action}">{label}</button></form>'


def handler_for(standin):
    class Handler(BaseHTTPRequestHandler):
        server_version, sys_version = "ZoomStandIn", ""

        def do_GET(self):
            self._handle(b"")

        def do_POST(self):
            self._handle(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

        do_PATCH = do_PUT = do_DELETE = do_POST

        def log_message(self, *args):
            """Quiet: the stand-in's own list says what was asked."""

        def _handle(self, body: bytes) -> None:
            parts = urlsplit(self.path)
            if parts.path.startswith(("/w/", "/j/")):
                action = parse_qs(body.decode()).get("action", [""])[0]
                self._send(*joining_page(standin, parts, action), "text/html")
                return
            asked = {"method": self.command, "path": parts.path, "query": parts.query, "body": body.decode()}
            standin.requests.append(asked)
            fault = take_fault(standin, self.command, parts.path)
            if fault and fault.kind == "slow":
                time.sleep(fault.seconds)
            if fault and fault.kind == "drop_before":
                return
            if fault and fault.kind == "status":
                told = {"code": fault.code or fault.status, "message": "A fault."}
                self._send(fault.status, json.dumps(told), "application/json", fault.headers)
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, told, more = standin.answer(self.command, parts.path, parts.query, body, headers)
            if fault and fault.kind == "drop_after":
                return
            words = "<html>no JSON" if fault and fault.kind == "garbage" else json.dumps(told)
            self._send(status, "" if told is None else words, "application/json", more)

        def _send(self, status: int, text: str, kind: str, headers: dict | None = None) -> None:
            content = text.encode()
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Handler


def take_fault(standin, method: str, path: str):
    for fault in standin.faults:
        if fault.times > 0 and fault.method == method and fnmatch.fnmatch(path, fault.path):
            fault.times -= 1
            return fault
    return None


def joining_page(standin, parts, action: str) -> tuple[int, str]:
    """What somebody sees who follows a link, and what they do there: come, and go."""
    office, number = standin.office, parts.path.split("/")[2]
    token = parse_qs(parts.query).get("tk", [""])[0]
    own = office.rows["registrants"].get(number, {}).values()
    person = next((each for each in own if each["registrant_id"] == token), None)
    with office.lock:
        if number not in office.rows["meetings"] or office.rows["meetings"][number]["deleted"]:
            return 404, _page("This meeting does not exist", "It was deleted, or the number is wrong.")
        if person is None or person["status"] != "approved":
            return 403, _page("This link opens nothing", "You are not registered for this meeting, or not any more.")
        words = html.escape(f"You would be in “{person['topic']}” as {person['name']}. This is a stand-in for Zoom.")
        if action == "join":
            _come(standin, number, person)
            return 200, _page("You are in", words, FORM.format(action="leave", label="Leave"))
        if action == "leave":
            _go(standin, number, person)
            return 200, _page("You have left", words, FORM.format(action="join", label="Join again"))
        return 200, _page("Zoom stand-in", words, FORM.format(action="join", label="Join the meeting"))


def _come(standin, number: str, person: dict) -> None:
    runs = standin.office.rows["meetings"][number]["runs"]
    run = runs[-1] if runs else standin.begin(int(number))
    person["came_at"], person["run"] = _now(), run
    _tell(standin, "meeting.participant_joined", number, person, join_time=person["came_at"])


def _go(standin, number: str, person: dict) -> None:
    if came_at := person.pop("came_at", ""):
        now = _now()
        who = {"name": person["name"], "registrant_id": person["registrant_id"]}
        standin.was_there(person["run"], datetime.fromisoformat(came_at), datetime.fromisoformat(now), **who)
        _tell(standin, "meeting.participant_left", number, person, leave_time=now)


def _tell(standin, event: str, number: str, person: dict, **when: str) -> None:
    who = {"user_id": person["registrant_id"], "user_name": person["name"], "email": ""}
    participant = who | {"registrant_id": person["registrant_id"]} | when
    standin.tell(event, {"id": number, "uuid": person["run"], "participant": participant})


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _page(title: str, words: str, form: str = "") -> str:
    return PAGE.format(title=title, words=words, form=form)
